import type { Meta } from "../../../events/index.ts";
import type { AppVersionCreated, AppVersionPackageReplaced } from "../../../schemas/generated/events.ts";
import type { Projection } from "../../chassis/events.ts";

export type VersionDocument = {
  readonly version_id: string;
  readonly app_id: string;
  /** Whether the row belongs to the store. */
  readonly active: boolean;
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
  readonly type: string;
  readonly status: string;
  readonly review_id: string;
  readonly sequence: number;
  /** The reason of a rejection or deletion. */
  readonly message: string;
  readonly owner: string;
  readonly owner_path: string;
  readonly create_time: string;
  readonly status_time: string;
  readonly update_time: string;
};
const empty: VersionDocument = {
  version_id: "",
  app_id: "",
  active: false,
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
  owner: "",
  owner_path: "",
  create_time: "",
  status_time: "",
  update_time: "",
};

type OfVersion = { readonly versionId: string };
const versionId = (event: OfVersion): string => event.versionId;
const keys = {
  AppVersionCreated: versionId,
  AppVersionModified: versionId,
  AppVersionPackageReplaced: versionId,
  AppVersionSubmitted: versionId,
  AppVersionSubmissionCancelled: versionId,
  AppVersionReviewStarted: versionId,
  AppVersionReviewPassed: versionId,
  AppVersionReviewRejected: versionId,
  AppVersionReopened: versionId,
  AppVersionReleased: versionId,
  AppVersionSuspended: versionId,
  AppVersionRecovered: versionId,
  AppVersionStatusInherited: versionId,
  AppVersionDeleted: versionId,
};
const indexes = ["app_id", "status", "sequence"] as const;

const content = (event: AppVersionCreated | AppVersionPackageReplaced) => ({
  home: event.home,
  icon: event.icon,
  screenshots: event.screenshots,
  maintainers: event.maintainers,
  keywords: event.keywords,
  sources: event.sources,
  readme: event.readme,
  package_name: event.packageName,
  package_digest: event.packageDigest,
  package_owner: event.packageOwner,
});
const createdAs = (event: AppVersionCreated, time: string): VersionDocument => ({
  ...empty,
  ...content(event),
  version_id: event.versionId,
  app_id: event.appId,
  name: event.name,
  description: event.description,
  type: event.versionType,
  status: event.status,
  sequence: event.sequence,
  owner: event.owner,
  owner_path: event.ownerPath,
  create_time: time,
  status_time: time,
  update_time: time,
});

type Status = { readonly status: string; readonly reviewId?: string; readonly message?: string };
const becomes = (version: VersionDocument, { status, reviewId, message }: Status, { time }: Meta): VersionDocument => ({
  ...version,
  status,
  review_id: reviewId ?? version.review_id,
  message: message ?? "",
  status_time: version.status === status ? version.status_time : time,
});

/** The versions that their owners and reviewers see. */
export const appVersions: Projection<VersionDocument> = {
  name: "appVersions",
  version: 1,
  indexes,
  key: keys,
  initialState: empty,
  evolve: {
    AppVersionCreated: (_, event, { time }) => createdAs(event, time),
    AppVersionModified: (version, { name, description }, { time }) => ({ ...version, name, description, update_time: time }),
    AppVersionPackageReplaced: (version, event, { time }) => ({ ...version, ...content(event), update_time: time }),
    AppVersionSubmitted: becomes,
    AppVersionSubmissionCancelled: (version, { status }, meta) => ({ ...becomes(version, { status }, meta), review_id: "" }),
    AppVersionReviewStarted: becomes,
    AppVersionReviewPassed: becomes,
    AppVersionReviewRejected: becomes,
    AppVersionReopened: becomes,
    AppVersionReleased: becomes,
    AppVersionSuspended: becomes,
    AppVersionRecovered: becomes,
    AppVersionStatusInherited: becomes,
    AppVersionDeleted: becomes,
  },
};

/** The store shows the copy that the release made. `next` is the current state, as the owner sees it. */
export type StoreVersionDocument = VersionDocument & { readonly next: VersionDocument };

const intoStore = ({ next }: StoreVersionDocument, { status }: Status, { time }: Meta): StoreVersionDocument => ({
  ...next,
  active: true,
  status,
  status_time: time,
  next,
});
const inStore = (version: StoreVersionDocument, { status }: Status, { time }: Meta): StoreVersionDocument => ({
  ...version,
  status,
  status_time: time,
});

/** The versions of the store. `active` is false for a version that was never released. */
export const activeAppVersions: Projection<StoreVersionDocument> = {
  name: "activeAppVersions",
  version: 1,
  indexes: [...indexes, "active"],
  key: keys,
  initialState: { ...empty, next: empty },
  evolve: {
    AppVersionCreated: (_, event, meta) => {
      const next = createdAs(event, meta.time);
      const version = { ...next, next };
      return event.status === "active" ? intoStore(version, event, meta) : version;
    },
    AppVersionModified: (version, { name, description }, { time }) => ({
      ...version,
      next: { ...version.next, name, description, update_time: time },
    }),
    // A replaced package of a repository appears in the store at once.
    AppVersionPackageReplaced: (version, event, { time }) => {
      const next = { ...version.next, ...content(event), update_time: time };
      const { active, status, status_time } = version;
      return active && event.packageOwner === "repo" ? { ...next, active, status, status_time, next } : { ...version, next };
    },
    AppVersionReleased: intoStore,
    AppVersionStatusInherited: (version, event, meta) => (event.status === "active" ? intoStore(version, event, meta) : version),
    AppVersionSuspended: inStore,
    AppVersionRecovered: inStore,
    AppVersionDeleted: inStore,
  },
};
