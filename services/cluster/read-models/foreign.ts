import type { AppVersionCreated, AppVersionPackageReplaced } from "../../../schemas/generated/events.ts";
import { type Owned, ownedBy, unowned } from "../../chassis/access/ownership.ts";
import type { Projection } from "../../chassis/events.ts";
import { type Visibility, visibilityAfter } from "../../packages/visibility.ts";

/** A package, and what it says of the cluster that it describes. */
export type PackageDocument = {
  readonly package_digest: string;
  readonly package_owner: string;
  readonly config_json: string;
  readonly template: string;
};
type PackageEvent = AppVersionCreated | AppVersionPackageReplaced;
const packageIn = ({ packageDigest, packageOwner, configJson, template }: PackageEvent): PackageDocument => ({
  package_digest: packageDigest,
  package_owner: packageOwner,
  config_json: configJson,
  template,
});

/** The id of a package: its version and its digest. */
export const packageIdOf = (versionId: string, digest: string): string => `${versionId}@${digest}`;
const packageId = ({ versionId, packageDigest }: PackageEvent): string => packageIdOf(versionId, packageDigest);

/** Every package that a version ever had: a cluster keeps the one that it runs, whatever becomes of the version. */
export const packages: Projection<PackageDocument> = {
  name: "packages",
  version: 1,
  initialState: { package_digest: "", package_owner: "", config_json: "", template: "" },
  key: { AppVersionCreated: packageId, AppVersionPackageReplaced: packageId },
  evolve: {
    AppVersionCreated: (_, event) => packageIn(event),
    AppVersionPackageReplaced: (_, event) => packageIn(event),
  },
};

/** The application versions as the cluster service needs them, so that it need not query the app service. */
export type VersionDocument = Owned & {
  readonly version_id: string;
  readonly app_id: string;
  readonly type: string;
  /** In the store: active from the release until it is suspended, rejected or deleted. Draft before. */
  readonly status: "draft" | "active" | "suspended" | "deleted";
  readonly visibility: Visibility;
  /** Its owner's copy. */
  readonly draft: PackageDocument;
  /** From its submission until its release: what is reviewed. Else null. */
  readonly submitted: PackageDocument | null;
  /** What the store has; null if it was never released. */
  readonly released: PackageDocument | null;
};

/** What a status means in the store. All others change nothing there, but that a deleted version is one again. */
const inStore: { readonly [status: string]: VersionDocument["status"] } = {
  active: "active",
  suspended: "suspended",
  rejected: "suspended",
  deleted: "deleted",
};
/** The content is fixed when the version enters its review, and no longer when it leaves it. */
const becomes = (version: VersionDocument, { status }: { readonly status: string }): VersionDocument => ({
  ...version,
  status: inStore[status] ?? (version.status === "deleted" ? "draft" : version.status),
  submitted: ["submitted", "in-review", "passed"].includes(status) ? (version.submitted ?? version.draft) : null,
});
const versionOf = ({ versionId }: { readonly versionId: string }) => versionId;
const evolve: Projection<VersionDocument>["evolve"] = {
  AppVersionCreated: (_, event) => ({
    version_id: event.versionId,
    app_id: event.appId,
    type: event.versionType,
    status: event.status === "active" ? "active" : "draft",
    visibility: visibilityAfter("public", event),
    draft: packageIn(event),
    submitted: null,
    released: event.status === "active" ? packageIn(event) : null,
    ...ownedBy(event),
  }),
  AppVersionPackageReplaced: (version, event) => ({
    ...version,
    visibility: visibilityAfter(version.visibility, event),
    draft: packageIn(event),
    released: event.published ? packageIn(event) : version.released,
  }),
  AppVersionSubmitted: becomes,
  AppVersionSubmissionCancelled: becomes,
  AppVersionReviewStarted: becomes,
  AppVersionReviewPassed: becomes,
  AppVersionReviewRejected: becomes,
  AppVersionReopened: becomes,
  AppVersionReleased: (version, event) => ({ ...becomes(version, event), released: version.submitted ?? version.draft }),
  AppVersionSuspended: becomes,
  AppVersionRecovered: becomes,
  AppVersionStatusInherited: (version, event) => ({
    ...becomes(version, event),
    released: event.status === "active" ? version.draft : version.released,
  }),
  AppVersionDeleted: becomes,
};

export const appVersions: Projection<VersionDocument> = {
  name: "appVersions",
  version: 5,
  initialState: {
    version_id: "",
    app_id: "",
    type: "",
    status: "draft",
    visibility: "private",
    draft: packages.initialState,
    submitted: null,
    released: null,
    ...unowned,
  },
  key: Object.fromEntries(Object.keys(evolve).map((type) => [type, versionOf])),
  evolve,
};

/** The runtimes as the cluster service needs them. The runtime service decides whether a cluster may use one. */
export type RuntimeDocument = Owned & {
  readonly runtime_id: string;
  readonly provider: string;
  readonly zone: string;
  readonly runtime_credential_id: string;
};

export const runtimes: Projection<RuntimeDocument> = {
  name: "runtimes",
  version: 2,
  initialState: { runtime_id: "", provider: "", zone: "", runtime_credential_id: "", ...unowned },
  evolve: {
    RuntimeCreated: (_, { runtimeId, provider, zone, runtimeCredentialId, owner, ownerPath }) => ({
      runtime_id: runtimeId,
      provider,
      zone,
      runtime_credential_id: runtimeCredentialId,
      ...ownedBy({ owner, ownerPath }),
    }),
    RuntimeModified: (runtime, { runtimeCredentialId }) => ({ ...runtime, runtime_credential_id: runtimeCredentialId }),
  },
};
