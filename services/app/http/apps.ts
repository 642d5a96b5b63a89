import type { Condition } from "../../../events/index.ts";
import type { HttpRow, RequestOf } from "../../chassis/http/rows.ts";
import { byDate, byValue, createdLately, lastTwoWeeks } from "../../chassis/http/statistics.ts";
import { withoutAddresses } from "../../packages/addresses.ts";
import { uncategorized } from "../domain/category.ts";
import { type AppOutside, bytesOf, upload } from "../packages.ts";
import type { AppDocument, StoreAppDocument } from "../read-models/apps.ts";
import type { CategoryDocument } from "../read-models/files.ts";
import type { StoreVersionDocument, VersionDocument } from "../read-models/versions.ts";
import { answer, command, query } from "./rows.ts";
import { shownVersion } from "./versions.ts";

/** Applications: upload, modification, queries and statistics. */
export const appRows: readonly HttpRow<AppOutside>[] = [
  command("CreateApp", {
    issues: "CreateApp",
    prepare: async ({ version_package, version_type, icon }, { edge, outside, actor }) => {
      const uploaded = await upload(bytesOf(version_package), version_type, { edge, outside });
      if ("rejected" in uploaded) return uploaded;
      const isv = await outside.vendorOf(actor);
      return { ...uploaded, isv, iconDigest: icon ? await edge.putBlob(bytesOf(icon)) : undefined };
    },
    command: (request, { newId, actor, prepared: { read, description, content, isv, iconDigest } }) => {
      const { metadata } = read;
      const [appId, versionId] = [newId("app"), newId("appv")];
      const owned = { owner: actor.userId, ownerPath: actor.ownerPath };
      const attachmentId = iconDigest ? newId("att") : undefined;
      const { version: _version, packageName: _name, packageDigest: _digest, packageOwner: _owner, ...described } = content;
      const { configJson: _config, template: _template, values: _values, valuesSchema: _schema, ...details } = described;
      return {
        type: "CreateApp",
        appId,
        ...details,
        name: request.name,
        description,
        icon: attachmentId ?? content.icon,
        abstraction: "",
        tos: "",
        categoryIds: request.categories ?? [uncategorized],
        repoId: read.type === "helm" ? "repo-helm" : "repo-vmbased",
        chartName: metadata.name,
        isv,
        files: attachmentId && iconDigest ? { [attachmentId]: iconDigest } : {},
        ...owned,
        version: {
          versionId,
          name: request.version_name ?? metadata.versionName,
          versionType: read.type,
          description,
          ...content,
          ...owned,
        },
      };
    },
    answer: ([{ appId, version }]) => ({ app_id: appId, version_id: version.versionId }),
  }),
  command("ModifyApp", {
    issues: "ModifyApp",
    needs: ({ app_id }) => ({ app: ["apps", app_id] }),
    command: ({ app_id, category_id, ...changes }) => ({
      type: "ModifyApp",
      appId: app_id,
      changes: { ...detailsIn(changes), categoryIds: category_id?.split(",").filter((id) => id !== "") },
    }),
    answer: (_commands, _context, { app_id }) => ({ app_id }),
  }),
  command("DeleteApps", {
    issues: "DeleteApp",
    each: "app_id",
    needs: (_, id) => ({ app: ["apps", id] }),
    command: (_, { item }) => ({ type: "DeleteApp", appId: item }),
    answer: (_commands, _context, { app_id }) => ({ app_id }),
  }),
  command("UploadAppAttachment", {
    issues: "SetAppAttachment",
    needs: ({ app_id }) => ({ app: ["apps", app_id] }),
    prepareIf: "attachment_content",
    prepare: async ({ attachment_content: content }, { edge }) => (content ? edge.putBlob(bytesOf(content)) : undefined),
    command: ({ app_id, type = "icon", sequence = 0 }, { newId, prepared: digest = "" }) => ({
      type: "SetAppAttachment",
      appId: app_id,
      kind: type,
      attachmentId: digest ? newId("att") : "",
      digest,
      sequence,
    }),
    answer: (_commands, _context, { app_id }) => ({ app_id }),
  }),
  query("DescribeApps", {
    from: "apps",
    filters: ["app_id", "name", "repo_id", "status", "owner", "chart_name", ["category_id", "category_ids"], "isv"],
    search: ["app_id", "name", "repo_id", "owner", "chart_name", "keywords"],
    join: {
      categories: ["categories", "category_id", "linked_category_ids", "everybody"],
      latest: ["appVersions", "version_id", "latest_version_id"],
    },
    present: shownApp,
  }),
  query("DescribeActiveApps", {
    from: "activeApps",
    filters: ["app_id", "name", "repo_id", "status", "owner", "chart_name", ["category_id", "category_ids"], "isv"],
    search: ["app_id", "name", "repo_id", "owner", "chart_name", "keywords"],
    where: [{ field: "active", in: [true] }],
    rule: ["inStore", "own"],
    join: {
      categories: ["categories", "category_id", "linked_category_ids", "everybody"],
      latest: ["activeAppVersions", "version_id", "latest_version_id", ["inStore", "own"]],
    },
    present: ({ next: _, visibility: _visibility, ...app }: StoreAppDocument, joined) => shownApp(app, joined),
  }),
  answer("GetAppStatistics", async (_request, { count, now }) => {
    const present: Condition = { field: "status", in: ["draft", "active", "suspended"] };
    const [repos, lately] = await Promise.all([
      count("apps", [present], { field: "repo_id" }),
      count("apps", [present, createdLately(now)], byDate),
    ]);
    return {
      last_two_week_created: lastTwoWeeks(lately, now),
      top_ten_repos: byValue(repos),
      app_count: repos.total,
      repo_count: repos.values,
    };
  }),
  answer("ValidatePackage", async ({ version_type, version_package }, { outside }) => {
    const read = await outside.packages.summary(bytesOf(version_package), version_type);
    if ("refused" in read) return { error: read.refused, error_details: read.file ? { [read.file]: read.refused } : {} };
    const { name, versionName, description, home } = read.metadata;
    return { name, version_name: versionName, description, url: home };
  }),
];

type Joined = { readonly [field: string]: readonly object[] };

/** The application as the HTTP contract shows it. A deleted category, and a category that the application left, is a disabled link. */
function shownApp(document: AppDocument, { categories = [], latest = [] }: Joined): object {
  const {
    category_ids: _ids,
    linked_category_ids: _linked,
    latest_version_id: _latest,
    files: _files,
    file_ids: _fileIds,
    ...app
  } = document;
  const known = new Map((categories as readonly CategoryDocument[]).map((category) => [category.category_id, category])); // As joined.
  const category_set = app.category_set.map((link) => {
    const category = known.get(link.category_id);
    const { name = "", locale = "" } = category ?? {};
    return { ...link, status: category ? link.status : ("disabled" as const), name, locale };
  });
  const [version] = latest as readonly (VersionDocument | StoreVersionDocument)[]; // As joined.
  return { ...app, category_set, ...(version ? { latest_app_version: shownVersion(version) } : {}) };
}

const detailsIn = ({
  name,
  description,
  home,
  maintainers,
  sources,
  readme,
  abstraction,
  tos,
  keywords,
}: Omit<RequestOf<"ModifyApp">, "app_id" | "category_id">) => ({
  name,
  description,
  home,
  maintainers: maintainers && withoutAddresses(maintainers),
  sources,
  readme,
  abstraction,
  tos,
  keywords,
});
