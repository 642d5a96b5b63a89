import type { Clock } from "../ports.ts";
import type { Faults } from "./faults.ts";
import { type Incarnation, never } from "./incarnation.ts";
import type { Journal } from "./journal.ts";

/** A call that took effect in the outside world. */
export type PerformedCall = {
  readonly key: string;
  readonly thing: string;
  readonly stream: string;
  readonly version: number;
  readonly step: number;
};
/** A call that was attempted, whether or not it took effect. */
export type Attempt = { readonly thing: string; readonly incarnation: Incarnation; readonly step: number };

export type Call = {
  /** The idempotency key: a second call with the same key changes nothing. */
  readonly key: string;
  /** The work to perform, independent of the key. */
  readonly thing: string;
  readonly stream: string;
  readonly version: number;
  readonly signal: AbortSignal;
};

/** The outside world: it honours idempotency keys, fails, hangs, loses replies, and records every call that took effect. */
export const outside = (
  { faults, random, time, journal, calm }: { faults: Faults; random: () => number; time: Clock; journal: Journal; calm: () => boolean },
  step: () => number,
) => {
  const performed = new Map<string, PerformedCall>();
  const ledger: PerformedCall[] = [];
  const attempts: Attempt[] = [];

  /** Fails or hangs at random; otherwise returns whether the reply will be lost. */
  const reach = async (signal: AbortSignal): Promise<boolean> => {
    const luck = calm() ? 1 : random();
    if (luck < faults.outside / 4) await hang(signal);
    if (luck < faults.outside / 2) throw new Error("the outside does not answer");
    await time.sleep(calm() ? 1 : 200 * random() ** 2);
    return luck < faults.outside;
  };

  return {
    ledger: ledger as readonly PerformedCall[],
    attempts: attempts as readonly Attempt[],
    /** A read, which changes nothing. */
    look: async (incarnation: Incarnation, what: string, signal: AbortSignal): Promise<void> => {
      journal.note(incarnation.name, `reads ${what}`);
      const isLost = await reach(signal);
      if (incarnation.dead) await never();
      if (isLost) throw new Error("the reply was lost");
    },
    /** One attempt of one process. */
    call: async (incarnation: Incarnation, { key, thing, stream, version, signal }: Call): Promise<void> => {
      attempts.push({ thing, incarnation, step: step() });
      journal.note(incarnation.name, `asks the outside for ${thing}`, [stream]);
      const isLost = await reach(signal);
      if (!performed.has(key)) {
        const done = { key, thing, stream, version, step: step() };
        performed.set(key, done);
        ledger.push(done);
        journal.note("outside", `performs ${thing}`, [stream]);
      }
      if (incarnation.dead) await never();
      if (isLost) throw new Error("the outside did it, but its reply was lost");
    },
  };
};
export type Outside = ReturnType<typeof outside>;

const hang = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    const end = () => reject(new Error("given up"));
    if (signal.aborted) end();
    else signal.addEventListener("abort", end, { once: true });
  });
