import assert from "node:assert/strict";
import { test } from "node:test";
import { seeded } from "../../../events/simulation/time.ts";
import { bundles, type OperationId } from "../../../schemas/generated/http.ts";
import { type AccessDocument, SYSTEM } from "../../../services/chassis/access/access.ts";
import { builtInRoles } from "../../../services/chassis/access/permissions.ts";
import { covers, lesserPrincipal, type Person, type Power, powers } from "../../../services/chassis/access/power.ts";

type Modules = AccessDocument["modules"];
const everything = (dataLevel: string): Modules =>
  [...new Set(Object.values(bundles).map(({ module }) => module))].map((moduleId) => ({
    ...{ moduleId, dataLevel },
    actionBundleIds: Object.keys(bundles).filter((id) => bundles[id]?.module === moduleId),
  }));

const random = seeded(17);
const among = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)] ?? assert.fail("there are none");
const some = <T>(values: readonly T[], share: number): readonly T[] => values.filter(() => random() < share);

const custom: ReadonlyMap<string, Modules> = new Map([
  ["everything", everything("all")],
  ["everything of the group", everything("group")],
  ...Array.from({ length: 12 }, (_, index): [string, Modules] => [
    `role-${index}`,
    some(everything(among(["all", "group", "self"])), 0.6).map((module) => ({
      ...module,
      dataLevel: among(["all", "group", "self"]),
      actionBundleIds: some(module.actionBundleIds, among([0.1, 0.5, 1])),
    })),
  ]),
]);
const roleIds = [...Object.keys(builtInRoles), ...custom.keys()];
const groupPaths = [":a", ":a:b", ":a:b:c", ":ab", ":d"];
const isPlain = ({ userId, roleIds }: Person): boolean => userId !== SYSTEM && !roleIds.includes("global_admin");

const anybody = (): Person => ({
  userId: among([SYSTEM, "usr-1", "usr-2", "usr-3", "usr-4", "usr-5"]),
  roleIds: some(roleIds, among([0.05, 0.1, 0.3])),
  groupPaths: among([[], [":a"], some(groupPaths, 0.3)]),
});
const power = powers(custom);
const of = (roles: readonly string[], groups: readonly string[] = [], userId = "usr-1"): Power =>
  power({ userId, roleIds: roles, groupPaths: groups });
const people = Array.from({ length: 100 }, () => power(anybody()));

test("power is reflexive and transitive", () => {
  const covered = new Map(people.map((a) => [a, new Set(people.filter((b) => covers(a, b)))]));
  const of = (a: Power): ReadonlySet<Power> => covered.get(a) ?? assert.fail();
  let chains = 0;
  for (const a of people) {
    assert.ok(of(a).has(a));
    for (const b of of(a))
      for (const c of of(b)) {
        assert.ok(of(a).has(c), JSON.stringify([a, b, c].map(({ userId, roleIds, groupPaths }) => [userId, roleIds, groupPaths])));
        if (isPlain(a) && a !== b && b !== c) chains++;
      }
  }
  assert.ok(chains > 100, `${chains} chains of people who are neither system nor administrators`);
});

test("nobody acts on somebody who acts on them, nor on who is above these", () => {
  for (const a of people)
    for (const b of people) {
      if (a.userId === b.userId || !lesserPrincipal(a, b)) continue;
      assert.ok(!lesserPrincipal(b, a));
      for (const c of people) if (covers(c, a)) assert.ok(c.userId === b.userId || !lesserPrincipal(b, c));
    }
});

test("system is on top, and administrators are next", () => {
  const system = of([], [], SYSTEM);
  for (const person of people) {
    assert.ok(covers(system, person));
    assert.equal(covers(person, system), person.userId === SYSTEM);
    assert.equal(covers(of(["global_admin"]), person), person.userId !== SYSTEM);
    if (isPlain(person)) assert.ok(!covers(person, of(["global_admin"], person.groupPaths, "usr-9")));
  }
});

test("another role never takes power away", () => {
  for (const { levels: _, ...person } of people)
    for (const roleId of some(roleIds, 0.2)) assert.ok(covers(power({ ...person, roleIds: [...person.roleIds, roleId] }), power(person)));
});

test("a role with every module for all rows is less than an administrator, since some operations are in no bundle", () => {
  assert.ok(!covers(of(["everything"]), of(["global_admin"])));
  const more = [...of(["global_admin"]).levels].filter(([id, level]) => level === "all" && of(["everything"]).levels.get(id) !== "all");
  assert.ok(more.some(([id]) => id === "CreateClient"));
});

test("the default module counts, which every role has", () => {
  const viewer = new Map<string, Modules>([
    ["bare", []],
    ["viewer", [{ moduleId: "m0", dataLevel: "all", actionBundleIds: [] }]],
  ]);
  const level = (role: string) => powers(viewer)({ userId: "usr-1", roleIds: [role], groupPaths: [] }).levels.get("ModifyUser");
  assert.deepEqual([level("bare"), level("viewer"), level("none")], ["self", "all", "none"]);
});

test("every operation has a level, from the widest role", () => {
  const levels =
    (...roles: readonly string[]) =>
    (id: OperationId) =>
      of(roles, [":a"]).levels.get(id);
  assert.deepEqual(
    ["CreateClient", "StopClusters", "CreateRepo"].map((id) => levels("isv")(id as OperationId)),
    ["none", "group", "group"],
  );
  assert.equal(levels("developer", "isv")("CreateRepo"), "group");
  assert.equal(levels("developer")("CreateRepo"), "self");
});

test("a vendor acts on its developers and users, and neither on its equals nor on another vendor's", () => {
  const vendor = of(["isv"], [":a"]);
  const may = (roles: readonly string[], ...groups: readonly string[]) => lesserPrincipal(vendor, of(roles, groups, "usr-2"));
  assert.ok(may(["developer"], ":a"));
  assert.ok(may(["developer", "user"], ":a:b"));
  assert.ok(may(["isv"], ":a:b"), "the head of a group below");
  assert.ok(!may(["isv"], ":a"), "an equal");
  assert.ok(covers(vendor, of(["isv"], [":a"], "usr-2")), "but it may make one");
  assert.ok(!may(["developer"], ":ab"));
  assert.ok(!may(["developer"], ":d", ":a"), "who is also elsewhere");
  assert.ok(!may(["developer"]), "who is in no group");
});

test("outside of groups those cover each other by their levels who are outside, too", () => {
  assert.ok(lesserPrincipal(of(["user", "everything"]), of(["user"], [], "usr-2")));
  assert.ok(!lesserPrincipal(of(["user", "everything"], [":a"]), of(["user"], [], "usr-2")));
  assert.ok(!lesserPrincipal(of(["everything"]), of(["global_admin"], [], "usr-2")));
});

test("everybody acts on themselves", () => {
  assert.ok(people.every((person) => lesserPrincipal(person, person)));
});
