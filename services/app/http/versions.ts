import type { Rejection } from "../../../events/index.ts";
import type { EdgeContext, HttpRow } from "../../chassis/http/rows.ts";
import { type AppOutside, archiveOf, base64Of, bytesOf, rejectionOf, upload } from "../packages.ts";
import type { StoreVersionDocument, VersionDocument } from "../read-models/versions.ts";
import type { AppReadModels } from "../read-models.ts";
import { answer, command, query } from "./rows.ts";

const filters = ["version_id", "app_id", "name", "owner", "description", "package_name", "status", "type"] as const;
const search = ["version_id", "app_id", "name", "owner", "description", "package_name"] as const;

/** Versions and their packages. */
export const versionRows: readonly HttpRow<AppOutside>[] = [
  command("CreateAppVersion", {
    issues: "CreateAppVersion",
    needs: ({ app_id }) => ({ app: ["apps", app_id] }),
    prepare: (request, context) => upload(bytesOf(request.package), request.type, context),
    command: (request, { newId, prepared: { read, description, content }, needs: { app } }) => ({
      type: "CreateAppVersion",
      appId: request.app_id,
      version: {
        versionId: newId("appv"),
        name: request.name ?? read.metadata.versionName,
        versionType: read.type,
        description: request.description ?? description,
        ...content,
        owner: app.owner,
        ownerPath: app.owner_path,
      },
    }),
    answer: ([{ version }]) => ({ version_id: version.versionId }),
  }),
  command("ModifyAppVersion", {
    issues: "ModifyAppVersion",
    needs: ({ version_id }) => ({ version: ["appVersions", version_id] }),
    prepare: async (request, { edge, outside, needs: { version } }) => {
      const bytes = await replaced(request, version, { edge, outside });
      if (bytes === undefined) return { content: undefined };
      if ("rejected" in bytes) return bytes;
      return upload(bytes, version.type === "helm" ? "helm" : "vmbased", { edge, outside });
    },
    command: ({ version_id, name, description }, { needs: { version }, prepared: { content } }) => ({
      type: "ModifyAppVersion",
      appId: version.app_id,
      versionId: version_id,
      name,
      description,
      content,
    }),
    answer: ([{ versionId }]) => ({ version_id: versionId }),
  }),
  query("DescribeAppVersions", { from: "appVersions", filters, search, sort: "sequence", present: shownVersion }),
  query("DescribeActiveAppVersions", {
    from: "activeAppVersions",
    filters,
    search,
    sort: "sequence",
    where: [{ field: "active", in: [true] }],
    rule: ["inStore", "own"],
    present: shownVersion,
  }),
  answer("GetAppVersionPackage", async ({ version_id }, context) => {
    const found = await opened(version_id, context);
    if ("rejected" in found) return found;
    return { app_id: found.version.app_id, version_id, package: base64Of(found.bytes) };
  }),
  answer("GetAppVersionPackageFiles", async ({ version_id, files: wanted = [] }, context) => {
    const found = await opened(version_id, context);
    if ("rejected" in found) return found;
    const read = await context.outside.packages.files(found.bytes, found.version.type === "helm" ? "helm" : "vmbased", wanted);
    return "refused" in read ? rejectionOf(read) : { version_id, files: read.files };
  }),
];

/** The version as the HTTP contract shows it, without the internal fields. */
export function shownVersion(document: VersionDocument | StoreVersionDocument): object {
  const { package_digest: _digest, package_owner: _owner, submitted: _submitted, visibility: _visibility, ...version } = document;
  return Object.fromEntries(Object.entries(version).filter(([field]) => field !== "next"));
}

type Context = EdgeContext<AppReadModels, AppOutside>;

/** The replacement package of the request; undefined if the request does not replace the package. */
const replaced = async (
  request: { readonly package?: string; readonly package_files?: Readonly<Record<string, string>> },
  version: VersionDocument,
  context: Pick<Context, "edge" | "outside">,
): Promise<Uint8Array | Rejection | undefined> => {
  if (request.package) return bytesOf(request.package);
  if (!request.package_files || Object.keys(request.package_files).length === 0) return undefined;
  const bytes = await archiveOf(version, context);
  if (bytes === undefined) return unavailable(version.version_id);
  const replaced = await context.outside.packages.replace(bytes, request.package_files);
  return "refused" in replaced ? rejectionOf(replaced) : replaced.tgz;
};

/** A version of the caller, of the store or under their review, with its archive; while it is reviewed, with the archive that was submitted. */
const opened = async (
  versionId: string,
  context: Context,
): Promise<{ readonly version: VersionDocument; readonly bytes: Uint8Array } | Rejection> => {
  const version =
    (await context.get("appVersions", versionId, ["own", "underReview"])) ?? (await context.get("activeAppVersions", versionId, "inStore"));
  if (!version) return { rejected: `app version [${versionId}] does not exist`, kind: "notFound", error: "resource_not_found" };
  const bytes = await archiveOf(version.submitted ?? version, context);
  return bytes ? { version, bytes } : unavailable(versionId);
};

const unavailable = (versionId: string): Rejection => ({
  rejected: `the package of app version [${versionId}] is not available`,
  kind: "notFound",
  error: "resource_not_found",
});
