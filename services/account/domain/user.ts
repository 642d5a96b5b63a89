import type { Decider, Rejection, Sealed } from "../../../events/index.ts";
import type { UserEvent } from "../../../schemas/generated/events.ts";
import { ownerPathOf } from "../../chassis/access/access.ts";
import { type GroupPath, groupIdOf } from "./paths.ts";
import { addressIn, type SealedPerson } from "./personal-data.ts";

export type UserCommand =
  | ({ type: "CreateUser"; userId: string; roleIds: readonly string[]; groupPath: GroupPath } & SealedPerson)
  | {
      type: "ModifyUser";
      userId: string;
      /** What is known of the person now, and the ciphertext of what it was made from; absent if nothing changes. */
      changed?: (SealedPerson & { readonly before: Sealed | null }) | undefined;
    }
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
  | { type: "RecordPasswordChange"; userId: string; generation: number }
  /** The keys of all that lapsed so far are destroyed. */
  | { type: "NoteKeysDestroyed"; userId: string };

type Active = {
  status: "active";
  /** What is known of the person; null: it is in clear in events of an earlier release. */
  person: Sealed | null;
  /** What tells the e-mail address from others. */
  address: string;
  roleIds: readonly string[];
  /** In the order of joining: the group joined last is at the end. */
  groupPaths: readonly GroupPath[];
  /** The number of the password, from 1; 0: the password of an earlier release, whose hash is in the user's events. */
  generation: number;
};
export type User = {
  /** What was known of the person. An effect destroys the keys. */
  lapsed: readonly Sealed[];
} & ({ status: "absent" } | Active | { status: "deleted" });

/** A person who signs in, has roles, and belongs to groups, which see the user's rows. */
export const user: Decider<UserCommand, UserEvent, User> = {
  key: "userId",
  initialState: { status: "absent", lapsed: [] },

  decide: {
    CreateUser: ({ userId, person, emailDigest, roleIds, groupPath }, { status }) => {
      if (status !== "absent") return [];
      const ownerPath = ownerPathOf({ userId, groupPath });
      const known = { ...nothingInClear, person, emailDigest };
      return [{ type: "UserCreated", userId, ...known, passwordHash: "", roleIds, groupPath, owner: userId, ownerPath }];
    },

    ModifyUser: ({ userId, changed }, state) => {
      if (state.status !== "active") return gone(userId, state);
      if (!changed) return [];
      if (changed.before !== state.person) return overtaken(userId, "just been changed");
      const { person, emailDigest } = changed;
      return [{ type: "UserModified", userId, ...nothingInClear, person, emailDigest }];
    },

    DeleteUser: ({ userId }, state) =>
      state.status === "active"
        ? [{ type: "UserDeleted", userId, groupIds: state.groupPaths.map(groupIdOf) }]
        : state.status === "deleted"
          ? []
          : gone(userId, state),

    BindUserRoles: ({ userId, roleIds, held }, state) => {
      if (state.status !== "active") return gone(userId, state);
      if (held && fresh(state.roleIds, [...held, ...roleIds]).length > 0) return overtaken(userId, "just got other roles");
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

    NoteKeysDestroyed: () => [],
  },

  evolve: {
    UserCreated: (state, { person, roleIds, groupPath, passwordHash, ...event }) => ({
      status: "active",
      ...{ person, address: addressIn(event), roleIds, lapsed: state.lapsed },
      groupPaths: groupPath === "" ? [] : [groupPath],
      generation: passwordHash === "" ? 1 : 0,
    }),
    UserModified: (state, { person, ...event }) =>
      change(state, () => ({ person, address: addressIn(event), lapsed: lapsedIn(state, person) })),
    UserPasswordChanged: (state, { generation }) => change(state, (active) => ({ generation: Math.max(active.generation, generation) })),
    UserDeleted: (state) => ({ status: "deleted", lapsed: lapsedIn(state, null) }),
    UserRoleBound: (state, { roleId }) => change(state, ({ roleIds }) => ({ roleIds: [...roleIds, roleId] })),
    UserRoleUnbound: (state, { roleId }) => change(state, ({ roleIds }) => ({ roleIds: roleIds.filter((id) => id !== roleId) })),
    UserGroupPathChanged: (state, { groupPaths }) => change(state, () => ({ groupPaths })),
    // Of earlier releases.
    UserPasswordResetRequested: (state) => state,
    UserPasswordResetExpired: (state) => state,
  },

  claims: (state) => (state.status === "active" ? [`e-mail ${state.address}`] : []),
  taken: () => emailTaken,
};

/** It names no address: a rejection is stored and logged. */
export const emailTaken: Rejection = { rejected: "the e-mail address is already taken", kind: "denied", error: "email_exists" };

/** The fields of earlier releases. */
const nothingInClear = { username: "", email: "", phoneNumber: "", description: "" } as const;

const lapsedIn = (state: User, next: Sealed | null): readonly Sealed[] =>
  state.status === "active" && state.person !== null && state.person !== next ? [...state.lapsed, state.person] : state.lapsed;

const gone = (userId: string, { status }: User): Rejection => ({
  rejected: status === "deleted" ? `the user ${userId} is deleted` : `there is no user ${userId}`,
  kind: "notFound",
});
const overtaken = (userId: string, what: string): Rejection => ({
  rejected: `the user ${userId} has ${what}: try again`,
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
