import type { Decision } from "../../../events/index.ts";
import type { AppCreated, AppEvent, AppVersionCreated, PackageListed } from "../../../schemas/generated/events.ts";
import { withoutAddresses } from "../../packages/addresses.ts";
import { visibilityAfter } from "../../packages/visibility.ts";
import {
  type App,
  type AppDetails,
  type CataloguedApp,
  exists,
  newest,
  type Version,
  type VersionStatus,
  withNamedFiles,
} from "./catalogue.ts";

export type AdoptionCommand =
  | (Omit<PackageListed, "type"> & { readonly type: "AdoptPackage" })
  | { readonly type: "WithdrawPackage"; readonly appId: string; readonly versionId: string };

type Adopt = Extract<AdoptionCommand, { readonly type: "AdoptPackage" }>;
type Withdraw = Extract<AdoptionCommand, { readonly type: "WithdrawPackage" }>;

/**
 * The status of a version that is listed again: the repository's default if it has a higher priority than the current status. A barred version
 * keeps its status, and has it again after a deletion.
 */
const inherited = (given: VersionStatus, { status, barred }: Version): VersionStatus => {
  if (barred !== "") return status === "deleted" ? barred : status;
  return priority[given] > priority[status] ? given : status;
};
const priority: { readonly [S in VersionStatus]: number } = {
  active: 7,
  rejected: 6,
  passed: 5,
  "in-review": 4,
  submitted: 4,
  suspended: 3,
  draft: 2,
  deleted: 1,
};

/** A package that a repository lists becomes a version without a review. The version is deleted once the repository stops listing it. */
export const adoption = {
  AdoptPackage: (listed: Adopt, state: App): Decision<AppEvent> => {
    const { appId, versionId } = listed;
    const given: VersionStatus = listed.appDefaultStatus === "active" ? "active" : "draft";
    const sequence = sequenceOf(listed.version);
    const described = detailsFrom(listed);
    const app: AppEvent[] =
      state.status === "absent" ? [appOf(listed, described)] : modifiedDetails(appId, versionId, sequence, described, state);
    const version = state.status === "absent" ? undefined : state.versions.get(versionId);
    if (!version)
      return [...app, { type: "AppVersionCreated", appId, appName: listed.name, sequence, status: given, ...versionOf(listed, described) }];
    const { versionType: _type, name, description, owner, ownerPath, ...content } = versionOf(listed, described);
    const status = inherited(given, version);
    return [
      ...app,
      ...(name === version.name && description === version.description
        ? []
        : [{ type: "AppVersionModified" as const, appId, versionId, name, description }]),
      { type: "AppVersionPackageReplaced", appId, ...content, published: given === "active" && version.status === "active" },
      ...(status === version.status ? [] : [{ type: "AppVersionStatusInherited" as const, appId, versionId, status, owner, ownerPath }]),
    ];
  },

  WithdrawPackage: ({ appId, versionId }: Withdraw, state: App): Decision<AppEvent> => {
    if (state.status === "absent") return [];
    const version = state.versions.get(versionId);
    if (!version || version.status === "deleted") return [];
    const message = "its repository offers it no longer";
    const others = [...state.versions].some(([id, other]) => id !== versionId && exists(other));
    return [
      {
        type: "AppVersionDeleted",
        appId,
        versionId,
        reviewId: version.reviewId,
        message,
        status: "deleted",
        owner: version.owner,
        ownerPath: version.ownerPath,
      },
      ...(others ? [] : [{ type: "AppDeleted" as const, appId }]),
    ];
  },
};

/** A number that sorts like the version, so that versions may arrive in any order. Minor and patch numbers above 9999 count as 9999. */
export const sequenceOf = (version: string): number => {
  const match = /^v?(\d+)(?:\.(\d+))?(?:\.(\d+))?(-)?/.exec(version);
  if (!match) return 0;
  const [, major = "0", minor = "0", patch = "0", preRelease] = match;
  const part = (digits: string, max: number) => Math.min(Number(digits), max);
  return (
    2 * (part(major, 40_000_000) * 100_000_000 + part(minor, 9_999) * 10_000 + part(patch, 9_999)) + (preRelease === undefined ? 2 : 1)
  );
};

type PackageDetails = Omit<AppDetails, "name" | "abstraction" | "tos" | "categoryIds" | "files">;

const detailsFrom = ({ description, home, icon, screenshots, maintainers, keywords, sources, readme }: Adopt): PackageDetails => ({
  description,
  home,
  icon,
  screenshots: screenshots.join(","),
  maintainers: maintainers.length === 0 ? "" : withoutAddresses(JSON.stringify(maintainers)),
  keywords: keywords.join(","),
  sources: sources.join(","),
  readme,
});

const appOf = ({ appId, repoId, name, owner, ownerPath, isv }: Adopt, described: PackageDetails): AppCreated => ({
  type: "AppCreated",
  appId,
  name,
  ...described,
  abstraction: "",
  tos: "",
  categoryIds: ["ctg-uncategorized"],
  files: {},
  repoId,
  chartName: name,
  isv,
  owner,
  ownerPath,
});

/** The newest version gives the application its details. */
const modifiedDetails = (
  appId: string,
  versionId: string,
  sequence: number,
  described: PackageDetails,
  { details, versions }: CataloguedApp,
): AppEvent[] => {
  const latest = newest(versions, exists);
  const isNewest = latest === versionId || sequence >= (versions.get(latest)?.sequence ?? 0);
  const next = withNamedFiles({ ...details, ...described });
  return isNewest && JSON.stringify(next) !== JSON.stringify(details) ? [{ type: "AppModified", appId, ...next }] : [];
};

const versionOf = (
  listed: Adopt,
  described: PackageDetails,
): Omit<AppVersionCreated, "type" | "appId" | "appName" | "sequence" | "status"> => ({
  versionId: listed.versionId,
  name: listed.versionName,
  versionType: listed.packageType,
  version: listed.version,
  ...described,
  packageName: listed.packageName,
  packageDigest: listed.digest,
  packageOwner: "repo",
  visibility: visibilityAfter("private", { visibility: listed.visibility, packageOwner: "repo" }),
  configJson: listed.configJson,
  template: listed.template,
  values: listed.values,
  valuesSchema: listed.valuesSchema,
  owner: listed.owner,
  ownerPath: listed.ownerPath,
});
