import type { Fields, Message, Meta, Of } from "./message.ts";
import type { Clock } from "./ports.ts";

export type EffectContext<Outside, Reported extends Message, State> = {
  /** What the service was given of the outside world. */
  readonly outside: Outside;
  /** The idempotency key for the outside world: the same at every attempt. */
  readonly eventId: string;
  readonly meta: Meta;
  /** The stream's state when this attempt began. */
  readonly state: State;
  /** Aborts when the time is up or the service stops. */
  readonly signal: AbortSignal;
  readonly attempt: number;
  /** Issues a command on the way, idempotent by content: progress is not an outcome. */
  readonly report: (command: Reported) => Promise<void>;
};

/** A call to the outside because of the service's own event, run off the log until it ends in exactly one outcome command. */
export type Effect<Outside, Command extends Message, Event, State> = {
  /** The commands that can be its outcome. */
  readonly ends: readonly Command["type"][];
  /** The commands that it may issue on the way. */
  readonly reports?: readonly Command["type"][];
  /** Asked before every attempt; false drops the effect. */
  readonly isStillNeeded?: (state: State, event: Event) => boolean;
  readonly run: (event: Event, context: EffectContext<Outside, Command, State>) => Promise<Command>;
  /** Milliseconds that one attempt may take. */
  readonly timeout?: number;
  /** After so many failed attempts the outcome is `otherwise`; without it attempts go on with back-off for ever. */
  readonly attempts?: number;
  readonly otherwise?: (event: Event, error: Error) => Command;
};

export type Effects<Outside, Command extends Message, Event extends Message, State> = {
  readonly [T in Event["type"]]?: Effect<Outside, Command, Of<Event, T>, State>;
};

/** Makes an effect, and checks that `run` and `otherwise` end and report only what the row names. */
export const effect = <
  Outside,
  Command extends Message,
  Event,
  State,
  const Ends extends Command["type"],
  const Reports extends Command["type"] = never,
>(
  row: Omit<Effect<Outside, Command, Event, State>, "ends" | "reports" | "run" | "otherwise"> & {
    readonly ends: readonly Ends[];
    readonly reports?: readonly Reports[];
    readonly run: (event: Event, context: EffectContext<Outside, Of<Command, Reports>, State>) => Promise<NoInfer<Of<Command, Ends>>>;
    readonly otherwise?: (event: Event, error: Error) => NoInfer<Of<Command, Ends>>;
  },
): Effect<Outside, Command, Event, State> => row;

/** What is due some time after an own event. It may come early, late or twice: deciders test the action, never a clock. */
export type TimerRow<Command extends Message, Event, Settings> = {
  readonly [T in Command["type"]]: {
    readonly issues: T;
    /** Milliseconds after the event; undefined sets no timer. */
    readonly after: (event: Event, settings: Settings) => number | undefined;
    readonly given: (event: Event, meta: Meta) => Fields<Command, T>;
  };
}[Command["type"]];
export type Timers<Command extends Message, Event extends Message, Settings = unknown> = {
  readonly [T in Event["type"]]?: TimerRow<Command, Of<Event, T>, Settings>;
};

export type SignalContext<Outside, Command extends Message> = {
  readonly outside: Outside;
  readonly clock: Clock;
  /** Commits a command; fails while the store is away. */
  readonly send: (command: Command) => Promise<void>;
};

/** What the outside tells unasked: a process exits, a watch fires, a schedule is due. */
export type Signal<Outside, Command extends Message> = {
  readonly issues: readonly Command["type"][];
  /** Begins to listen, and returns how to stop. The service is ready once it has resolved. */
  readonly start: (context: SignalContext<Outside, Command>) => Promise<StopSignal> | StopSignal;
};
export type StopSignal = () => Promise<void> | void;

/** What exists from the start: a command that the first instance to decide it carries out, before the service is ready. */
export type Seed<Outside, Command extends Message> = {
  readonly [T in Command["type"]]: {
    readonly issues: T;
    /** Unique in the service: a later start finds it decided. Undefined: there is nothing to make. */
    readonly cause: string | ((outside: Outside) => string | undefined);
    readonly given: (outside: Outside) => Fields<Command, T> | Promise<Fields<Command, T>>;
    /** This start has made it. */
    readonly made?: (fields: Fields<Command, T>, outside: Outside) => void;
  };
}[Command["type"]];

// biome-ignore lint/suspicious/noExplicitAny: as AnyDecider.
export type AnyEffects<Outside> = { readonly [type: string]: Effect<Outside, any, any, any> | undefined };
// biome-ignore lint/suspicious/noExplicitAny: as AnyDecider.
export type AnyTimers = { readonly [type: string]: TimerRow<any, any, any> | undefined };
// biome-ignore lint/suspicious/noExplicitAny: as AnyDecider.
export type AnySignal<Outside> = Signal<Outside, any>;
// biome-ignore lint/suspicious/noExplicitAny: as AnyDecider.
export type AnySeed<Outside> = Seed<Outside, any>;
