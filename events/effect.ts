import type { Message, Meta, Of } from "./message.ts";

export type EffectContext<Command extends Message, State> = {
  /** The idempotency key for the outside world: the same at every attempt. */
  readonly eventId: string;
  readonly meta: Meta;
  /** The stream's state when this attempt began. */
  readonly state: State;
  /** Aborts when the time is up or the service stops. */
  readonly signal: AbortSignal;
  readonly attempt: number;
  /** A command on the way, idempotent by content: progress is no outcome. */
  readonly report: (command: Command) => Promise<void>;
};

/** A call to the outside because of the service's own event, run off the log until it ends in exactly one outcome command. */
export type Effect<Command extends Message, Event extends Message, State> = {
  /** Is it still wanted? Asked before every attempt; false drops it. */
  readonly wanted?: (state: State, event: Event) => boolean;
  readonly run: (event: Event, context: EffectContext<Command, State>) => Promise<Command>;
  /** Milliseconds that one attempt may take. */
  readonly timeout?: number;
  /** After so many failed attempts the outcome is `otherwise`; without it attempts go on with back-off for ever. */
  readonly attempts?: number;
  readonly otherwise?: (event: Event, error: Error) => Command;
};

export type Effects<Command extends Message, Event extends Message, State> = {
  readonly [T in Event["type"]]?: Effect<Command, Of<Event, T>, State>;
};

/** What is due some time after an own event. It may come early, late or twice: deciders test the action, never a clock. */
export type Timers<Command extends Message, Event extends Message> = {
  readonly [T in Event["type"]]?: {
    readonly after: (event: Of<Event, T>) => number;
    readonly command: (event: Of<Event, T>, meta: Meta) => Command;
  };
};

/** What the outside tells unasked: a process exits, a schedule is due. `start` returns how to stop listening. */
export type Signal<Command extends Message> = (send: (command: Command) => Promise<void>) => () => Promise<void> | void;

// biome-ignore lint/suspicious/noExplicitAny: as AnyDecider.
export type AnyEffects = { readonly [type: string]: Effect<any, any, any> | undefined };
export type AnyTimers = {
  readonly [type: string]:
    | {
        // biome-ignore lint/suspicious/noExplicitAny: as AnyDecider.
        readonly after: (event: any) => number;
        // biome-ignore lint/suspicious/noExplicitAny: as AnyDecider.
        readonly command: (event: any, meta: Meta) => Message;
      }
    | undefined;
};
