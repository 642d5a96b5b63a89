import assert from "node:assert/strict";
import { test } from "node:test";
import type { UserCreated } from "../../../schemas/generated/events.ts";
import { bundles, type OperationId, operations } from "../../../schemas/generated/http.ts";
import { type AccessDocument, access, authorize, type Caller, visible } from "../../../services/chassis/access/access.ts";
import { unbundled } from "../../../services/chassis/access/permissions.ts";
import { allows } from "../../../services/chassis/access/rules.ts";
import { deleted } from "../../../services/chassis/events.ts";
import { sealedAs } from "../../people.ts";
import { referencePermissions } from "./reference-permissions.ts";

const isOperation = (name: string): name is OperationId => name in operations;
const user = (...roleIds: readonly string[]) => ({ userId: "usr-1", roleIds, groupPath: ":grp-1" });
const may = (operation: OperationId, ...roleIds: readonly string[]) => {
  const { allowed, level } = authorize(user(...roleIds), new Map(), operation);
  return allowed ? level : "no";
};

const developersOwn = new Set(["m1.f1.a1", "m1.f1.a2", "m1.f1.a3", "m1.f1.a4", "m1.f1.a5", "m1.f2.a1", "m1.f2.a2"]);
const moduleOf = (bundle: string) => (bundle.endsWith("_review") ? "m1" : bundle.slice(0, 2));

test("every seeded permission holds for every built-in role, at its data level", () => {
  const expected = new Map<string, { admin: string; isv: string; developer: string; user: string }>();
  for (const { operation, bundle, portals } of referencePermissions) {
    const module = moduleOf(bundle);
    const everybodys = module === "m0";
    const before = expected.get(operation) ?? { admin: "no", isv: "no", developer: "no", user: "no" };
    const developer =
      (everybodys || portals.isv) && ["m0", "m1", "m2", "m3", "m6"].includes(module) && (module !== "m1" || developersOwn.has(bundle));
    expected.set(operation, {
      admin: everybodys || portals.admin ? "all" : before.admin,
      isv: everybodys || (portals.isv && ["m1", "m2", "m3", "m4", "m6", "m7"].includes(module)) ? "group" : before.isv,
      developer: developer ? "self" : before.developer,
      user: everybodys || portals.user ? "self" : before.user,
    });
  }
  assert.ok(expected.size > 90);
  for (const [operation, roles] of expected) {
    assert.ok(isOperation(operation), operation);
    const actual = {
      admin: may(operation, "global_admin"),
      isv: may(operation, "isv"),
      developer: may(operation, "developer"),
      user: may(operation, "user"),
    };
    assert.deepEqual(actual, roles, operation);
  }
});

test("operations without a permission are the administrator's, and vendors' for the repositories of their group", () => {
  const seeded = new Set(referencePermissions.map(({ operation }) => operation));
  const bare = Object.keys(operations).filter((name) => !seeded.has(name));
  for (const name of bare) {
    assert.ok(isOperation(name));
    if (operations[name].public) continue;
    const repos = /Repos?(SyncToken)?$/.test(name);
    assert.equal(may(name, "global_admin"), "all", name);
    assert.equal(may(name, "isv"), repos ? "group" : "no", name);
    assert.equal(may(name, "developer"), repos ? "self" : "no", name);
    assert.equal(may(name, "user"), "no", name);
  }
});

test("system may everything and sees all", () => {
  for (const name of Object.keys(operations)) {
    assert.ok(isOperation(name));
    assert.deepEqual(authorize({ userId: "system", roleIds: [], groupPath: "" }, new Map(), name), {
      allowed: true,
      level: "all",
      accessPath: "",
    });
  }
});

test("an operation belongs to the bundles that OpenPitrix seeds for it, and to no other", () => {
  for (const [name, { permission }] of Object.entries(operations)) {
    const seeded = referencePermissions.filter(({ operation }) => operation === name).map(({ bundle }) => bundle);
    assert.deepEqual(permission.toSorted(), seeded.toSorted(), name);
  }
});

test("a bundle is of the module and the portals that OpenPitrix seeds, and the default module of all portals", () => {
  const flags = { admin: "global_admin", isv: "isv", user: "user" } as const;
  const everybody = { admin: true, isv: true, user: true };
  const unserved = [
    ...["a1", "a2", "a3", "a4", "a5"].map((last) => [`m2.f1.${last}`, everybody] as const),
    ["m8.f2.a2", { ...everybody, user: false }] as const,
  ];
  const seeded = [...referencePermissions.map(({ bundle, portals }) => [bundle, portals] as const), ...unserved];
  const expected = seeded.map(([bundle, portals]) => {
    const module = moduleOf(bundle);
    const shown = (["admin", "isv", "user"] as const).filter((flag) => module === "m0" || portals[flag]);
    return [bundle, { module, portals: shown.map((flag) => flags[flag]) }] as const;
  });
  assert.deepEqual({ ...bundles }, Object.fromEntries(expected));
});

test("what no bundle grants is granted to roles by name, and nothing else is", () => {
  const bare = Object.entries(operations).flatMap(([name, operation]) =>
    operation.permission.length > 0 || operation.public ? [] : [name],
  );
  assert.deepEqual(Object.keys(unbundled).toSorted(), bare.toSorted());
});

test("with several roles the widest level holds", () => {
  assert.equal(may("DescribeClusters", "user", "isv"), "group");
  assert.equal(may("DescribeClusters", "developer", "global_admin", "isv"), "all");
});

test("a custom role grants its bundles at its modules' levels, and the default module", () => {
  const reviewer = [
    { moduleId: "m1", dataLevel: "all", actionBundleIds: ["technical_review"] },
    { moduleId: "m3", dataLevel: "group", actionBundleIds: ["m3.f1.a10"] },
  ];
  const roles = new Map([["role-reviewer", reviewer]]);
  const level = (operation: OperationId) => {
    const given = authorize(user("role-reviewer"), roles, operation);
    return given.allowed ? given.level : "no";
  };
  assert.equal(level("TechnicalPassAppVersion"), "all");
  assert.equal(level("DescribeAppVersionReviews"), "all");
  assert.equal(level("BusinessPassAppVersion"), "no");
  assert.equal(level("StopClusters"), "group");
  assert.equal(level("StartClusters"), "no");
  assert.equal(level("DescribeApps"), "self");
  assert.equal(level("CreateRepo"), "no");
});

test("a role that is gone grants nothing", () => {
  assert.equal(may("DescribeApps", "role-gone"), "no");
});

test("outside of any group a group's level is one's own, never everybody's", () => {
  const lonely = authorize({ userId: "usr-1", roleIds: ["isv"], groupPath: "" }, new Map(), "DescribeApps");
  assert.deepEqual(lonely, { allowed: true, level: "self", accessPath: ":usr-1" });
});

const caller = (level: Caller["level"]): Caller => ({
  ...{ userId: "usr-1", ownerPath: ":grp-1:usr-1", level },
  ...{ groups: ["grp-1"], groupsAndBelow: ["grp-1", "grp-9"] },
  as: () => undefined,
});

test("levels decide whose rows are one's own: by the groups that people are in now", () => {
  const row = (owner: string, owner_group: string) => ({ owner, owner_group });
  const ofNoGroup = row("usr-1", "");
  const mine = row("usr-1", "grp-1");
  const left = row("usr-1", "grp-8");
  const groups = row("usr-2", "grp-1");
  const below = row("usr-3", "grp-9");
  const foreign = row("usr-4", "grp-10");
  const ofNobody = row("usr-5", "");
  const nobodys = {};
  const rows = [ofNoGroup, mine, left, groups, below, foreign, ofNobody, nobodys];
  const seen = (level: Caller["level"]) => rows.map((row) => allows("own", caller(level), row));
  assert.deepEqual(seen("all"), [true, true, true, true, true, true, true, true]);
  assert.deepEqual(seen("group"), [true, true, false, true, true, false, false, false]);
  assert.deepEqual(seen("self"), [true, true, false, false, false, false, false, false]);
});

test("whose rows a level covers, as conditions", () => {
  const mine = [
    { field: "owner", in: ["usr-1"] },
    { field: "owner_group", in: ["", "grp-1"] },
  ];
  assert.deepEqual(visible(caller("all")), [[]]);
  assert.deepEqual(visible(caller("self")), [mine]);
  assert.deepEqual(visible(caller("group")), [mine, [{ field: "owner_group", in: ["grp-1", "grp-9"] }]]);
});

test("the read model folds accounts, roles and keys, each from its own stream", () => {
  const meta = {
    ...{ eventId: "", stream: "user/usr-1", version: 1, time: "", actor: { userId: "", ownerPath: "" } },
    ...{ correlationId: "", causationId: null, actionId: null },
  };
  const { evolve, initialState, key } = access;
  const userCreated: UserCreated = {
    type: "UserCreated",
    ...{ userId: "usr-1", username: "", email: "", phoneNumber: "", description: "", ...sealedAs("a@example.org") },
    ...{ passwordHash: "scrypt$...", roleIds: ["user"], groupPath: ":grp-1", owner: "usr-1", ownerPath: ":grp-1:usr-1" },
  };
  let document = evolve.UserCreated?.(initialState, userCreated, meta, "");
  const fold = (next: typeof document) => {
    assert.ok(next !== undefined && next !== deleted);
    document = next;
    return next;
  };
  assert.doesNotMatch(JSON.stringify(document), /scrypt/);
  const bound = evolve.UserRoleBound?.(fold(document), { type: "UserRoleBound", userId: "usr-1", roleId: "isv" }, meta, "");
  assert.deepEqual(fold(bound).roleIds, ["user", "isv"]);
  const unbound = evolve.UserRoleUnbound?.(fold(bound), { type: "UserRoleUnbound", userId: "usr-1", roleId: "user" }, meta, "");
  assert.deepEqual(fold(unbound).roleIds, ["isv"]);
  assert.equal(evolve.UserDeleted?.(fold(unbound), { type: "UserDeleted", userId: "usr-1", groupIds: [] }, meta, ""), deleted);
  assert.equal(key?.UserCreated?.(userCreated, meta), "user/usr-1");
  const role: AccessDocument = { ...initialState, kind: "role" };
  const modules = [{ moduleId: "m1", dataLevel: "all", actionBundleIds: ["m1.f1.a1"] }];
  const modified = evolve.RoleModuleModified?.(role, { type: "RoleModuleModified", roleId: "role-1", modules }, meta, "");
  assert.deepEqual(fold(modified).modules, modules);
});
