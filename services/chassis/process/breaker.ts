import CircuitBreaker from "opossum";
import { Outage } from "../../../events/index.ts";
import type { Guard } from "../../../events/runtime.ts";

export type BreakerState = "closed" | "half open" | "open";
export type BreakerOptions = {
  /** The minimum number of attempts within ten seconds before the breaker may open. */
  readonly volume?: number;
  /** The percentage of failures that opens the breaker. */
  readonly failures?: number;
  /** Milliseconds until an open breaker lets a single attempt through. */
  readonly reset?: number;
  readonly onState?: (name: string, state: BreakerState) => void;
  readonly onAttempt?: (name: string, outcome: "done" | "failed" | "rejected") => void;
};

/** A call did not answer in time. */
export class TimedOut extends Outage {
  override name = "TimedOut";
}

/** The breaker is open or shut down, so the call was not made. */
export class BreakerOpen extends Outage {
  override name = "BreakerOpen";
}
/** The error codes of opossum for an open or shut down breaker. */
const openCodes = new Set<unknown>(["EOPENBREAKER", "ESHUTDOWN"]);

type Attempt = { readonly milliseconds: number; readonly run: (signal: AbortSignal) => Promise<unknown> };

/** Breakers of a process. The least recently used ones are forgotten. */
const MAX_BREAKERS = 1_000;

/** One circuit breaker per name, created by its first call. While a breaker is open, its calls fail at once with `BreakerOpen`. */
export const breakers = ({ volume = 5, failures = 50, reset = 5_000, onState, onAttempt }: BreakerOptions = {}) => {
  const byName = new Map<string, CircuitBreaker<[Attempt], unknown>>();

  const forget = (name: string): void => {
    byName.get(name)?.shutdown();
    byName.delete(name);
  };
  const breakerOf = (name: string): CircuitBreaker<[Attempt], unknown> => {
    const known = byName.get(name);
    if (known) {
      byName.delete(name);
      byName.set(name, known);
      return known;
    }
    const [oldest] = byName.keys();
    if (oldest !== undefined && byName.size >= MAX_BREAKERS) forget(oldest);
    const made = new CircuitBreaker(within, {
      name,
      timeout: false,
      volumeThreshold: volume,
      errorThresholdPercentage: failures,
      resetTimeout: reset,
      // An aborted call was stopped by this process, so it is not a failure.
      errorFilter: (error: unknown) => error instanceof Error && error.name === "AbortError",
    });
    made.on("open", () => onState?.(name, "open"));
    made.on("halfOpen", () => onState?.(name, "half open"));
    made.on("close", () => onState?.(name, "closed"));
    made.on("success", () => onAttempt?.(name, "done"));
    made.on("failure", () => onAttempt?.(name, "failed"));
    made.on("reject", () => onAttempt?.(name, "rejected"));
    onState?.(name, "closed");
    byName.set(name, made);
    return made;
  };

  const guard: Guard = async <T>(name: string, milliseconds: number, run: (signal: AbortSignal) => Promise<T>): Promise<T> => {
    try {
      const result: unknown = await breakerOf(name).fire({ milliseconds, run });
      return result as T; // What `run` returned; the breaker forgets its type.
    } catch (error) {
      if (error instanceof Error && openCodes.has(Reflect.get(error, "code"))) throw new BreakerOpen(error.message, { cause: error });
      throw error;
    }
  };
  return {
    guard,
    state: (name: string): BreakerState => {
      const breaker = byName.get(name);
      return breaker?.opened ? "open" : breaker?.halfOpen ? "half open" : "closed";
    },
    /** Opens a breaker without an attempt, for a target that is known to be down. */
    open: (name: string): void => breakerOf(name).open(),
    forget,
    stop: (): void => {
      for (const breaker of byName.values()) breaker.shutdown();
    },
  };
};
export type Breakers = ReturnType<typeof breakers>;

const within = async ({ milliseconds, run }: Attempt): Promise<unknown> => {
  const enough = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const error = new TimedOut(`no answer within ${milliseconds} ms`);
      reject(error);
      enough.abort(error);
    }, milliseconds);
  });
  try {
    return await Promise.race([run(enough.signal), late]);
  } finally {
    clearTimeout(timer);
  }
};
