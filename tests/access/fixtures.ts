import { memoryDatabase } from "../../events/memory/database.ts";
import { memoryDocuments } from "../../events/memory/documents.ts";
import { kind } from "../../events/memory/fate.ts";
import type { AnyProjection } from "../../events/projection.ts";
import { collections } from "../../events/subscription/collections.ts";
import type { Owned } from "../../services/chassis/access/ownership.ts";
import { packageIdOf } from "../../services/cluster/read-models/foreign.ts";
import { announced } from "../world/announcements.ts";
import type { Caller } from "./principals.ts";

const owned = (owner: string, path: string) => ({
  owner,
  owner_path: `${path}:${owner}`,
  owner_group: path.slice(path.lastIndexOf(":") + 1),
});
/** The rows of somebody else, by what is special about them. */
const foreign = owned("foreign", ":grp-9");
/** Whose each row is, by hand. The caller is usr-me of the group :grp-0:grp-1, below which is grp-2. */
export const owners: { readonly [row: string]: Pick<Owned, "owner" | "owner_group"> } = {
  own: owned("usr-me", ":grp-0:grp-1"),
  group: owned("group", ":grp-0:grp-1:grp-2"),
  foreign,
  above: owned("above", ":grp-0"),
  similar: owned("similar", ":grp-0:grp-10"),
  left: owned("usr-me", ":grp-8"),
  alone: owned("usr-me", ""),
  mightier: owned("mightier", ":grp-0:grp-1"),
  ...{ submitted: foreign, "in-review": foreign, passed: foreign, rejected: foreign },
  ...{ store: foreign, private: foreign, suspended: foreign, deleted: foreign },
};
const groupPaths: { readonly [row: string]: string } = {
  ...{ own: ":grp-0:grp-1", group: ":grp-0:grp-1:grp-2", mightier: ":grp-0:grp-1" },
  ...{ foreign: ":grp-9", above: ":grp-0", similar: ":grp-0:grp-10", left: ":grp-8", alone: ":grp-7" },
};
/** The status of a version, if it is not a draft; and which versions were ever released. */
const statuses: { readonly [row: string]: string } = {
  ...{ submitted: "submitted", "in-review": "in-review", passed: "passed", rejected: "rejected" },
  ...{ store: "active", private: "active", suspended: "suspended", deleted: "deleted" },
};
const wereReleased = ["store", "private", "suspended", "deleted"];

const usual = ["own", "group", "foreign", "above", "similar", "left", "alone"];
const ofVersions = [...usual, ...Object.keys(statuses)];
const ofPeople = ["own", "group", "foreign", "above", "similar", "mightier"];
export const isPerson = (field: string): boolean => ["user_id", "email", "reset_id"].includes(field);
/** The rows that a field is tried with. */
export const rowsOf = (field: string, named: Iterable<string>): readonly string[] => {
  if (isPerson(field)) return ofPeople;
  if (field === "role_id") return [...usual, "mightier"];
  return ["version_id", "attachment_id"].includes(field) || [...named].includes("store") ? ofVersions : usual;
};
/** The id of a row, in a field that names one. */
export const idOf = (field: string, row: string): string => (field === "user_id" && row === "own" ? "usr-me" : row);

type Value = { readonly [field: string]: unknown };
/** The file of an application; its attachment's id is the row's name. */
const fileOf = (row: string) => ({ files: { [row]: "sha256:" }, file_ids: [row] });
/** What differs from the rule that every field `..._id` holds the row's name. */
const special: { readonly [model: string]: (row: string) => Value } = {
  ...Object.fromEntries(
    ["appVersions", "activeApps", "activeAppVersions"].map((model) => [
      model,
      (row: string) => ({
        status: statuses[row] ?? "draft",
        active: wereReleased.includes(row),
        visibility: row === "private" ? "private" : "public",
        ...fileOf(row),
      }),
    ]),
  ),
  apps: (row) => ({ ...fileOf(row), ...(usual.includes(row) ? {} : { status: "deleted" }) }),
  users: (row) => {
    const path = groupPaths[row] ?? "";
    const group = path.split(":").at(-1);
    const groups = { group_path: path, group_paths: [path], group_id: [row, group], root_group_id: [path.split(":")[1]] };
    return { ...groups, owner_group: ["", group], role_id: row === "mightier" ? ["global_admin"] : [] };
  },
  groups: (row) => ({
    group_path: groupPaths[row] ?? "",
    owner_path: `${groupPaths[row] ?? ""}:`,
    owner_group: [groupPaths[row]?.split(":").at(-1), owners[row]?.owner_group],
  }),
  roles: (row) => ({
    portal: "isv",
    modules: row === "mightier" ? [{ moduleId: "m1", dataLevel: "all", actionBundleIds: ["m1.f1.a2"] }] : [],
  }),
  passwordResets: () => ({ status: "pending" }),
  ...Object.fromEntries(["runtimes", "runtimeCredentials"].map((model) => [model, () => ({ provider: "local" })])),
  providers: () => announced("local", { version_types: ["", "vmbased", "helm"] }),
};
const modelsOfVersions = ["appVersions", "activeApps", "activeAppVersions", "appVersionReviews", "appVersionAudits", "apps"];
const modelsOfPeople = ["users", "credentials", "passwordResets", "roles", "groups"];
const rowsIn = (model: string): readonly string[] => {
  // Only categories and the past have attachments of their own.
  if (model === "attachments") return [];
  if (model === "providers") return ["local"];
  if (modelsOfPeople.includes(model)) return [...usual, "mightier"];
  return modelsOfVersions.includes(model) ? ofVersions : usual;
};
const documentId = (model: string, row: string): string => {
  if (["users", "credentials"].includes(model)) return idOf("user_id", row);
  if (model === "clusterRevisions") return `${row}@1`;
  return model === "packages" ? packageIdOf(row, "") : row;
};

const documentOf = ({ name, initialState }: AnyProjection, row: string): Value => {
  const ids = Object.entries(Object(initialState)).flatMap(([field, value]) =>
    field === "email" || (field.endsWith("_id") && typeof value === "string") ? [[field, idOf(field, row)]] : [],
  );
  const address = "address" in Object(initialState) ? { address: idOf("email", row) } : {};
  const common = { status: "active", create_time: "2024-01-01T00:00:00.000Z", parent_group_id: "", ...owners[row] };
  return { ...Object(initialState), ...Object.fromEntries(ids), ...address, ...common, ...special[name]?.(row) };
};

type Tables = { readonly projections?: readonly AnyProjection[] };
/** The documents of a service's read models: one for every row. */
export const documentsOf = ({ projections = [] }: Tables) =>
  projections.flatMap((model) =>
    rowsIn(model.name).map((row) => ({ model: model.name, id: documentId(model.name, row), value: documentOf(model, row) })),
  );

/** The read models of a service, with a document for every row. */
export const fixtureOf = async (service: Tables) => {
  const { projections = [] } = service;
  const documents = memoryDocuments(memoryDatabase(), kind);
  const models = collections(projections);
  const put = async (model: string, id: string, value: Value) => {
    const [known] = await documents.get(models.of(model), [id]);
    const version = known?.version ?? 0;
    await documents.write(models.of(model), [
      { document: { id, stream: `x/${id}`, version: version + 1, deleted: false, value }, expected: version },
    ]);
  };
  for (const { model, id, value } of documentsOf(service)) await put(model, id, value);
  return {
    documents,
    models,
    /** Makes the caller known, with their roles and groups. */
    enter: async ({ userId, roleIds, groupPath, roles }: Caller): Promise<void> => {
      const model = (name: string) => projections.find((each) => each.name === name);
      const [users, roleModel] = [model("users"), model("roles")];
      if (!users || !roleModel || userId === "system") return;
      const paths = groupPath === "" ? [] : [groupPath];
      await put("users", "usr-me", { ...documentOf(users, "own"), role_id: roleIds, group_path: groupPath, group_paths: paths });
      for (const [role, modules] of roles) await put("roles", role, { ...documentOf(roleModel, "foreign"), role_id: role, modules });
    },
  };
};
