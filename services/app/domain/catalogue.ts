import type { Rejection } from "../../../events/index.ts";
import type { AppCreated, AppEvent, AppModified, AppVersionCreated } from "../../../schemas/generated/events.ts";
import type { Visibility } from "../../packages/visibility.ts";

export type VersionStatus = "draft" | "submitted" | "in-review" | "passed" | "rejected" | "active" | "suspended" | "deleted";
export type OperatorType = "isv" | "business" | "technical" | "admin";
export type Phases = { readonly [O in OperatorType]?: "in-review" | "passed" | "rejected" };

/** The details of an application that its owner can modify. */
export type AppDetails = Omit<AppModified, "type" | "appId">;
/** A version to be added to the catalogue. */
export type NewVersion = Omit<AppVersionCreated, "type" | "appId" | "appName" | "sequence" | "status" | "visibility">;

export type Version = {
  readonly name: string;
  readonly description: string;
  readonly sequence: number;
  readonly status: VersionStatus;
  /** The current review, or else the last one. */
  readonly reviewId: string;
  readonly phases: Phases;
  /** Suspended or rejected, and neither recovered nor passed since: no listing makes it active. A deletion does not end this. */
  readonly barred: "" | "suspended" | "rejected";
  /** The store has it: from its release until it is suspended, rejected or deleted, whatever else is done with it meanwhile. */
  readonly inStore: boolean;
  readonly owner: string;
  readonly ownerPath: string;
};
export type CataloguedApp = {
  readonly status: "draft" | "active" | "suspended" | "deleted";
  readonly details: AppDetails;
  readonly latestVersionId: string;
  readonly activeVersionId: string;
  /** Of the repository, as it last listed a version; that of the platform's own repositories is public. */
  readonly visibility: Visibility;
  readonly versions: ReadonlyMap<string, Version>;
};
export type App = { readonly status: "absent" } | CataloguedApp;

export const detailsOf = ({
  name,
  description,
  home,
  icon,
  screenshots,
  maintainers,
  keywords,
  sources,
  readme,
  abstraction,
  tos,
  categoryIds,
  files,
}: AppModified | AppCreated): AppDetails => ({
  name,
  description,
  home,
  icon,
  screenshots,
  maintainers,
  keywords,
  sources,
  readme,
  abstraction,
  tos,
  categoryIds,
  files,
});

/** The details with the files that their icon and screenshots name, and no others. */
export const withNamedFiles = (details: AppDetails): AppDetails => {
  const named = [details.icon, ...details.screenshots.split(",")];
  return { ...details, files: Object.fromEntries(Object.entries(details.files).filter(([id]) => id !== "" && named.includes(id))) };
};

/** Derives the status of an application from the statuses of its versions. */
export const statusOf = (versions: Iterable<Version>): CataloguedApp["status"] => {
  const statuses = new Set([...versions].map(({ status }) => status));
  if (statuses.size === 0) return "deleted";
  if (statuses.has("active")) return "active";
  if ((["rejected", "passed", "submitted", "draft"] as const).some((status) => statuses.has(status))) return "draft";
  return statuses.has("suspended") ? "suspended" : "draft";
};

/** The id of the newest version that is wanted; empty if there is none. */
export const newest = (versions: ReadonlyMap<string, Version>, wanted: (version: Version) => boolean): string => {
  let best = "";
  for (const [versionId, version] of versions) {
    const { sequence } = version;
    const highest = versions.get(best)?.sequence ?? -1;
    if (wanted(version) && (sequence > highest || (sequence === highest && versionId > best))) best = versionId;
  }
  return best;
};

export const exists = ({ status }: Pick<Version, "status">): boolean => status !== "deleted";
export const isInStore = ({ inStore }: Version): boolean => inStore;

/** Whether another version that is not deleted has this name. */
export const nameTaken = ({ versions }: CataloguedApp, name: string, except = ""): boolean =>
  [...versions].some(([versionId, version]) => versionId !== except && version.status !== "deleted" && version.name === name);

/** The event that adds an uploaded version to the catalogue as the newest version. */
export const created = (
  appId: string,
  appName: string,
  version: NewVersion,
  { versions, visibility }: Pick<CataloguedApp, "versions" | "visibility">,
): AppEvent => ({
  type: "AppVersionCreated",
  appId,
  appName,
  ...version,
  sequence: 1 + Math.max(0, ...[...versions.values()].map(({ sequence }) => sequence)),
  status: "draft",
  visibility,
});

export const appMissing = (appId: string): Rejection => missing("app", appId);
export const missing = (what: string, id: string): Rejection => ({
  rejected: `${what} [${id}] does not exist`,
  kind: "notFound",
  error: "resource_not_found",
});
export const alreadyDeleted = (appId: string): Rejection => ({
  rejected: `app [${appId}] is already deleted`,
  kind: "precondition",
  error: "resource_already_deleted",
});
export const versionExists = (name: string): Rejection => ({
  rejected: `app version [${name}] already exists`,
  kind: "denied",
  error: "app_version_exists",
});
export const incorrectStatus = (versionId: string, status: string): Rejection => ({
  rejected: `app version [${versionId}] is ${status}: this status does not allow the operation`,
  kind: "precondition",
  error: "app_version_incorrect_status",
});
