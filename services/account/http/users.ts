import type { Rejection } from "../../../events/index.ts";
import type { Group, User } from "../../../schemas/generated/http.ts";
import type { HttpRow, RequestOf } from "../../chassis/http/rows.ts";
import { pathBelow } from "../domain/paths.ts";
import type { GroupDocument } from "../read-models/groups.ts";
import type { RoleDocument } from "../read-models/roles.ts";
import type { UserDocument } from "../read-models/users.ts";
import { visibleRolesNamed } from "./people.ts";
import { denied } from "./refusals.ts";
import { builtInRole, presentRole } from "./role-rows.ts";
import { type AccountContext, command, query } from "./rows.ts";

const filters = ["user_id", "username", "email", "phone_number", "status", "role_id", "group_id", "root_group_id"] as const;
const search = ["user_id", "username", "email", "phone_number", "description"] as const;

/** Users: queries, creation, modification and deletion. */
export const userRows: readonly HttpRow<unknown>[] = [
  query("DescribeUsers", { from: "users", filters, search, present: presentUser }),

  query("DescribeUsersDetail", {
    ...{ from: "users", filters, search },
    join: { role_set: ["roles", "role_id", "role_id", "part"], group_set: ["groups", "group_id", "group_id", "part"] },
    present: (user, { role_set = [], group_set = [] }) => {
      const custom: readonly RoleDocument[] = role_set;
      const groups: readonly GroupDocument[] = group_set;
      const roles = [...user.role_id.flatMap((id) => builtInRole(id) ?? []), ...custom.filter(({ status }) => status === "active")];
      return { user: presentUser(user), role_set: roles.map(presentRole), group_set: groups.map(presentGroup) };
    },
  }),

  command("CreateUser", {
    issues: ["SetFirstPassword", "CreateUser"],
    prepare: async (request, context) => {
      const roles = await visibleRolesNamed([request.role_id], context);
      return "rejected" in roles ? roles : hashed(request, context, { vendor: roles.some(({ portal }) => portal === "isv") });
    },
    // A new vendor user gets a root group of their own.
    command: (request, { newId, prepared: { passwordHash, vendor } }) =>
      create(request, newId("usr"), passwordHash, vendor ? pathBelow("", newId("grp")) : ""),
    answer: ([{ userId }]) => ({ user_id: userId }),
  }),

  command("IsvCreateUser", {
    issues: ["SetFirstPassword", "CreateUser"],
    prepare: async (request, context) => {
      const roles = await visibleRolesNamed([request.role_id], context);
      if ("rejected" in roles) return roles;
      if (roles.some(({ portal }) => portal !== "isv"))
        return { rejected: `the role ${request.role_id} is not a vendor role`, kind: "denied", error: "permission_denied" };
      const groupPath = (await context.get("users", context.actor.userId))?.group_path ?? "";
      if (groupPath === "") return { rejected: "you must be in a group before you can create users in it", kind: "precondition" };
      return hashed(request, context, { groupPath });
    },
    command: (request, { newId, prepared: { passwordHash, groupPath } }) => create(request, newId("usr"), passwordHash, groupPath),
    answer: ([{ userId }]) => ({ user_id: userId }),
  }),

  command("ModifyUser", {
    issues: ["ModifyUser", "SetPassword"],
    needs: ({ user_id }) => ({ user: ["users", user_id] }),
    prepareIf: "password",
    // Otherwise a stolen token would be worth an account.
    prepare: async ({ user_id, password = "" }, { edge, actor }): Promise<Hashed | Rejection | undefined> =>
      user_id === actor.userId
        ? denied("to change your own password, begin a reset with the one that you have", "permission_denied")
        : edge.hashPassword(password),
    command: ({ user_id: userId, username, email, phone_number, description }, { prepared }) => [
      { type: "ModifyUser", userId, username, email, phoneNumber: phone_number, description },
      ...(prepared ? [{ type: "SetPassword", userId, ...prepared } as const] : []),
    ],
    answer: ([{ userId }]) => ({ user_id: userId }),
  }),

  command("DeleteUsers", {
    issues: "DeleteUser",
    each: "user_id",
    needs: (_, user_id) => ({ user: ["users", user_id] }),
    command: (_, { item }) => ({ type: "DeleteUser", userId: item }),
    answer: (commands) => ({ user_id: commands.map(({ userId }) => userId) }),
  }),
];

/** The user as the HTTP contract shows it. */
export function presentUser({
  role_id: _r,
  group_path: _p,
  group_id: _g,
  root_group_id: _o,
  owner: _w,
  owner_path: _t,
  group_paths: _s,
  ...user
}: UserDocument): User {
  return user;
}
/** The group as the HTTP contract shows it. */
export const presentGroup = ({ root_group_id: _r, owner: _o, owner_path: _p, user_ids: _u, ...group }: GroupDocument): Group => group;

type Creation = RequestOf<"CreateUser" | "IsvCreateUser">;
type Hashed = { readonly passwordHash: string };

const hashed = async <More extends object>(
  { password }: Creation,
  { edge }: AccountContext,
  more: More,
): Promise<Rejection | (More & Hashed)> => {
  if (password === "") return { rejected: "missing parameter [password]", kind: "invalid", error: "missing_parameter" };
  const made = await edge.hashPassword(password);
  return "rejected" in made ? made : { ...more, ...made };
};

/** First the password: a user without one would have to be repaired, and a password without a user is nothing. */
const create = ({ email, phone_number, description, role_id }: Creation, userId: string, passwordHash: string, groupPath: string) =>
  [
    { type: "SetFirstPassword", userId, passwordHash },
    { type: "CreateUser", userId, email, phoneNumber: phone_number, description, roleIds: [role_id], groupPath },
  ] as const;
