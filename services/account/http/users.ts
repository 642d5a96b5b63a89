import type { Rejection } from "../../../events/decider.ts";
import type { Actor } from "../../../events/message.ts";
import type { Group, User } from "../../../schemas/generated/http.ts";
import type { Edge, HttpRow, RequestOf } from "../../chassis/http/rows.ts";
import { pathBelow } from "../domain/paths.ts";
import type { GroupDocument } from "../read-models/groups.ts";
import type { RoleDocument } from "../read-models/roles.ts";
import type { UserDocument } from "../read-models/users.ts";
import { beyond, grantable, rolesNamed } from "./powers.ts";
import { builtInRole, presentRole } from "./role-rows.ts";
import { type AccountReads, command, query } from "./rows.ts";

const filters = ["user_id", "username", "email", "phone_number", "status", "role_id", "group_id", "root_group_id"] as const;
const search = ["user_id", "username", "email", "phone_number", "description"] as const;

/** Users: who they are and how they are made. */
export const userRows: readonly HttpRow[] = [
  query("DescribeUsers", { from: "users", filters, search, present: presentUser }),

  query("DescribeUsersDetail", {
    ...{ from: "users", filters, search },
    join: { role_set: ["roles", "role_id", "role_id"], group_set: ["groups", "group_id", "group_id"] },
    present: (user, { role_set = [], group_set = [] }) => {
      const custom: readonly RoleDocument[] = role_set;
      const groups: readonly GroupDocument[] = group_set;
      const roles = [...user.role_id.flatMap((id) => builtInRole(id) ?? []), ...custom.filter(({ status }) => status === "active")];
      return { user: presentUser(user), role_set: roles.map(presentRole), group_set: groups.map(presentGroup) };
    },
  }),

  command("CreateUser", {
    prepare: async (request, edge, reads, actor) => {
      const roles = await grantable([request.role_id], actor, reads);
      return "rejected" in roles ? roles : hashed(request, edge, { vendor: roles.some(({ portal }) => portal === "isv") });
    },
    // Whoever the administrator makes a vendor gets a group of their own.
    command: (request, { newId, prepared: { passwordHash, vendor } }) =>
      create(request, newId("usr"), passwordHash, vendor ? pathBelow("", newId("grp")) : ""),
    answer: ([{ userId }]) => ({ user_id: userId }),
  }),

  command("IsvCreateUser", {
    prepare: async (request, edge, reads, actor) => {
      const roles = await grantable([request.role_id], actor, reads);
      if ("rejected" in roles) return roles;
      if (roles.some(({ portal }) => portal !== "isv"))
        return { rejected: `the role ${request.role_id} is not one of vendors`, kind: "denied", error: "permission_denied" };
      const groupPath = (await reads.get("users", actor.userId))?.group_path ?? "";
      if (groupPath === "") return { rejected: "you are in no group that a new user could be put into", kind: "precondition" };
      return hashed(request, edge, { groupPath });
    },
    command: (request, { newId, prepared: { passwordHash, groupPath } }) => create(request, newId("usr"), passwordHash, groupPath),
    answer: ([{ userId }]) => ({ user_id: userId }),
  }),

  command("ModifyUser", {
    needs: ({ user_id }) => ({ user: ["users", user_id] }),
    prepare: async ({ email, password }, edge, reads, actor, { needs: { user } }) => {
      const takesOver = (password !== undefined || email !== undefined) && user.user_id !== actor.userId;
      const refused = takesOver ? await mightierThan(user, actor, reads) : undefined;
      return refused ?? { passwordHash: password === undefined ? undefined : await edge.hashPassword(password) };
    },
    command: ({ user_id, username, email, phone_number, description }, { prepared: { passwordHash } }) => ({
      type: "ModifyUser",
      userId: user_id,
      ...{ username, email, phoneNumber: phone_number, description, passwordHash },
    }),
    answer: ([{ userId }]) => ({ user_id: userId }),
  }),

  command("DeleteUsers", {
    each: "user_id",
    needs: (_, user_id) => ({ user: ["users", user_id] }),
    prepare: (_, __, reads, actor, { needs: { user } }) => mightierThan(user, actor, reads),
    command: (_, { item }) => ({ type: "DeleteUser", userId: item }),
    answer: (commands) => ({ user_id: commands.map(({ userId }) => userId) }),
  }),
];

/** As the contract shows a user. */
export function presentUser({
  role_id: _r,
  group_path: _p,
  group_id: _g,
  root_group_id: _o,
  owner: _w,
  owner_path: _t,
  ...user
}: UserDocument): User {
  return user;
}
/** As the contract shows a group. */
export const presentGroup = ({ root_group_id: _r, owner: _o, owner_path: _p, ...group }: GroupDocument): Group => group;

type Creation = RequestOf<"CreateUser" | "IsvCreateUser">;

const hashed = async <More extends object>(
  { password }: Creation,
  edge: Edge,
  more: More,
): Promise<Rejection | (More & { passwordHash: string })> =>
  password === ""
    ? { rejected: "missing parameter [password]", kind: "invalid", error: "missing_parameter" }
    : { ...more, passwordHash: await edge.hashPassword(password) };

const create = ({ email, phone_number, description, role_id }: Creation, userId: string, passwordHash: string, groupPath: string) =>
  ({ type: "CreateUser", userId, email, phoneNumber: phone_number, description, passwordHash, roleIds: [role_id], groupPath }) as const;

/** Whoever can set a user's password has what that user has. */
const mightierThan = async (user: UserDocument, actor: Actor, reads: AccountReads): Promise<Rejection | undefined> => {
  const roles = await rolesNamed(user.role_id, reads.find);
  return user.user_id === actor.userId
    ? undefined
    : beyond(
        roles.flatMap(({ modules }) => modules),
        actor,
        reads,
      );
};
