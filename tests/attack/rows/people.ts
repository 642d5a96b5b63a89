import { eventually } from "../../eventually.ts";
import { ok } from "../../world/requests.ts";
import type { Attack } from "../attack.ts";
import { moduleForm } from "../scene.ts";

const DENIED = "403 permission_denied";

/** Power over people: roles, passwords, groups. */
export const people: readonly Attack[] = [
  {
    class: "people",
    name: "take over an administrator by a password reset with one's own password",
    has: "a custom role of portal global_admin",
    holds: "a reset takes the target's password, of lesser people only",
    run: async ({ people }, { refused, allowed }) => {
      const admin = await people.admin();
      for (const attacker of [await people.mighty(), await people.viewer(), await people.peer()])
        await refused(
          "reset with one's own password",
          attacker.call("CreatePasswordReset", { user_id: admin.userId, password: attacker.password }),
          DENIED,
        );
      const user = await people.otherUser();
      await allowed(
        "an administrator resets a user's",
        admin.call("CreatePasswordReset", { user_id: user.userId, password: user.password }),
      );
    },
  },
  {
    class: "people",
    name: "bind global_admin to oneself, or make an administrator",
    has: "a custom role with all modules at level all",
    holds: "nobody gives more than they have",
    run: async ({ people, fresh }, { refused, allowed }) => {
      const [mighty, user, admin] = [await people.mighty(), await people.otherUser(), await people.admin()];
      for (const { userId } of [mighty, user])
        await refused("bind global_admin", mighty.call("BindUserRole", { user_id: [userId], role_id: ["global_admin"] }), DENIED);
      const fields = { email: `${fresh()}@attack.example`, password: "words of mine", role_id: "global_admin" };
      await refused("create an administrator", mighty.call("CreateUser", fields), DENIED);
      await allowed("an administrator gives a role", admin.call("BindUserRole", { user_id: [user.userId], role_id: ["developer"] }));
      await allowed("and takes it", admin.call("UnbindUserRole", { user_id: [user.userId], role_id: ["developer"] }));
    },
  },
  {
    class: "people",
    name: "strip, rename, re-password or delete an administrator",
    has: "a custom role with all modules, or another administrator",
    holds: "nobody acts on equals or mightier people; the system does",
    run: async ({ people, fresh }, { refused, allowed, control }) => {
      const admin = await people.admin();
      for (const attacker of [await people.mighty(), await people.manager(), await people.peer()])
        for (const [operation, fields] of [
          ["UnbindUserRole", { user_id: [admin.userId], role_id: ["global_admin"] }],
          ["ModifyUser", { user_id: admin.userId, username: "fool" }],
          ["ModifyUser", { user_id: admin.userId, password: "words of mine" }],
          ["DeleteUsers", { user_id: [admin.userId] }],
        ] as const)
          await refused(operation, attacker.call(operation, fields), DENIED);
      const system = await people.system();
      const peer = await people.peer();
      await allowed(
        "the system renames an administrator",
        system.call("ModifyUser", { user_id: peer.userId, username: `peer ${fresh()}` }),
      );
      const { user_detail_set = [] } = await ok(admin.call("DescribeUsersDetail", { user_id: admin.userId }));
      control("the administrator is one still", JSON.stringify(user_detail_set).includes("global_admin"));
    },
  },
  {
    class: "people",
    name: "empty, rename, delete or take a mightier role",
    has: "a custom role that manages people",
    holds: "roles are changed by those who cover them and everybody who has them",
    run: async ({ people, customRole }, { refused, allowed }) => {
      const manager = await people.manager();
      const role_id = await customRole(["m0", "m1", "m3", "m6"]);
      for (const [operation, fields] of [
        ["ModifyRole", { role_id, role_name: "harmless" }],
        ["ModifyRoleModule", { role_id, module: moduleForm(["m0"], "self") }],
        ["DeleteRoles", { role_id: [role_id] }],
        ["BindUserRole", { user_id: [manager.userId], role_id: [role_id] }],
      ] as const)
        await refused(operation, manager.call(operation, fields), DENIED);
      const { call } = await people.admin();
      await allowed("an administrator changes it", call("ModifyRoleModule", { role_id, module: moduleForm(["m0"], "self") }));
      await allowed("and deletes it", call("DeleteRoles", { role_id: [role_id] }));
    },
  },
  {
    class: "people",
    name: "give a role of one's own more than one has",
    has: "a custom role that manages people",
    holds: "a role that its editor would not cover is not made",
    run: async ({ people }, { refused, allowed }) => {
      const { call } = await people.manager();
      const { role_id } = await allowed("make a role", call("CreateRole", { role_name: "mine", portal: "global_admin" }));
      await refused("give it all of m1", call("ModifyRoleModule", { role_id, module: moduleForm(["m1"]) }), DENIED);
      await allowed("give it what one has", call("ModifyRoleModule", { role_id, module: moduleForm(["m4"]) }));
    },
  },
  {
    class: "people",
    name: "join a vendor's group",
    has: "a custom role with all modules, a manager of people, or another vendor",
    holds: "nobody enters a group unless the one who lets them in covers them inside",
    run: async ({ people }, { refused, allowed }) => {
      const vendor = await people.vendor();
      const admin = await people.admin();
      const { group_set = [] } = await ok(vendor.call("DescribeGroups"));
      const group_id = [String(group_set[0]?.group_id)];
      for (const attacker of [await people.mighty(), await people.manager(), await people.otherVendor()])
        await refused("put oneself in", attacker.call("JoinGroup", { group_id, user_id: [attacker.userId] }), "403");
      const { userId } = await people.otherUser();
      await allowed("an administrator puts somebody in", admin.call("JoinGroup", { group_id, user_id: [userId] }));
      await allowed("and takes them out", admin.call("LeaveGroup", { group_id, user_id: [userId] }));
    },
  },
  {
    class: "people",
    name: "see people who have moved away",
    has: "isv",
    holds: "a group shows its members and nobody else",
    run: async ({ people, member }, { holds, control }) => {
      const vendor = await people.vendor();
      const leaver = await member(vendor, "developer");
      const shows = async () =>
        JSON.stringify((await ok(vendor.call("DescribeGroupsDetail"))).group_detail_set ?? []).includes(leaver.email);
      await eventually("the vendor sees its member", shows, 10_000);
      control("before, the vendor sees its member", true);
      const { group_set = [] } = await ok(vendor.call("DescribeGroups"));
      await ok(vendor.call("LeaveGroup", { group_id: [group_set[0]?.group_id], user_id: [leaver.userId] }));
      await eventually("the account service knows", async () => !(await shows()), 10_000).catch(() => undefined);
      holds("the vendor sees nobody who left", !(await shows()));
      const { user_set = [] } = await ok(vendor.call("DescribeUsers", { user_id: leaver.userId }));
      holds("nor among the users", user_set.length === 0);
    },
  },
  {
    class: "people",
    name: "ask whether there is an account, or whether a password is right",
    has: "user",
    holds: "passwords are validated for oneself and lesser people; for all others the answer is one",
    run: async ({ people }, { refused, holds, allowed }) => {
      const [user, admin] = [await people.user(), await people.admin()];
      const ask = (email: string, password: string) => user.call("ValidateUserPassword", { email, password });
      const said = [];
      for (const [email, password] of [
        [admin.email, admin.password],
        [admin.email, "wrong"],
        ["nobody@attack.example", "wrong"],
      ] as const)
        said.push(JSON.stringify((await refused("validate a password", ask(email, password), DENIED)).body).replaceAll(email, ""));
      holds("all answers are the same", new Set(said).size === 1, said.join(" / ").slice(0, 200));
      await allowed("one's own", ask(user.email, user.password));
    },
  },
  {
    class: "people",
    name: "make a client that acts as somebody mightier",
    has: "a custom role with all modules, or another administrator",
    holds: "a client acts as somebody on whom its maker may act",
    run: async ({ people }, { refused, allowed }) => {
      const [mighty, peer, admin, user] = [await people.mighty(), await people.peer(), await people.admin(), await people.otherUser()];
      await refused("as an administrator", mighty.call("CreateClient", { user_id: admin.userId }), DENIED);
      await refused("an administrator as another one", peer.call("CreateClient", { user_id: admin.userId }), DENIED);
      await refused("an administrator as the system", peer.call("CreateClient", { user_id: "system" }), "403");
      const { client_id } = await allowed("an administrator as a user", admin.call("CreateClient", { user_id: user.userId }));
      await allowed("and revokes it", admin.call("RevokeClients", { client_id: [client_id] }));
    },
  },
];
