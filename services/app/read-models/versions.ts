import type { Meta } from "../../../events/index.ts";
import type { AppEvent, AppVersionCreated, AppVersionModified, AppVersionPackageReplaced } from "../../../schemas/generated/events.ts";
import { type Owned, ownedBy, unowned } from "../../chassis/access/ownership.ts";
import type { Projection } from "../../chassis/events.ts";
import { withoutAddresses } from "../../packages/addresses.ts";
import { type Visibility, visibilityAfter } from "../../packages/visibility.ts";

/** What a version holds: its package, and what is said about it. */
type Content = {
  readonly name: string;
  readonly description: string;
  readonly home: string;
  readonly icon: string;
  readonly screenshots: string;
  readonly maintainers: string;
  readonly keywords: string;
  readonly sources: string;
  readonly readme: string;
  readonly package_name: string;
  readonly package_digest: string;
  /** The service that stores the archive. */
  readonly package_owner: string;
};
export type VersionDocument = Content &
  Owned & {
    readonly version_id: string;
    readonly app_id: string;
    /** Whether the row belongs to the store. */
    readonly active: boolean;
    readonly visibility: Visibility;
    /** From its submission until its release: what is reviewed, whatever its repository lists meanwhile. Else null. */
    readonly submitted: Content | null;
    readonly type: string;
    readonly status: string;
    readonly review_id: string;
    readonly sequence: number;
    /** The reason of a rejection or deletion. */
    readonly message: string;
    readonly create_time: string;
    readonly status_time: string;
    readonly update_time: string;
  };
const empty: VersionDocument = {
  version_id: "",
  app_id: "",
  active: false,
  visibility: "public",
  submitted: null,
  name: "",
  description: "",
  home: "",
  icon: "",
  screenshots: "",
  maintainers: "",
  keywords: "",
  sources: "",
  readme: "",
  package_name: "",
  package_digest: "",
  package_owner: "",
  type: "",
  status: "",
  review_id: "",
  sequence: 0,
  message: "",
  ...unowned,
  create_time: "",
  status_time: "",
  update_time: "",
};

const indexes = ["app_id", "status", "sequence"] as const;

const described = (event: AppVersionCreated | AppVersionPackageReplaced) => ({
  home: event.home,
  icon: event.icon,
  screenshots: event.screenshots,
  // Those of earlier releases have e-mail addresses.
  maintainers: withoutAddresses(event.maintainers),
  keywords: event.keywords,
  sources: event.sources,
  readme: event.readme,
  package_name: event.packageName,
  package_digest: event.packageDigest,
  package_owner: event.packageOwner,
});
const contentOf = (version: VersionDocument): Content => {
  const { name, description, home, icon, screenshots, maintainers, keywords, sources, readme } = version;
  const { package_name, package_digest, package_owner } = version;
  const about = { name, description, home, icon, screenshots, maintainers, keywords, sources, readme };
  return { ...about, package_name, package_digest, package_owner };
};

type Status = { readonly status: string; readonly reviewId?: string; readonly message?: string };
/** The content is fixed when the version enters its review, and no longer when it leaves it. */
const becomes = (version: VersionDocument, { status, reviewId, message }: Status, { time }: Meta): VersionDocument => ({
  ...version,
  status,
  submitted: ["submitted", "in-review", "passed"].includes(status) ? (version.submitted ?? contentOf(version)) : null,
  review_id: reviewId ?? version.review_id,
  message: message ?? "",
  status_time: version.status === status ? version.status_time : time,
});

const own = {
  AppVersionCreated: (_: VersionDocument, event: AppVersionCreated, { time }: Meta): VersionDocument => ({
    ...empty,
    ...described(event),
    version_id: event.versionId,
    app_id: event.appId,
    visibility: visibilityAfter("public", event),
    name: event.name,
    description: event.description,
    type: event.versionType,
    status: event.status,
    sequence: event.sequence,
    ...ownedBy(event),
    create_time: time,
    status_time: time,
    update_time: time,
  }),
  AppVersionModified: (version: VersionDocument, { name, description }: AppVersionModified, { time }: Meta): VersionDocument => ({
    ...version,
    name,
    description,
    update_time: time,
  }),
  AppVersionPackageReplaced: (version: VersionDocument, event: AppVersionPackageReplaced, { time }: Meta): VersionDocument => ({
    ...version,
    ...described(event),
    visibility: visibilityAfter(version.visibility, event),
    update_time: time,
  }),
  AppVersionSubmitted: becomes,
  AppVersionSubmissionCancelled: (version: VersionDocument, { status }: Status, meta: Meta) => ({
    ...becomes(version, { status }, meta),
    review_id: "",
  }),
  AppVersionReviewStarted: becomes,
  AppVersionReviewPassed: becomes,
  AppVersionReviewRejected: becomes,
  AppVersionReopened: becomes,
  AppVersionReleased: becomes,
  AppVersionSuspended: becomes,
  AppVersionRecovered: becomes,
  AppVersionStatusInherited: becomes,
  AppVersionDeleted: becomes,
};

const key = Object.fromEntries(Object.keys(own).map((type) => [type, ({ versionId }: { readonly versionId: string }) => versionId]));

/** The versions that their owners and reviewers see. */
export const appVersions: Projection<VersionDocument> = {
  name: "appVersions",
  version: 4,
  indexes,
  key,
  initialState: empty,
  evolve: own,
};

/** The store shows the content that was released. `next` is the current state, as the owner sees it. */
export type StoreVersionDocument = VersionDocument & { readonly next: VersionDocument };

/** The content that an event puts into the store. */
const published = ({ next: { submitted } }: StoreVersionDocument, event: AppEvent, next: VersionDocument): Content | undefined => {
  if (event.type === "AppVersionReleased") return submitted ?? next;
  if (event.type === "AppVersionPackageReplaced") return event.published ? next : undefined;
  const trusted = event.type === "AppVersionCreated" || event.type === "AppVersionStatusInherited";
  return trusted && event.status === "active" ? next : undefined;
};
/** A version is active in the store until it is suspended, rejected or deleted; that its owner or a review goes on with it changes nothing. */
const statusInStore = (version: StoreVersionDocument, status: string): string =>
  status === "rejected" ? "suspended" : ["active", "suspended", "deleted"].includes(status) ? status : version.status;

const inStore =
  (row: (version: VersionDocument, event: never, meta: Meta) => VersionDocument) =>
  (version: StoreVersionDocument, event: AppEvent, meta: Meta): StoreVersionDocument => {
    const next = row(version.next, event as never, meta); // Each row is called with its own event.
    const content = published(version, event, next);
    if (content) return { ...next, ...content, active: true, status_time: meta.time, next };
    if (!version.active) return { ...next, next };
    const status = statusInStore(version, next.status);
    const status_time = status === version.status ? version.status_time : meta.time;
    return { ...version, visibility: next.visibility, status, status_time, next };
  };

/** The versions of the store. `active` is false for a version that was never released. */
export const activeAppVersions: Projection<StoreVersionDocument> = {
  name: "activeAppVersions",
  version: 5,
  indexes: [...indexes, "active", "visibility"],
  key,
  initialState: { ...empty, next: empty },
  evolve: Object.fromEntries(Object.entries(own).map(([type, row]) => [type, inStore(row)])),
};
