import type { Decision } from "../../../events/index.ts";
import type { AppCreated, AppEvent, AppVersionCreated, PackageListed } from "../../../schemas/generated/events.ts";
import { type App, type AppDetails, type CataloguedApp, exists, newest, type VersionStatus } from "./catalogue.ts";

export type AdoptionCommand =
  | (Omit<PackageListed, "type"> & { readonly type: "AdoptPackage" })
  | { readonly type: "WithdrawPackage"; readonly appId: string; readonly versionId: string };

type Adopt = Extract<AdoptionCommand, { readonly type: "AdoptPackage" }>;
type Withdraw = Extract<AdoptionCommand, { readonly type: "WithdrawPackage" }>;

/** Of the status that the repository gives and the one that a version has, the higher one counts. */
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

/** What a repository lists becomes a version without a review; what it lists no longer is deleted. */
export const adoption = {
  AdoptPackage: (offer: Adopt, state: App): Decision<AppEvent> => {
    const { appId, versionId } = offer;
    const given: VersionStatus = offer.appDefaultStatus === "active" ? "active" : "draft";
    const sequence = sequenceOf(offer.version);
    const told = toldBy(offer);
    const app: AppEvent[] = state.status === "absent" ? [appOf(offer, told)] : retold(appId, versionId, sequence, told, state);
    const version = state.status === "absent" ? undefined : state.versions.get(versionId);
    if (!version)
      return [...app, { type: "AppVersionCreated", appId, appName: offer.name, sequence, status: given, ...versionOf(offer, told) }];
    const { versionType: _type, name, description, owner, ownerPath, ...content } = versionOf(offer, told);
    return [
      ...app,
      ...(name === version.name && description === version.description
        ? []
        : [{ type: "AppVersionModified" as const, appId, versionId, name, description }]),
      { type: "AppVersionPackageReplaced", appId, ...content },
      ...(priority[given] > priority[version.status]
        ? [{ type: "AppVersionStatusInherited" as const, appId, versionId, status: given, owner, ownerPath }]
        : []),
    ];
  },

  WithdrawPackage: ({ appId, versionId }: Withdraw, state: App): Decision<AppEvent> => {
    if (state.status === "absent") return [];
    const version = state.versions.get(versionId);
    if (!version || version.status === "deleted") return [];
    const message = "its repository offers it no longer";
    const others = [...state.versions].some(([id, { status }]) => id !== versionId && exists(status));
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

/** Follows the version number, so that versions may come in any order: semantic versions as far as their parts are below 10000. */
export const sequenceOf = (version: string): number => {
  const match = /^v?(\d+)(?:\.(\d+))?(?:\.(\d+))?(-)?/.exec(version);
  if (!match) return 0;
  const [, major = "0", minor = "0", patch = "0", preRelease] = match;
  const part = (digits: string, most: number) => Math.min(Number(digits), most);
  return (
    2 * (part(major, 40_000_000) * 100_000_000 + part(minor, 9_999) * 10_000 + part(patch, 9_999)) + (preRelease === undefined ? 2 : 1)
  );
};

type Told = Omit<AppDetails, "name" | "abstraction" | "tos" | "categoryIds">;

const toldBy = ({ description, home, icon, screenshots, maintainers, keywords, sources, readme }: Adopt): Told => ({
  description,
  home,
  icon,
  screenshots: screenshots.join(","),
  maintainers: maintainers.length === 0 ? "" : JSON.stringify(maintainers),
  keywords: keywords.join(","),
  sources: sources.join(","),
  readme,
});

const appOf = ({ appId, repoId, name, owner, ownerPath }: Adopt, told: Told): AppCreated => ({
  type: "AppCreated",
  appId,
  name,
  ...told,
  abstraction: "",
  tos: "",
  categoryIds: ["ctg-uncategorized"],
  repoId,
  chartName: name,
  isv: "",
  owner,
  ownerPath,
});

/** An application is described by its newest version. */
const retold = (appId: string, versionId: string, sequence: number, told: Told, { details, versions }: CataloguedApp): AppEvent[] => {
  const latest = newest(versions, exists);
  const isNewest = latest === versionId || sequence >= (versions.get(latest)?.sequence ?? 0);
  const next: AppDetails = { ...details, ...told };
  return isNewest && JSON.stringify(next) !== JSON.stringify(details) ? [{ type: "AppModified", appId, ...next }] : [];
};

const versionOf = (offer: Adopt, told: Told): Omit<AppVersionCreated, "type" | "appId" | "appName" | "sequence" | "status"> => ({
  versionId: offer.versionId,
  name: offer.versionName,
  versionType: offer.packageType,
  version: offer.version,
  ...told,
  packageName: offer.packageName,
  packageDigest: offer.digest,
  packageOwner: "repo",
  configJson: offer.configJson,
  template: offer.template,
  values: offer.values,
  valuesSchema: offer.valuesSchema,
  owner: offer.owner,
  ownerPath: offer.ownerPath,
});
