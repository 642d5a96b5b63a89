import type { Message, Meta, Of } from "./message.ts";

/** Why a command is rejected; HTTP maps it to a status. */
export type RejectionKind = "invalid" | "precondition" | "denied" | "notFound" | "exists";

/** A rejection by the domain. It is an answer, not a failure: it is recorded under the command's cause and never retried. */
export type Rejection = {
  /** The sentence for the caller. */
  readonly rejected: string;
  readonly kind?: RejectionKind;
  /** The error code of the application, such as `app_version_incorrect_status`. */
  readonly error?: string;
};

/** Events; `[]` if the state already is as requested, which makes redelivery harmless; or a rejection. */
export type Decision<Event extends Message> = readonly Event[] | Rejection;

/** One consistency boundary as two tables: command to events, and event to state. Both are pure. */
export type Decider<Command extends Message, Event extends Message, State> = {
  /** The field that names the stream: all commands and events have it. `<aggregate>/<value>` is the stream id. */
  readonly key: keyof Command & keyof Event & string;
  readonly initialState: State;
  readonly decide: { readonly [T in Command["type"]]: (command: Of<Command, T>, state: State) => Decision<Event> };
  readonly evolve: { readonly [T in Event["type"]]: (state: State, event: Of<Event, T>, meta: Meta) => State };
  /** Values that must be unique in the service, such as `user email a@b`: no other stream may hold them while this state does. */
  readonly claims?: (state: State) => readonly string[];
  /** The rejection for a claim that another stream holds. */
  readonly taken?: (claim: string) => Rejection;
};

/** A decider without its specific types, for the backbone. */
// biome-ignore lint/suspicious/noExplicitAny: one record contains deciders of different types; the compiler checks each where it is written.
export type AnyDecider = Decider<any, any, any>;

export const isRejection = (decision: readonly unknown[] | Rejection): decision is Rejection => "rejected" in decision;
