import type { Of } from "../../../events/index.ts";
import type { Person } from "../../chassis/access/power.ts";
import type { AccountCommand } from "../domain/domain.ts";
import { defaultGrant, portalOf, type RoleModule } from "../domain/grants.ts";
import { type GroupPath, groupIdsOf } from "../domain/paths.ts";
import { modulesAfter } from "../domain/role.ts";
import type { People } from "./people.ts";

/** What a command does to people. `powers.ts` judges it. */
export type Consequence = {
  /** The caller acts on them: each is the caller, or a lesser principal. */
  readonly actsOn?: readonly Person[];
  /** What people are after the command: the caller covers each. */
  readonly makes?: readonly Person[];
  /** A role that the command changes: the caller covers each of `makes` with the role as it was and as it is after the command. */
  readonly role?: { readonly roleId: string; readonly before?: Modules; readonly after?: Modules };
};
type Modules = readonly RoleModule[] | undefined;
type Context = People & { readonly caller: Person };
type Table<C extends Consequence = Consequence> = {
  readonly [T in AccountCommand["type"]]?: (command: Of<AccountCommand, T>, people: Context) => Promise<C>;
};

const onUser = async ({ userId }: { readonly userId: string }, { user }: Context) => ({ actsOn: [await user(userId)] });

/** An edit of a role is one of everybody who has it. */
const onRole = async ({ roleId, before }: { readonly roleId: string; readonly before?: Modules }, { caller, withRole }: Context) => ({
  makes: [having(caller, roleId), ...(await withRole(roleId))],
  role: { roleId, before },
});

/** Commands that only act on people, or do nothing to them. */
const acting = {
  // It replaces no password: the user comes with the same request.
  SetFirstPassword: async () => ({}),
  ModifyUser: onUser,
  SetPassword: onUser,
  DeleteUser: onUser,
  RequestPasswordReset: onUser,
  ChangePassword: onUser,
  CreateClient: onUser,
  LimitClient: onUser,
  RevokeClient: onUser,
  // It replaces no secret: the client comes with the same request.
  SetClientSecret: async () => ({}),
  // The token endpoint knows no caller but whoever has the secrets.
  StartSession: async () => ({}),
  EndReusedSession: async () => ({}),
  RefreshSession: async () => ({}),
  EndSession: async () => ({}),
  UnbindUserRoles: onUser,
  LeaveGroup: async ({ groupId, userIds }, { groupPath, users }) => ({
    actsOn: (await users(userIds)).map(only(await groupPath(groupId))),
  }),
  CreateGroup: async () => ({}),
  DeleteGroup: async () => ({}),
} satisfies Table<Consequence & { readonly makes?: never }>;

/** Commands that make people what they were not. What two of them make together is judged, so they are carried out one at a time. */
const making = {
  CreateUser: async ({ userId, roleIds, groupPath }) => ({ makes: [{ userId, roleIds, groupPaths: groupPath === "" ? [] : [groupPath] }] }),
  BindUserRoles: async ({ userId, roleIds, held }, { user }) => {
    const before = await user(userId);
    return { actsOn: [before], makes: [having({ ...before, roleIds: held ?? before.roleIds }, ...roleIds)] };
  },
  CreateRole: async ({ roleId, portal }, { caller }) => {
    const known = portalOf(portal);
    return known ? { makes: [having(caller, roleId)], role: { roleId, after: [defaultGrant(known)] } } : {};
  },
  ModifyRole: onRole,
  DeleteRole: onRole,
  ModifyRoleModule: async (command, people) => {
    const { makes, role } = await onRole(command, people);
    return { makes, role: { ...role, after: modulesAfter(command.before ?? [], command.modules) } };
  },
  // Whoever is in the new parent, or above it, then reaches the people of the group as if inside it.
  ModifyGroup: async ({ groupId, parent }, { groupPath, below, inGroups }) => {
    if (!parent) return {};
    const path = await groupPath(groupId);
    const newAbove = groupIdsOf(parent.parentPath).filter((id) => !groupIdsOf(path).includes(id));
    return { actsOn: (await below(path)).map(only(path)), makes: (await inGroups(newAbove)).map(inside(path)) };
  },
  JoinGroup: async ({ groupId, userIds }, { groupPath, users }) => ({
    makes: (await users(userIds)).map(inside(await groupPath(groupId))),
  }),
} satisfies Table;

/** Whether a command makes people what they were not. A group that stays where it is makes nobody anything. */
export const isMaking = (command: RowCommand): boolean =>
  command.type in making && !(command.type === "ModifyGroup" && command.parent === undefined);

/** What each command does to people. Rows issue no other commands. */
export const consequences = { ...acting, ...making };

/** The commands that rows may issue. */
export type RowCommand = Of<AccountCommand, keyof typeof consequences>;

const having = (person: Person, ...roleIds: readonly string[]): Person => ({ ...person, roleIds: [...person.roleIds, ...roleIds] });
const inside =
  (path: GroupPath) =>
  (person: Person): Person => ({
    ...person,
    groupPaths: [...person.groupPaths.filter((other) => other !== path), path],
  });
/** Somebody as a member of this group alone: their other groups are not touched. */
const only =
  (path: GroupPath) =>
  (person: Person): Person => ({ ...person, groupPaths: [path] });
