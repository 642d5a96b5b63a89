import type { Fields, Message, Meta, Of } from "./message.ts";
import type { Clock, Condition } from "./ports.ts";

export type EffectContext<Outside, Reported extends Message, State> = {
  /** The service's access to the outside world. */
  readonly outside: Outside;
  /** The idempotency key for the outside world: the same at every attempt. */
  readonly eventId: string;
  readonly meta: Meta;
  /** The state of the stream when this attempt started. */
  readonly state: State;
  /** Aborts when the time is up or the service stops. */
  readonly signal: AbortSignal;
  readonly attempt: number;
  /** Issues a command that reports progress. Progress is not an outcome; the command must be idempotent by content. */
  readonly report: (command: Reported) => Promise<void>;
};

/** A call to the outside for an event of the service itself. It runs independently of the log until it ends in exactly one outcome command. */
export type Effect<Outside, Command extends Message, Event, State> = {
  /** Possible outcome commands. */
  readonly ends: readonly Command["type"][];
  /** Commands that may report progress. */
  readonly reports?: readonly Command["type"][];
  /** Called before every attempt; false drops the effect. */
  readonly isStillNeeded?: (state: State, event: Event) => boolean;
  readonly run: (event: Event, context: EffectContext<Outside, Command, State>) => Promise<Command>;
  /**
   * What the call depends on, such as a server of a customer. Each target has a circuit breaker and a bound of its own, so that one that does not
   * answer holds up no other. Absent: the breaker is that of the event's type, and the bound that of all such effects.
   */
  readonly target?: (event: Event, state: State) => string;
  /** Who shares the bound with others, such as a customer with many servers; by default it is the target's own. */
  readonly sharesBound?: (event: Event, state: State) => string;
  /** Timeout of one attempt in milliseconds. */
  readonly timeout?: number;
  /** The number of failed attempts after which the outcome is `otherwise`. By default attempts continue forever, with back-off. */
  readonly attempts?: number;
  readonly otherwise?: (event: Event, error: Error) => Command;
};

export type Effects<Outside, Command extends Message, Event extends Message, State> = {
  readonly [T in Event["type"]]?: Effect<Outside, Command, Of<Event, T>, State>;
};

/** Defines an effect. The compiler checks that `run` and `otherwise` return and report only commands that the row names. */
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

/** A command that is due some time after an event of the service itself. It may fire early, late or twice: deciders test the action, never a clock. */
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
  /** Commits a command; fails during an outage of the store. */
  readonly send: (command: Command) => Promise<void>;
  /** Takes or renews a lease of the service for this instance; false while another instance has it. */
  readonly lease: (name: string, milliseconds: number) => Promise<boolean>;
  /** The first documents of one of the service's own read models that meet the conditions. */
  readonly find: (model: string, where: readonly Condition[], limit: number) => Promise<readonly object[]>;
};

/** An unsolicited notification from the outside: a process exits, a watch fires, a schedule is due. */
export type Signal<Outside, Command extends Message> = {
  readonly issues: readonly Command["type"][];
  /** Starts listening, and returns a function that stops it. The service is not ready before this has resolved. */
  readonly start: (context: SignalContext<Outside, Command>) => Promise<StopSignal> | StopSignal;
};
export type StopSignal = () => Promise<void> | void;

type SeedCause<Outside> = (outside: Outside) => string | undefined;
/** Initial data: a command that one instance executes once, before the service is ready. */
export type Seed<Outside, Command extends Message> = {
  readonly [T in Command["type"]]: {
    readonly issues: T;
    /** Unique in the service: a later start finds the recorded answer. Undefined: there is no command to execute. */
    readonly cause: string | SeedCause<Outside>;
    /** The cause under which earlier releases recorded the answer. */
    readonly formerly?: SeedCause<Outside>;
    readonly given: (outside: Outside) => Fields<Command, T> | Promise<Fields<Command, T>>;
    /** Called if this start has executed the command. */
    readonly made?: (fields: Fields<Command, T>, outside: Outside) => void;
    /** Called at every start with the state of the stream, also if an earlier start executed the command. */
    readonly found?: (state: never, outside: Outside) => Promise<void> | void;
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
