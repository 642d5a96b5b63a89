import assert from "node:assert/strict";
import { test } from "node:test";
import type { Message } from "../../../events/index.ts";
import type { OperationId } from "../../../schemas/generated/http.ts";
import type { Caller } from "../../../services/chassis/access/access.ts";
import { type Owned, ownedBy } from "../../../services/chassis/access/ownership.ts";
import type { DataLevel } from "../../../services/chassis/access/permissions.ts";
import { allows } from "../../../services/chassis/access/rules.ts";
import { readsFor } from "../../../services/chassis/http/reads.ts";
import { type Need, type Reads, rows } from "../../../services/chassis/http/rows.ts";

/** Somebody of group grp-1 with a level for everything, and others for some operations. */
const caller = (level: DataLevel, others: { readonly [operation in OperationId]?: DataLevel } = {}): Caller => ({
  ...{ userId: "usr-1", ownerPath: ":grp-1:usr-1", groups: ["grp-1"], groupsAndBelow: ["grp-1"], level },
  as: (operation) => {
    const other = others[operation];
    return other && caller(other, others);
  },
});
const rowOf = (owner: string, group: string, status: string, visibility = "public") => ({
  ...{ ...ownedBy({ owner, ownerPath: `${group}:${owner}` }), status, visibility },
});
const mine = rowOf("usr-1", ":grp-1", "draft");
const groups = rowOf("usr-2", ":grp-1", "in-review");
const foreign = rowOf("usr-3", ":grp-3", "submitted");
const released = rowOf("usr-3", ":grp-3", "active");

test("what was released is in the store, of a private repository only within reach", () => {
  const own = rowOf("usr-1", ":grp-1", "active", "private");
  const groups = rowOf("usr-2", ":grp-1", "active", "private");
  const inStore = (caller?: Caller) => [mine, foreign, released, own, groups].map((row) => allows("inStore", caller, row));
  assert.deepEqual(inStore(caller("self")), [false, false, true, true, false]);
  assert.deepEqual(inStore(caller("group")), [false, false, true, true, true]);
  assert.deepEqual(inStore(), [false, false, true, false, false]);
});

test("a version under review is open to whom a review's level covers it, whatever the level for reading", () => {
  const opens = (...given: Parameters<typeof caller>) =>
    [mine, groups, foreign, released].map((row) => allows("underReview", caller(...given), row));
  assert.deepEqual(opens("all"), [false, false, false, false]);
  assert.deepEqual(opens("self", { IsvReviewAppVersion: "group" }), [false, true, false, false]);
  assert.deepEqual(opens("self", { TechnicalReviewAppVersion: "all" }), [false, true, true, false]);
});

test("any of several rules suffices", () => {
  assert.deepEqual(
    [mine, foreign, released].map((row) => allows(["inStore", "own"], caller("self"), row)),
    [true, false, true],
  );
});

test("without a caller nothing is owned or everybody's", () => {
  for (const rule of ["own", "everybody", "underReview", "part"] as const) assert.equal(allows(rule, undefined, mine), false, rule);
  assert.equal(allows("public", undefined, {}), true);
});

test("the parts of a row are read only once a rule has given the row", async () => {
  const stored = new Map<string, object>([
    ["versions", mine],
    ["owners", { cluster_id: "cl-1" }],
  ]);
  const documents = {
    get: async (collection: string, ids: readonly string[]) => ids.map((id) => ({ id, deleted: false, value: stored.get(collection) })),
  };
  const reads: Reads<Models> = readsFor({ of: async (model: string) => model } as never, documents as never, caller("self")) as never;
  const given = (await reads.get("versions", "1")) ?? assert.fail();
  assert.deepEqual(await reads.parts(given, "owners", "owner"), [{ cluster_id: "cl-1" }]);
  await assert.rejects(reads.parts({ ...given }, "owners", "owner"), /no rule gave/);
});

// What follows is checked by the compiler: a line that compiles although it must not is an error.
type Models = {
  readonly versions: Owned & { readonly status: string; readonly visibility: string };
  readonly runtimes: Owned;
  /** As documents were before they had a group. */
  readonly ungrouped: { readonly owner: string; readonly owner_path: string };
  readonly owners: { readonly cluster_id: string };
};
type N = Need<Models>;
export const needs: readonly N[] = [
  ["versions", "1"],
  ["versions", "1", "own"],
  ["versions", "1", ["inStore", "own"]],
  // @ts-expect-error There is no rule for anything.
  ["versions", "1", "any"],
  // @ts-expect-error A rule is not a function of a row's own.
  ["versions", "1", { name: "mine", allows: () => true }],
  // @ts-expect-error Only joins have parts.
  ["versions", "1", "part"],
  // @ts-expect-error What has an owner is not everybody's.
  ["versions", "1", "everybody"],
  // @ts-expect-error What has an owner is not public.
  ["versions", "1", ["own", "public"]],
  // @ts-expect-error What has no status is not in the store.
  ["runtimes", "1", "inStore"],
  // @ts-expect-error What has no owner cannot be one's own.
  ["owners", "1"],
  // @ts-expect-error Nor what has no group.
  ["ungrouped", "1"],
];

const on = rows<Message, Models>();
const issues = "Anything";
export const table = [
  on.answer("GetAppStatistics", async (_, reads: Reads<Models>) => {
    await reads.get("versions", "1");
    await reads.get("versions", "1", "underReview");
    await reads.ids("owners", [], 1);
    // @ts-expect-error A read without a rule is `own`, which needs an owner.
    await reads.get("owners", "1");
    // @ts-expect-error There is no rule for anything.
    await reads.get("versions", "1", "any");
    // @ts-expect-error There is no search without a rule,
    reads.find;
    // @ts-expect-error nor any read
    reads.unscoped;
    // @ts-expect-error but in a judgement, which no document leaves,
    await reads.judge(({ get }) => get("owners", "1"));
    // @ts-expect-error nor a part of one.
    await reads.judge(async ({ get }) => (await get("owners", "1"))?.cluster_id);
    await reads.judge(async ({ get }) => (await get("owners", "1"))?.cluster_id === "cl-1");
    return {};
  }),
  on.command("RevokeToken", {
    issues,
    prepare: async (_, { unscoped }) => ({ found: await unscoped.get("owners", "1") }),
    command: () => [],
    answer: () => ({}),
  }),
  on.command("CreateGroup", {
    issues,
    // @ts-expect-error Whoever has proved who they are reads by rules.
    prepare: async (_, { unscoped }) => ({ found: await unscoped.get("owners", "1") }),
    command: () => [],
    answer: () => ({}),
  }),
  on.query("DescribeAppVersions", { from: "versions", filters: [], search: [], join: { set: ["versions", "a", "b", "part"] } }),
  // @ts-expect-error There is no rule for anything.
  on.query("DescribeAppVersions", { from: "versions", filters: [], search: [], rule: "any" }),
  // @ts-expect-error The documents that are joined have no owner: their rule must be named.
  on.query("DescribeAppVersions", { from: "versions", filters: [], search: [], join: { set: ["owners", "a", "b"] } }),
];
