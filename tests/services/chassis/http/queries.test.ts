import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { memoryDatabase } from "../../../../events/memory/database.ts";
import { memoryDocuments } from "../../../../events/memory/documents.ts";
import { kind } from "../../../../events/memory/fate.ts";
import { collections } from "../../../../events/subscription/collections.ts";
import type { Caller } from "../../../../services/chassis/access/access.ts";
import type { Fields } from "../../../../services/chassis/http/fields.ts";
import { queryOf, runQuery } from "../../../../services/chassis/http/queries.ts";
import type { QueryRow } from "../../../../services/chassis/http/rows.ts";
import { example } from "../../../world/toys/example.ts";
import { served, type World } from "../../../world/world.ts";

const alone = { groups: [], groupsAndBelow: [], as: () => undefined };
const everybody: Caller = { userId: "system", ownerPath: ":system", level: "all", ...alone };
const context = { actor: { userId: everybody.userId, ownerPath: everybody.ownerPath }, now: 7 };
const row: QueryRow = {
  ...{ kind: "query", operation: "DescribeApps", from: "apps", filters: ["app_id", "status", ["category_id", "categories"]] },
  search: ["app_id", "name"],
};
const query = (fields: Fields, more: Partial<QueryRow> = {}, caller = everybody) =>
  queryOf({ ...row, ...more }, fields, context, ["repo_id"], caller);

test("paging has its defaults and bounds", () => {
  const page = (fields: Fields) => [query(fields).offset, query(fields).limit];
  assert.deepEqual(page({}), [0, 20]);
  assert.deepEqual(page({ limit: 0, offset: 7 }), [7, 20]);
  assert.deepEqual(page({ limit: 200 }), [0, 200]);
  assert.deepEqual(page({ limit: 100_000 }), [0, 200]);
});

test("the latest come first; only an explicit false turns the order, and not where a row always ascends", () => {
  assert.deepEqual(query({}).sort, { field: "create_time", descending: true });
  assert.deepEqual(query({ reverse: true }).sort, { field: "create_time", descending: true });
  assert.deepEqual(query({ reverse: false }).sort, { field: "create_time", descending: false });
  assert.deepEqual(query({ reverse: true }, { ascending: true }).sort, { field: "create_time", descending: false });
});

test("an unknown sort key falls back", () => {
  assert.equal(query({ sort_key: "name" }).sort?.field, "name");
  assert.equal(query({ sort_key: "repo_id" }).sort?.field, "repo_id");
  assert.equal(query({ sort_key: "password" }).sort?.field, "create_time");
  assert.equal(query({ sort_key: "password" }, { sort: "status_time" }).sort?.field, "status_time");
});

test("filters are any of their values, in the document's field; other fields do not filter", () => {
  assert.deepEqual(query({ status: ["active", "draft"], category_id: "ctg-1", owner: ["usr-1"] }).where, [
    { field: "status", in: ["active", "draft"] },
    { field: "categories", in: ["ctg-1"] },
  ]);
  const always = { where: [{ field: "active", in: [true] }] };
  assert.deepEqual(query({ status: "active" }, always).where, [...always.where, { field: "status", in: ["active"] }]);
  const where: QueryRow["where"] = ({ limit }: Fields, { now }) => [{ field: "age", in: [Number(limit), now] }];
  assert.deepEqual(query({ limit: 3 }, { where }).where, [{ field: "age", in: [3, 7] }]);
});

test("a search word is contained in a column, or equals an id", () => {
  assert.deepEqual(query({ search_word: "Sql" }).search, { word: "Sql", fields: ["name"], exact: ["app_id"] });
  assert.equal(query({}).search, undefined);
});

const mine: Caller = { userId: "usr-1", ownerPath: ":usr-1", level: "self", ...alone };
const owned = [
  { field: "owner", in: ["usr-1"] },
  { field: "owner_group", in: [""] },
];

test("the row's rule says whose rows are found; nobody's in a public operation", () => {
  assert.deepEqual(query({}, {}, mine).anyOf, [owned]);
  assert.equal(query({}, { rule: "everybody" }, mine).anyOf, undefined);
  assert.deepEqual(query({}, { rule: ["inStore", "own"] }, mine).anyOf, [
    [
      { field: "status", in: ["active"] },
      { field: "visibility", in: ["public"] },
    ],
    [...owned, { field: "status", in: ["active"] }],
    owned,
  ]);
  assert.deepEqual(queryOf(row, {}, context, [], undefined).anyOf, []);
});

test("rows are joined, presented and cut to their columns", async () => {
  const documents = memoryDocuments(memoryDatabase(), kind);
  const put = (collection: string, id: string, value: Fields) =>
    documents.write(collection, [{ document: { id, stream: `x/${id}`, version: 1, deleted: false, value }, expected: 0 }]);
  await put("apps__v1", "app-1", { app_id: "app-1", name: "one", secret: "s", create_time: "1" });
  await put("apps__v1", "app-2", { app_id: "app-2", name: "two", secret: "s", create_time: "2" });
  for (const [version, app] of [
    ["v1", "app-1"],
    ["v2", "app-1"],
    ["v3", "app-3"],
  ] as const)
    await put("versions__v1", version, {
      version_id: version,
      app: app,
      owner: `usr-${version.slice(1)}`,
      owner_group: "",
      create_time: version,
    });
  const model = (name: string) => ({ name, version: 1, initialState: {}, evolve: {} });
  const models = new Map([
    ["apps", model("apps")],
    ["versions", model("versions")],
  ]);
  const joining: QueryRow = {
    ...row,
    join: { versions: ["versions", "app", "app_id"] },
    present: ({ secret: _, ...shown }: Fields, { versions = [] }: { readonly [field: string]: readonly Fields[] }) => ({
      ...shown,
      version_ids: versions.map(({ version_id }) => version_id),
    }),
  } as unknown as QueryRow; // As the row makers do.
  const ask = (request: Fields, caller = everybody, row = joining) =>
    runQuery(row, request, context, {
      ...{ models, collections: collections([...models.values()]), documents },
      ...{ caller, rowsField: "app_set", outside: {} },
    });
  assert.deepEqual(await ask({}), {
    total_count: 2,
    app_set: [
      { app_id: "app-2", name: "two", create_time: "2", version_ids: [] },
      { app_id: "app-1", name: "one", create_time: "1", version_ids: ["v1", "v2"] },
    ],
  });
  assert.deepEqual(await ask({ limit: 1, offset: 1, display_columns: ["name", "nothing"] }), {
    total_count: 2,
    app_set: [{ name: "one" }],
  });
  const shared = (rule: "own" | "part") =>
    ({ ...joining, rule: "everybody", join: { versions: ["versions", "app", "app_id", rule] } }) satisfies QueryRow;
  const versionsOf = async (rule: "own" | "part") => {
    const answer = await ask({ app_id: "app-1" }, mine, shared(rule));
    return (Reflect.get(answer, "app_set") as readonly { readonly version_ids: unknown }[]).map(({ version_ids }) => version_ids); // As presented.
  };
  assert.deepEqual(await versionsOf("own"), [["v1"]]);
  assert.deepEqual(await versionsOf("part"), [["v1", "v2"]]);
});

let world: World;
before(async () => {
  world = await served(example);
  const catalogue = (dataLevel: string) => [
    { moduleId: "m0", dataLevel, actionBundleIds: [] },
    { moduleId: "m1", dataLevel, actionBundleIds: ["m1.f3.a2", "m1.f3.a3", "m1.f3.a4"] },
  ];
  await world.know("role/role-own", { kind: "role", modules: catalogue("self") });
  await world.know("role/role-group", { kind: "role", modules: catalogue("group") });
  await world.know("user/usr-a", { kind: "user", roleIds: ["role-own"], groupPath: ":grp-1" });
  await world.know("user/usr-b", { kind: "user", roleIds: ["role-own"], groupPath: ":grp-1:grp-2" });
  await world.know("user/usr-c", { kind: "user", roleIds: ["role-own"], groupPath: ":grp-1x" });
  await world.know("user/usr-head", { kind: "user", roleIds: ["role-group"], groupPath: ":grp-1" });
  await world.know("group/grp-2", { kind: "group", parentGroupId: "grp-1" });
});
after(() => world.stop());

test("everybody sees and changes what the data level gives, and no more", async () => {
  const ids = new Map<string, string>();
  for (const who of ["usr-a", "usr-b", "usr-c", "usr-head"]) {
    const made = await (await world.as(who)).post("/v1/categories", { name: `of ${who}`, locale: "{}" });
    ids.set(who, made.body.category_id);
  }
  const seenBy = async (who: string) => {
    const { body } = await (await world.as(who)).get("/v1/categories?sort_key=name&reverse=false");
    return (body.category_set ?? []).map(({ name }: { name: string }) => name);
  };
  assert.deepEqual(await seenBy("usr-a"), ["of usr-a"]);
  assert.deepEqual(await seenBy("usr-head"), ["of usr-a", "of usr-b", "of usr-head"]);
  assert.deepEqual(await seenBy("system"), ["of usr-a", "of usr-b", "of usr-c", "of usr-head"]);
  const rename = async (who: string, whose: string) =>
    (await world.as(who)).patch("/v1/categories", { category_id: ids.get(whose), name: `of ${whose}` });
  assert.equal((await rename("usr-head", "usr-b")).status, 200);
  const foreign = await rename("usr-a", "usr-b");
  assert.deepEqual([foreign.status, foreign.body.code, foreign.error], [403, 7, "error_resource_access_denied"]);
  assert.equal((await rename("usr-head", "usr-c")).status, 403);
});

test("an answer row's lists are the caller's, what it decides by is everybody's", async () => {
  await world.know("user/usr-none", { kind: "user", roleIds: ["developer"], groupPath: "" });
  const none = await (await world.as("usr-none")).get("/v1/apps/statistics");
  assert.deepEqual([none.status, none.body], [200, { app_count: 0 }]);
  const token = { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ grant_type: "password" }) };
  assert.equal((await world.ask("/v1/oauth2/token", token)).body.expires_in, 4);
});

test("an empty page has neither count nor rows", async () => {
  assert.deepEqual((await (await world.as("system")).get("/v1/categories?name=nothing%20of%20this%20name")).body, {});
});

const sealedRow = (opened: string[] = []): QueryRow => ({
  ...{
    kind: "query",
    operation: "DescribeUsers",
    from: "people",
    filters: ["user_id", "name", "email", "status"],
    search: ["user_id", "name"],
  },
  sealed: {
    fields: ["name", "email"],
    open: async (document: Fields) => {
      opened.push(String(document.user_id));
      return { ...document, name: String(document.sealed).slice(7) };
    },
    lookup: { email: ["digest", (email: string) => [`digest of ${email}`]] },
  },
});
const peopleModel = {
  ...{ name: "people", version: 1, initialState: {}, indexes: ["user_id", "status"], key: {} },
  evolve: {},
};
/** People whose names run against their ids, the older half of them retired. */
const sealedPeople = async (count: number) => {
  const documents = memoryDocuments(memoryDatabase(), kind);
  const models = collections([peopleModel]);
  const nth = (n: number) => String(n).padStart(5, "0");
  const write = (n: number) => {
    const value = {
      ...{ user_id: `usr-${nth(n)}`, sealed: `sealed ${nth(count - n)} Ann`, digest: `digest of ${n}@example.org` },
      ...{ status: n * 2 < count ? "retired" : "active", create_time: nth(n), owner: "usr-00001", owner_group: n === 1 ? "" : "grp-1" },
    };
    return { document: { id: value.user_id, stream: `user/${n}`, version: 1, deleted: false, value }, expected: 0 };
  };
  await documents.write(
    models.of("people"),
    Array.from({ length: count }, (_, n) => write(n)),
  );
  return (fields: Fields, opened: string[] = [], caller = everybody) =>
    runQuery(sealedRow(opened), fields, context, {
      ...{ models: new Map([["people", peopleModel as never]]), collections: models, documents, caller, rowsField: "user_set" },
      outside: undefined,
    });
};
const idsIn = (found: unknown): readonly string[] => Reflect.get(Object(found), "user_set").map(({ user_id }: Fields) => user_id);

test("what is sealed is opened for the rows of a page, and for no others", async () => {
  const ask = await sealedPeople(50);
  const opened: string[] = [];
  const found = await ask({ limit: 3, status: "active" }, opened);
  assert.deepEqual([Reflect.get(found, "total_count"), idsIn(found)], [25, ["usr-00049", "usr-00048", "usr-00047"]]);
  assert.deepEqual(opened.toSorted(), idsIn(found).toSorted());
  assert.equal(Reflect.get(found, "user_set")[0].name, "00001 Ann");
});

test("a filter, a search and a sort by what is sealed find it among all within reach", async () => {
  const ask = await sealedPeople(1_203);
  const total = async (fields: Fields, caller = everybody) => Reflect.get(await ask(fields, [], caller), "total_count");
  assert.deepEqual(idsIn(await ask({ name: ["00007 Ann", "00009 Ann"] })), ["usr-01196", "usr-01194"]);
  assert.deepEqual([await total({ search_word: "aNN" }), await total({ search_word: "usr-00003" })], [1_203, 1]);
  assert.equal(await total({ search_word: "ann", status: "retired" }), 602);
  const sorted = { sort_key: "name", reverse: false };
  assert.deepEqual(idsIn(await ask({ ...sorted, limit: 2 })), ["usr-01202", "usr-01201"]);
  assert.deepEqual(idsIn(await ask({ ...sorted, limit: 2, offset: 1_202 })), ["usr-00000"]);
  assert.deepEqual(idsIn(await ask({ search_word: "ann" }, [], { ...mine, userId: "usr-00001" })), ["usr-00001"]);
});

test("what has a field to be found by is found without being opened", async () => {
  const ask = await sealedPeople(50);
  const opened: string[] = [];
  assert.deepEqual(idsIn(await ask({ email: "7@example.org" }, opened)), ["usr-00007"]);
  assert.deepEqual(opened, ["usr-00007"]);
});

test("more rows than may be opened are refused before any is", async () => {
  const ask = await sealedPeople(10_001);
  const opened: string[] = [];
  const refused = await ask({ search_word: "ann" }, opened);
  assert.deepEqual([Reflect.get(refused, "name"), opened], ["failed_precondition", []]);
  assert.equal(Reflect.get(await ask({ search_word: "ann", status: "active" }), "total_count"), 5_000);
});
