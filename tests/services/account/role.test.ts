import assert from "node:assert/strict";
import { test } from "node:test";
import type { RoleEvent } from "../../../schemas/generated/events.ts";
import { bundles } from "../../../schemas/generated/http.ts";
import { bundlesOf, defaultGrant, modulesOf } from "../../../services/account/domain/grants.ts";
import { modules } from "../../../services/account/domain/modules.ts";
import { role } from "../../../services/account/domain/role.ts";
import { builtInRoles } from "../../../services/chassis/access/permissions.ts";
import { given } from "../../spec.ts";

const roleId = "role-1";
const described = { roleId, roleName: "reviewer", description: "" };
const create = { type: "CreateRole", ...described, portal: "global_admin", owner: "usr-ada", ownerPath: ":usr-ada" } as const;
const created: RoleEvent = { ...create, type: "RoleCreated" };
const basics: RoleEvent = { type: "RoleModuleModified", roleId, modules: [defaultGrant("global_admin")] };
const review = { moduleId: "m1", dataLevel: "all", actionBundleIds: ["business_review"] };
const deleted: RoleEvent = { type: "RoleDeleted", roleId };

test("a new role has the default module", () => given(role).when(create).expect(created, basics));
test("a vendor's role shows the group's rows, a user's the own ones", () => {
  assert.equal(defaultGrant("isv").dataLevel, "group");
  assert.equal(defaultGrant("user").dataLevel, "self");
});
test("a role is not created twice", () => given(role, created, basics).when(create).expectNothing());
test("a role works in a portal that there is", () =>
  given(role)
    .when({ ...create, portal: "moon" })
    .expectRejection(/unsupported portal/, { kind: "invalid", error: "unsupported_parameter_value" }));

test("a changed role keeps what was not named", () => {
  given(role, created, basics)
    .when({ type: "ModifyRole", roleId, description: "d" })
    .expect({ type: "RoleModified", ...described, description: "d" });
  given(role, created, basics).when({ type: "ModifyRole", roleId, roleName: "reviewer" }).expectNothing();
});
test("a role is deleted once", () => {
  given(role, created).when({ type: "DeleteRole", roleId }).expect(deleted);
  given(role, created, deleted).when({ type: "DeleteRole", roleId }).expectNothing();
});

const grant = (...wanted: readonly { moduleId: string; dataLevel: string; actionBundleIds: readonly string[] }[]) =>
  ({ type: "ModifyRoleModule", roleId, modules: wanted }) as const;

test("a role gets what is wished for and keeps the default module", () =>
  given(role, created, basics)
    .when(grant(review, { moduleId: "m2", dataLevel: "self", actionBundleIds: [] }))
    .expect({ type: "RoleModuleModified", roleId, modules: [defaultGrant("global_admin"), review] }));
test("the level of the default module can be changed", () => {
  const narrow = { ...defaultGrant("global_admin"), dataLevel: "self" };
  given(role, created, basics)
    .when(grant(narrow))
    .expect({ type: "RoleModuleModified", roleId, modules: [narrow] });
});
test("the same modules again change nothing", () => {
  const granted: RoleEvent = { type: "RoleModuleModified", roleId, modules: [defaultGrant("global_admin"), review] };
  given(role, created, basics, granted).when(grant(review)).expectNothing();
});
test("a role is changed or deleted only as it was when that was judged", () => {
  const mightier: RoleEvent = { type: "RoleModuleModified", roleId, modules: [defaultGrant("global_admin"), review] };
  const before = [defaultGrant("global_admin")];
  for (const change of [grant(), { type: "DeleteRole", roleId }] as const)
    given(role, created, basics, mightier)
      .when({ ...change, before })
      .expectRejection(/has just been changed/, { kind: "precondition" });
  given(role, created, basics, mightier, basics)
    .when({ ...grant(review), before })
    .expect(mightier);
  given(role, created, basics).when({ type: "DeleteRole", roleId, before }).expect(deleted);
});
test("what there is not cannot be granted", () => {
  const asked = given(role, created, basics);
  asked.when(grant({ ...review, moduleId: "m99" })).expectRejection(/no module m99/, { kind: "invalid" });
  asked.when(grant({ ...review, dataLevel: "some" })).expectRejection(/unsupported data level/, { kind: "invalid" });
  asked.when(grant({ ...review, actionBundleIds: ["m2.f1.a1"] })).expectRejection(/has no action bundle m2.f1.a1/, { kind: "invalid" });
  asked.when(grant({ ...review, actionBundleIds: ["toString"] })).expectRejection(/has no action bundle toString/, { kind: "invalid" });
});

test("the platform's roles cannot be changed", () => {
  for (const roleId of ["global_admin", "isv", "developer", "user"])
    for (const command of [
      { type: "ModifyRole", roleId, roleName: "x" },
      { type: "DeleteRole", roleId },
      { type: "ModifyRoleModule", roleId, modules: [] },
    ] as const)
      given(role)
        .when(command)
        .expectRejection(/belongs to the platform/, { kind: "denied" });
});
test("a role that is absent or deleted is not found", () => {
  for (const command of [{ type: "ModifyRole", roleId, roleName: "x" }, grant(review)] as const) {
    given(role)
      .when(command)
      .expectRejection(/there is no role/, { kind: "notFound" });
    given(role, created, deleted)
      .when(command)
      .expectRejection(/is deleted/, { kind: "notFound" });
  }
  given(role)
    .when({ type: "DeleteRole", roleId })
    .expectRejection(/there is no role/, { kind: "notFound" });
});

test("every action bundle has a name in the module that it belongs to, and no other has one", () => {
  const named = modules.flatMap(({ id, features }) =>
    features.flatMap((feature) => Object.keys(feature.bundles).map((bundle) => [bundle, id] as const)),
  );
  assert.deepEqual(
    named.toSorted(),
    Object.entries(bundles)
      .map(([id, { module }]) => [id, module])
      .toSorted(),
  );
});
test("the platform's roles grant what their portal offers", () => {
  const { isv, developer } = builtInRoles;
  assert.ok(isv && developer);
  const granted = modulesOf(isv).find(({ moduleId }) => moduleId === "m1");
  assert.deepEqual(granted, { moduleId: "m1", dataLevel: "group", actionBundleIds: bundlesOf("m1", "isv") });
  assert.ok(granted.actionBundleIds.includes("isv_review") && !granted.actionBundleIds.includes("business_review"));
  const narrow = modulesOf(developer).find(({ moduleId }) => moduleId === "m1");
  assert.ok(narrow?.actionBundleIds.includes("m1.f2.a1") && !narrow.actionBundleIds.includes("isv_review"));
});
