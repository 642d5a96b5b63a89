import type { Clock } from "../ports.ts";
import type { Faults } from "./faults.ts";
import type { Journal } from "./journal.ts";
import { type Life, never } from "./life.ts";

/** One thing that was really done out there. */
export type Deed = {
  readonly key: string;
  readonly thing: string;
  readonly stream: string;
  readonly version: number;
  readonly step: number;
};
/** Somebody asked for it, done or not. */
export type Attempt = { readonly thing: string; readonly life: Life; readonly step: number };

export type Call = {
  /** The idempotency key: who comes again with it changes nothing more. */
  readonly key: string;
  /** What is to be done, whatever the key. */
  readonly thing: string;
  readonly stream: string;
  readonly version: number;
  readonly signal: AbortSignal;
};

/** The outside world: honours idempotency keys, fails, hangs, loses replies, and keeps a ledger of what really happened. */
export const outside = (
  { faults, random, time, journal, calm }: { faults: Faults; random: () => number; time: Clock; journal: Journal; calm: () => boolean },
  step: () => number,
) => {
  const deeds = new Map<string, Deed>();
  const ledger: Deed[] = [];
  const attempts: Attempt[] = [];

  /** Fails or hangs, as luck has it; otherwise tells whether the reply is to be lost. */
  const reach = async (signal: AbortSignal): Promise<boolean> => {
    const luck = calm() ? 1 : random();
    if (luck < faults.outside / 4) await hang(signal);
    if (luck < faults.outside / 2) throw new Error("the outside does not answer");
    await time.sleep(calm() ? 1 : 200 * random() ** 2);
    return luck < faults.outside;
  };

  return {
    ledger: ledger as readonly Deed[],
    attempts: attempts as readonly Attempt[],
    /** Reads something, which changes nothing. */
    look: async (life: Life, what: string, signal: AbortSignal): Promise<void> => {
      journal.note(life.name, `reads ${what}`);
      const isLost = await reach(signal);
      if (life.dead) await never();
      if (isLost) throw new Error("the reply was lost");
    },
    /** One attempt of one process. */
    call: async (life: Life, { key, thing, stream, version, signal }: Call): Promise<void> => {
      attempts.push({ thing, life, step: step() });
      journal.note(life.name, `asks the outside for ${thing}`, [stream]);
      const isLost = await reach(signal);
      if (!deeds.has(key)) {
        const deed = { key, thing, stream, version, step: step() };
        deeds.set(key, deed);
        ledger.push(deed);
        journal.note("outside", `has done ${thing}`, [stream]);
      }
      if (life.dead) await never();
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
