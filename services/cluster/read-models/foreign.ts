import type { Projection } from "../../chassis/events.ts";

/** The application versions as the cluster service needs them, so that it need not query the app service. */
export type VersionDocument = {
  readonly version_id: string;
  readonly app_id: string;
  readonly type: string;
  readonly status: string;
  readonly package_digest: string;
  readonly package_owner: string;
  readonly config_json: string;
  readonly template: string;
  readonly owner: string;
  readonly owner_path: string;
};

const status = (version: VersionDocument, event: { readonly status: string }) => ({ ...version, status: event.status });
const versionOf = ({ versionId }: { readonly versionId: string }) => versionId;
const evolve: Projection<VersionDocument>["evolve"] = {
  AppVersionCreated: (_, event) => ({
    version_id: event.versionId,
    app_id: event.appId,
    type: event.versionType,
    status: event.status,
    package_digest: event.packageDigest,
    package_owner: event.packageOwner,
    config_json: event.configJson,
    template: event.template,
    owner: event.owner,
    owner_path: event.ownerPath,
  }),
  AppVersionPackageReplaced: (version, { packageDigest, packageOwner, configJson, template }) => ({
    ...version,
    package_digest: packageDigest,
    package_owner: packageOwner,
    config_json: configJson,
    template,
  }),
  AppVersionSubmitted: status,
  AppVersionSubmissionCancelled: status,
  AppVersionReviewStarted: status,
  AppVersionReviewPassed: status,
  AppVersionReviewRejected: status,
  AppVersionReleased: status,
  AppVersionSuspended: status,
  AppVersionRecovered: status,
  AppVersionStatusInherited: status,
  AppVersionDeleted: status,
};

export const appVersions: Projection<VersionDocument> = {
  name: "appVersions",
  version: 1,
  initialState: {
    version_id: "",
    app_id: "",
    type: "",
    status: "",
    package_digest: "",
    package_owner: "",
    config_json: "",
    template: "",
    owner: "",
    owner_path: "",
  },
  key: Object.fromEntries(Object.keys(evolve).map((type) => [type, versionOf])),
  evolve,
};

/** The runtimes as the cluster service needs them. The runtime service decides whether a cluster may use one. */
export type RuntimeDocument = {
  readonly runtime_id: string;
  readonly provider: string;
  readonly zone: string;
  readonly runtime_credential_id: string;
  readonly owner: string;
  readonly owner_path: string;
};

export const runtimes: Projection<RuntimeDocument> = {
  name: "runtimes",
  version: 1,
  initialState: { runtime_id: "", provider: "", zone: "", runtime_credential_id: "", owner: "", owner_path: "" },
  evolve: {
    RuntimeCreated: (_, { runtimeId, provider, zone, runtimeCredentialId, owner, ownerPath }) => ({
      runtime_id: runtimeId,
      provider,
      zone,
      runtime_credential_id: runtimeCredentialId,
      owner,
      owner_path: ownerPath,
    }),
    RuntimeModified: (runtime, { runtimeCredentialId }) => ({ ...runtime, runtime_credential_id: runtimeCredentialId }),
  },
};
