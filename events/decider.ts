import type { Message, Meta, Of } from "./message.ts";

/** How a domain "no" reads to a caller over HTTP. */
export type RejectionKind = "invalid" | "precondition" | "denied" | "notFound" | "exists";

/** A domain "no": an answer, not a failure. It is recorded for its cause and never retried. */
export type Rejection = {
  /** The sentence for the caller. */
  readonly rejected: string;
  readonly kind?: RejectionKind;
  /** OpenPitrix's error name, `app_version_incorrect_status`. */
  readonly error?: string;
};

/** Events, `[]` (already so, which makes redelivery harmless), or a "no". */
export type Decision<Event extends Message> = readonly Event[] | Rejection;

/** One consistency boundary as two tables: command to events, event to state. All of it pure. */
export type Decider<Command extends Message, Event extends Message, State> = {
  /** The field, common to all its commands and events, that with the aggregate's name makes the stream id. */
  readonly key: keyof Command & keyof Event & string;
  readonly initialState: State;
  readonly decide: { readonly [T in Command["type"]]: (command: Of<Command, T>, state: State) => Decision<Event> };
  readonly evolve: { readonly [T in Event["type"]]: (state: State, event: Of<Event, T>, meta: Meta) => State };
  /** Values that no other stream of the service may hold while this state holds them, `user email a@b`. */
  readonly claims?: (state: State) => readonly string[];
  /** The "no" for a claim that another stream holds. */
  readonly taken?: (claim: string) => Rejection;
};

/** A decider whose own types the backbone does not need to know. */
// biome-ignore lint/suspicious/noExplicitAny: tables of differently typed deciders stand in one record; each is checked where it is written.
export type AnyDecider = Decider<any, any, any>;

export const isRejection = (decision: readonly unknown[] | Rejection): decision is Rejection => "rejected" in decision;
