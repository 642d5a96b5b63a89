import type { Decider } from "../../../events/index.ts";
import type { PasswordEvent } from "../../../schemas/generated/events.ts";

export type PasswordCommand =
  | { type: "SetFirstPassword"; userId: string; passwordHash: string }
  | { type: "SetPassword"; userId: string; passwordHash: string }
  | { type: "RemovePassword"; userId: string }
  | { type: "RequestPasswordReset"; userId: string; resetId: string; ownerPath: string }
  | { type: "ChangePassword"; userId: string; resetId: string; passwordHash: string }
  | { type: "ExpirePasswordReset"; userId: string; resetId: string };

export type Password = {
  /** `unset` also for a user of an earlier release, whose hash is in the events of the user. */
  readonly status: "unset" | "set" | "removed";
  readonly generation: number;
  readonly resetIds: readonly string[];
};

/** The password of a user, apart from the user's own events, so that other services and third parties never see a hash. */
export const password: Decider<PasswordCommand, PasswordEvent, Password> = {
  key: "userId",
  initialState: { status: "unset", generation: 0, resetIds: [] },

  decide: {
    SetFirstPassword: (command, state) => (state.status === "unset" ? [setTo(command, state)] : []),
    SetPassword: (command, state) => (state.status === "removed" ? gone(command) : [setTo(command, state)]),
    RemovePassword: ({ userId }, { status }) => (status === "removed" ? [] : [{ type: "PasswordRemoved", userId }]),

    RequestPasswordReset: (command, { status }) =>
      status === "removed" ? gone(command) : [{ ...command, type: "PasswordResetRequested" }],
    ChangePassword: (command, state) => {
      if (state.status === "removed") return gone(command);
      const { resetId } = command;
      return state.resetIds.includes(resetId)
        ? [setTo(command, state, resetId)]
        : { rejected: `the password reset ${resetId} is used or has expired`, kind: "denied" };
    },
    ExpirePasswordReset: ({ userId, resetId }, { resetIds }) =>
      resetIds.includes(resetId) ? [{ type: "PasswordResetExpired", userId, resetId }] : [],
  },

  evolve: {
    // A new password invalidates all pending resets, so that a stolen reset id is useless.
    PasswordSet: (_, { generation }) => ({ status: "set", generation, resetIds: [] }),
    PasswordRemoved: (state) => ({ ...state, status: "removed", resetIds: [] }),
    PasswordResetRequested: (state, { resetId }) => ({ ...state, resetIds: [...state.resetIds, resetId] }),
    PasswordResetExpired: (state, { resetId }) => ({ ...state, resetIds: state.resetIds.filter((id) => id !== resetId) }),
  },
};

const setTo = (
  { userId, passwordHash }: { readonly userId: string; readonly passwordHash: string },
  { generation }: Password,
  resetId: string | null = null,
) => ({ type: "PasswordSet", userId, passwordHash, generation: generation + 1, resetId }) as const;

const gone = ({ userId }: { readonly userId: string }) => ({ rejected: `the user ${userId} is deleted`, kind: "notFound" }) as const;
