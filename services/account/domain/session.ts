import type { Decider, Rejection } from "../../../events/index.ts";
import type { SessionEvent } from "../../../schemas/generated/events.ts";

/** The use of a refresh token: its number, and the time of the request in milliseconds since 1970. */
type Use = { sessionId: string; number: number; now: number };
export type SessionCommand =
  | { type: "StartSession"; sessionId: string; userId: string; clientId: string }
  /** Ends the session if the refresh token was replaced. Comes before `RefreshSession`, which then finds the session ended. */
  | ({ type: "EndReusedSession" } & Use)
  | ({ type: "RefreshSession" } & Use)
  | { type: "EndSession"; sessionId: string };

export type Session =
  | { status: "absent" }
  | { status: "active"; number: number /** Milliseconds since 1970. */; since: number }
  | { status: "ended" };

/** How long a replaced refresh token gets its successor again: an answer may be lost, and clients refresh in parallel. */
const GRACE = 30_000;

/** What begins with a login, and goes on while each refresh token is used once. The number of a token is the version of the stream. */
export const session: Decider<SessionCommand, SessionEvent, Session> = {
  key: "sessionId",
  initialState: { status: "absent" },
  decide: {
    StartSession: (command, { status }) => (status === "absent" ? [{ ...command, type: "SessionStarted" }] : []),
    EndReusedSession: ({ sessionId, ...use }, state) =>
      state.status === "active" && !isCurrent(use, state) && !isRepeat(use, state)
        ? [{ type: "SessionEnded", sessionId, reason: `refresh token ${use.number} was used again` }]
        : [],
    RefreshSession: ({ sessionId, ...use }, state) => {
      if (state.status !== "active") return over;
      if (isCurrent(use, state)) return [{ type: "SessionRefreshed", sessionId, number: use.number + 1 }];
      return isRepeat(use, state) ? [] : over;
    },
    EndSession: ({ sessionId }, { status }) => (status === "active" ? [{ type: "SessionEnded", sessionId, reason: "signed out" }] : []),
  },
  evolve: {
    SessionStarted: (_, _started, { time }) => ({ status: "active", number: 1, since: Date.parse(time) }),
    SessionRefreshed: (_, { number }, { time }) => ({ status: "active", number, since: Date.parse(time) }),
    SessionEnded: () => ({ status: "ended" }),
  },
};

type Numbered = { readonly number: number };
const isCurrent = (use: Numbered, state: Numbered): boolean => use.number === state.number;
const isRepeat = (use: Omit<Use, "sessionId">, state: Numbered & { readonly since: number }): boolean =>
  use.number === state.number - 1 && use.now - state.since <= GRACE;

const over: Rejection = { rejected: "the session has ended", kind: "denied", error: "auth_failure" };
