import type { Decider, Rejection } from "../../../events/index.ts";
import type { UserEvent } from "../../../schemas/generated/events.ts";
import { ownerPathOf } from "../../chassis/access/access.ts";
import { type GroupPath, groupIdOf } from "./paths.ts";

type Described = { userId: string; username?: string | undefined; phoneNumber?: string | undefined; description?: string | undefined };

export type UserCommand =
  | ({ type: "CreateUser"; email: string; roleIds: readonly string[]; groupPath: GroupPath } & Described)
  | ({ type: "ModifyUser"; email?: string | undefined } & Described)
  | { type: "DeleteUser"; userId: string }
  | {
      type: "BindUserRoles";
      userId: string;
      roleIds: readonly string[];
      /** The roles that the user had when it was decided that the caller may do this. */
      held?: readonly string[] | undefined;
    }
  | { type: "UnbindUserRoles"; userId: string; roleIds: readonly string[] }
  | { type: "EnterGroup"; userId: string; groupPath: GroupPath }
  | { type: "FollowGroup"; userId: string; groupPath: GroupPath }
  | { type: "ExitGroup"; userId: string; groupId: string }
  | { type: "RecordPasswordChange"; userId: string; generation: number };

type Active = {
  status: "active";
  username: string;
  email: string;
  phoneNumber: string;
  description: string;
  roleIds: readonly string[];
  /** In the order of joining: the group joined last is at the end. */
  groupPaths: readonly GroupPath[];
  /** The number of the password, from 1; 0: the password of an earlier release, whose hash is in the user's events. */
  generation: number;
};
export type User = { status: "absent" } | Active | { status: "deleted" };

/** A person who signs in, has roles, and belongs to groups, which see the user's rows. */
export const user: Decider<UserCommand, UserEvent, User> = {
  key: "userId",
  initialState: { status: "absent" },

  decide: {
    CreateUser: ({ userId, username, email, phoneNumber = "", description = "", roleIds, groupPath }, { status }) => {
      if (status !== "absent") return [];
      if (!isEmail(email)) return notAnEmail(email);
      const described = { userId, username: username ?? nameIn(email), email, phoneNumber, description };
      const ownerPath = ownerPathOf({ userId, groupPath });
      return [{ type: "UserCreated", ...described, passwordHash: "", roleIds, groupPath, owner: userId, ownerPath }];
    },

    ModifyUser: ({ userId, ...changes }, state) => {
      if (state.status !== "active") return gone(userId, state);
      const described = {
        username: changes.username ?? state.username,
        email: changes.email ?? state.email,
        phoneNumber: changes.phoneNumber ?? state.phoneNumber,
        description: changes.description ?? state.description,
      };
      if (!isEmail(described.email)) return notAnEmail(described.email);
      const differs =
        described.username !== state.username ||
        described.email !== state.email ||
        described.phoneNumber !== state.phoneNumber ||
        described.description !== state.description;
      return differs ? [{ type: "UserModified", userId, ...described }] : [];
    },

    DeleteUser: ({ userId }, state) =>
      state.status === "active"
        ? [{ type: "UserDeleted", userId, groupIds: state.groupPaths.map(groupIdOf) }]
        : state.status === "deleted"
          ? []
          : gone(userId, state),

    BindUserRoles: ({ userId, roleIds, held }, state) => {
      if (state.status !== "active") return gone(userId, state);
      if (held && fresh(state.roleIds, [...held, ...roleIds]).length > 0) return overtaken(userId);
      return fresh(roleIds, state.roleIds).map((roleId) => ({ type: "UserRoleBound", userId, roleId }));
    },

    UnbindUserRoles: ({ userId, roleIds }, state) =>
      state.status === "active"
        ? state.roleIds.filter((roleId) => roleIds.includes(roleId)).map((roleId) => ({ type: "UserRoleUnbound", userId, roleId }))
        : gone(userId, state),

    EnterGroup: ({ userId, groupPath }, state) => {
      if (state.status !== "active") return [];
      const known = state.groupPaths.some((path) => sameGroup(path, groupPath));
      return inGroups(userId, state, known ? replaced(state.groupPaths, groupPath) : [...state.groupPaths, groupPath]);
    },

    FollowGroup: ({ userId, groupPath }, state) =>
      state.status === "active" ? inGroups(userId, state, replaced(state.groupPaths, groupPath)) : [],

    ExitGroup: ({ userId, groupId }, state) =>
      state.status === "active"
        ? inGroups(
            userId,
            state,
            state.groupPaths.filter((path) => groupIdOf(path) !== groupId),
          )
        : [],

    RecordPasswordChange: ({ userId, generation }, state) =>
      state.status === "active" && state.generation < generation
        ? [{ type: "UserPasswordChanged", userId, passwordHash: "", resetId: null, generation }]
        : [],
  },

  evolve: {
    UserCreated: (_, { username, email, phoneNumber, description, roleIds, groupPath, passwordHash }) => ({
      status: "active",
      ...{ username, email, phoneNumber, description, roleIds },
      groupPaths: groupPath === "" ? [] : [groupPath],
      generation: passwordHash === "" ? 1 : 0,
    }),
    UserModified: (state, { username, email, phoneNumber, description }) =>
      change(state, () => ({ username, email, phoneNumber, description })),
    UserPasswordChanged: (state, { generation }) => change(state, (active) => ({ generation: Math.max(active.generation, generation) })),
    UserDeleted: () => ({ status: "deleted" }),
    UserRoleBound: (state, { roleId }) => change(state, ({ roleIds }) => ({ roleIds: [...roleIds, roleId] })),
    UserRoleUnbound: (state, { roleId }) => change(state, ({ roleIds }) => ({ roleIds: roleIds.filter((id) => id !== roleId) })),
    UserGroupPathChanged: (state, { groupPaths }) => change(state, () => ({ groupPaths })),
    // Of earlier releases.
    UserPasswordResetRequested: (state) => state,
    UserPasswordResetExpired: (state) => state,
  },

  claims: (state) => (state.status === "active" ? [`e-mail ${state.email.toLowerCase()}`] : []),
  taken: (claim) => ({ rejected: `the ${claim} is already taken`, kind: "denied", error: "email_exists" }),
};

const isEmail = (text: string): boolean => /^[^\s@:]+@[^\s@]+$/.test(text);
const notAnEmail = (text: string): Rejection => ({
  rejected: `${JSON.stringify(text)} is not an e-mail address`,
  kind: "invalid",
  error: "illegal_email_format",
});
const nameIn = (email: string): string => email.slice(0, email.indexOf("@"));

const gone = (userId: string, { status }: User): Rejection => ({
  rejected: status === "deleted" ? `the user ${userId} is deleted` : `there is no user ${userId}`,
  kind: "notFound",
});
const overtaken = (userId: string): Rejection => ({
  rejected: `the user ${userId} has just got other roles: try again`,
  kind: "precondition",
});
const fresh = (wanted: readonly string[], held: readonly string[]) => [...new Set(wanted)].filter((id) => !held.includes(id));

/** The path of the group joined last. */
const homeOf = (paths: readonly GroupPath[]): GroupPath => paths.at(-1) ?? "";
const sameGroup = (a: GroupPath, b: GroupPath): boolean => groupIdOf(a) === groupIdOf(b);
const replaced = (paths: readonly GroupPath[], path: GroupPath) => paths.map((old) => (sameGroup(old, path) ? path : old));

const inGroups = (userId: string, { groupPaths: before }: Active, groupPaths: readonly GroupPath[]) => {
  if (before.length === groupPaths.length && before.every((path, index) => path === groupPaths[index])) return [];
  const groupPath = homeOf(groupPaths);
  return [{ type: "UserGroupPathChanged", userId, groupPath, ownerPath: ownerPathOf({ userId, groupPath }), groupPaths } as const];
};

const change = (state: User, by: (active: Active) => Partial<Active>): User =>
  state.status === "active" ? { ...state, ...by(state) } : state;
