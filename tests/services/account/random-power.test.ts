import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { seeded } from "../../../events/simulation/time.ts";
import { bundles, type OperationId } from "../../../schemas/generated/http.ts";
import type { AccountCommand } from "../../../services/account/domain/domain.ts";
import type { GroupDocument } from "../../../services/account/read-models/groups.ts";
import type { RoleDocument } from "../../../services/account/read-models/roles.ts";
import type { UserDocument } from "../../../services/account/read-models/users.ts";
import { covers, type Power, powers } from "../../../services/chassis/access/power.ts";
import { eventually } from "../../eventually.ts";
import { sealedAs } from "../../people.ts";
import { servedWithAccounts } from "../../world/accounts.ts";

const SEED = Number(process.env.SEED ?? 29);
const REQUESTS = 150;
const modules = [...new Set(Object.values(bundles).map(({ module }) => module))];
const bundlesIn = (module: string) => Object.keys(bundles).filter((id) => bundles[id]?.module === module);

describe(`whatever people do who are no administrators (seed ${SEED})`, () => {
  let world: Awaited<ReturnType<typeof servedWithAccounts>>;
  before(async () => {
    world = await servedWithAccounts();
  });
  after(() => world?.stop());

  const random = seeded(SEED);
  const among = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)] ?? assert.fail("there are none");
  const send = async (command: AccountCommand): Promise<void> => assert.equal((await world.send("account", command)).rejection, null);
  /** The documents of a model. `as` is safe: the model's projection folds them. */
  const all = async <Document>(model: string): Promise<readonly Document[]> =>
    (await world.documents("account", model)).map(({ value }) => value as Document);
  const state = async () => ({
    users: await all<UserDocument>("users"),
    roles: await all<RoleDocument>("roles"),
    groups: await all<GroupDocument>("groups"),
  });
  type State = Awaited<ReturnType<typeof state>>;
  const powersIn = ({ users, roles }: State): readonly Power[] => {
    const power = powers(new Map(roles.flatMap(({ role_id, status, modules }) => (status === "active" ? [[role_id, modules]] : []))));
    return users
      .filter(({ status }) => status === "active")
      .map(({ user_id, role_id, group_paths }) => power({ userId: user_id, roleIds: role_id, groupPaths: group_paths }));
  };
  const isAdmin = ({ roleIds }: Power) => roleIds.includes("global_admin");
  /** Reactions have caught up: everybody is where the groups are. */
  const settled = (members: ReadonlySet<string>) =>
    eventually("everybody is in their groups", async () => {
      const now = await state();
      const paths = new Map(now.groups.map(({ group_id, group_path }) => [group_id, group_path]));
      const places = now.users.flatMap(({ user_id, group_paths }) => group_paths.map((path) => [user_id, path] as const));
      const isKnown = places.every(
        ([user, path]) => members.has(`${user} ${path.split(":").at(-1)}`) && [...paths.values()].includes(path),
      );
      return isKnown && places.length === members.size && now;
    });

  test("administrators stay as they are, and nobody has more power than somebody had at first", async () => {
    const grant = (moduleId: string, dataLevel: string) => ({ moduleId, dataLevel, actionBundleIds: bundlesIn(moduleId) });
    const role = async (roleId: string, level: string, owner: string, path: string, ...wanted: readonly string[]) => {
      await send({ type: "CreateRole", roleId, roleName: roleId, description: "", portal: "isv", owner, ownerPath: `${path}:${owner}` });
      await send({ type: "ModifyRoleModule", roleId, modules: wanted.map((module) => grant(module, level)) });
    };
    const members = new Set<string>();
    const user = async (userId: string, roleIds: readonly string[], groupPath = "") => {
      await send({ type: "CreateUser", userId, ...sealedAs(`${userId}@people.example`), roleIds, groupPath });
      if (groupPath) members.add(`${userId} ${groupPath.slice(1)}`);
    };
    await role("role-all", "all", "system", "", ...modules);
    await role("role-people", "all", "system", "", "m0", "m4");
    await role("role-lead", "group", "head-a", ":grp-a", "m0", "m4");
    await user("admin", ["global_admin"]);
    await user("all", ["role-all"]);
    await user("people", ["role-people", "user"]);
    await user("plain", ["user"]);
    for (const vendor of ["a", "b"]) {
      await user(`head-${vendor}`, ["isv"], `:grp-${vendor}`);
      await user(`lead-${vendor}`, ["developer", "role-lead"], `:grp-${vendor}`);
      await user(`dev-${vendor}`, ["developer"], `:grp-${vendor}`);
    }
    let now = await settled(members);
    const first = powersIn(now);
    const administrators = ({ users }: State) => users.filter(({ role_id }) => role_id.includes("global_admin"));
    const before = administrators(now);
    const done = new Map<string, number>();

    const one = (): readonly [OperationId, object] => {
      const person = () => among(now.users).user_id;
      const roleId = () => among([...now.roles.map(({ role_id }) => role_id), "global_admin", "isv", "developer", "user"]);
      const group = () => among(now.groups).group_id;
      const module_elem_set = modules
        .filter(() => random() < 0.2)
        .map((module_id) => ({ module_id, data_level: among(["all", "group", "self"]), is_check_all: true }));
      const name = `n${Math.floor(random() * 1e9)}`;
      const created = { email: `${name}@people.example`, password: "correct horse", role_id: roleId() };
      return among<readonly [OperationId, object]>([
        ["ModifyUser", { user_id: person(), username: name }],
        ["BindUserRole", { user_id: [person()], role_id: [roleId()] }],
        ["BindUserRole", { user_id: [person()], role_id: [roleId()] }],
        ["UnbindUserRole", { user_id: [person()], role_id: [roleId()] }],
        ["JoinGroup", { group_id: [group()], user_id: [person()] }],
        ["JoinGroup", { group_id: [group()], user_id: [person()] }],
        ["LeaveGroup", { group_id: [group()], user_id: [person()] }],
        ["CreateGroup", { name, parent_group_id: group() }],
        ["ModifyGroup", { group_id: group(), parent_group_id: group() }],
        ["CreateRole", { role_name: name, portal: among(["global_admin", "isv", "user"]) }],
        ["ModifyRoleModule", { role_id: roleId(), module: { module_elem_set } }],
        ...(random() < 0.3
          ? ([
              ["DeleteRoles", { role_id: [roleId()] }],
              ["DeleteUsers", { user_id: [person()] }],
            ] as const)
          : []),
        ...(random() < 0.2
          ? ([
              ["CreateUser", created],
              ["IsvCreateUser", created],
            ] as const)
          : []),
      ]);
    };
    const peers = first.filter((power) => !isAdmin(power));
    let people = peers;
    for (let request = 0; request < REQUESTS; request++) {
      const busy = ["all", "people", "head-a", "lead-a"].filter((id) => people.some(({ userId }) => userId === id));
      const actor = random() < 0.7 && busy.length > 0 ? among(busy) : among(people).userId;
      const [operation, fields] = one();
      const { status, body } = await (await world.as(actor)).call(operation, fields);
      if (status !== 200) continue;
      done.set(operation, (done.get(operation) ?? 0) + 1);
      const pairs =
        (body.group_id ?? []).flatMap?.((group: string) => (body.user_id ?? []).map((user: string) => `${user} ${group}`)) ?? [];
      if (operation === "JoinGroup") for (const pair of pairs) members.add(pair);
      if (operation === "LeaveGroup") for (const pair of pairs) members.delete(pair);
      if (operation === "DeleteUsers")
        for (const member of members) if (body.user_id.includes(member.split(" ")[0])) members.delete(member);
      const made = operation === "IsvCreateUser" && (await all<UserDocument>("users")).find(({ user_id }) => user_id === body.user_id);
      if (made) for (const group of made.group_id) members.add(`${made.user_id} ${group}`);
      now = await settled(members);
      const about = `request ${request}: ${actor} ${operation} ${JSON.stringify(fields)}`;
      assert.deepEqual(administrators(now), before, about);
      people = powersIn(now).filter((power) => !isAdmin(power));
      for (const power of people)
        assert.ok(
          peers.some((peer) => covers(peer, power)),
          `${about} made ${power.userId}`,
        );
    }
    assert.ok([...done.values()].reduce((sum, count) => sum + count, 0) > REQUESTS / 10, JSON.stringify([...done]));
  });
});
