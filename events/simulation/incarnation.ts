import type { Fate } from "../memory/fate.ts";
import { Outage } from "../outage.ts";
import type { Clock } from "../ports.ts";
import type { Faults } from "./faults.ts";
import type { Journal } from "./journal.ts";

/** An instance from its start to its crash or its end. */
export type Incarnation = {
  readonly service: string;
  readonly number: number;
  readonly name: string;
  /** The step of the world at which it started. */
  readonly born: number;
  dead: boolean;
  frozenUntil: number;
  /** Error of its clock, in milliseconds. */
  skew: number;
};

/** The dependencies of `fates`: the faults of a run and its shared state. */
export type Misfortune = {
  readonly faults: Faults;
  readonly random: () => number;
  readonly time: Clock;
  readonly journal: Journal;
  /** Whether faults have ended. Dead incarnations stay dead. */
  readonly calm: () => boolean;
  /** Whether the store or log that the call needs is currently down. */
  readonly isOut: (incarnation: Incarnation, call: string) => boolean;
  readonly crash: (incarnation: Incarnation, call: string) => void;
};

/** A promise that never settles: the calls of a dead process wait for it. Each call gets a new one, so that its waiters can be garbage collected. */
export const never = <T>(): Promise<T> => new Promise(() => {});
const now = Promise.resolve();

/** Calls that change data: crashes and lost replies matter most here. */
const changes =
  /^(store\.(append|clear|releaseClaim|addClaim|saveWatermarks)|log\.publish|documents\.(write|savePosition|beginPosition|movePointer|announce|withdraw)|parking\.add|outside)/;

/** Decides for each call of an incarnation whether it fails. The same seed gives the same faults. */
export const fates = ({ faults, random, time, journal, calm, isOut, crash }: Misfortune) => {
  const until = (every: number) => (every === 0 ? Number.POSITIVE_INFINITY : -Math.log(1 - random()) * every);
  let toCrash = until(faults.crashEvery);
  let toFreeze = until(faults.freezeEvery);

  /** Whether the process crashes at this point, the beginning or the end of a call. A process may also freeze here. */
  const crashesAt = (incarnation: Incarnation, call: string): boolean => {
    const weight = changes.test(call) ? 4 : 1;
    toCrash -= weight;
    toFreeze -= weight;
    if (toFreeze <= 0) {
      toFreeze = until(faults.freezeEvery);
      incarnation.frozenUntil = time.now() + 20_000 * random() ** 2;
      journal.note(incarnation.name, `stands still until it is ${((incarnation.frozenUntil - time.now()) / 1_000).toFixed(1)} s later`);
    }
    if (toCrash > 0) return false;
    toCrash = until(faults.crashEvery);
    crash(incarnation, call);
    return true;
  };

  const delay = (incarnation: Incarnation, call: string): number => {
    const frozen = Math.max(0, incarnation.frozenUntil - time.now());
    if (faults.slow !== undefined && call.startsWith("documents.") && call.includes(faults.slow)) return frozen + 500 * random();
    // A new collection is filled slowly, so that others are read meanwhile.
    if (faults.deploys && /^documents\.write \S+__v\d+r/.test(call)) return frozen + 500 * random();
    if (random() >= faults.delays) return frozen;
    return frozen + (random() < 0.01 ? 50 : 1) * faults.longest * random() ** 3;
  };

  return (incarnation: Incarnation): Fate => {
    const slowly = async (call: string, wait: number): Promise<void> => {
      if (wait > 0) await time.sleep(wait);
      if (incarnation.dead) await never();
      if (isOut(incarnation, call)) throw new Outage(`${call.slice(0, call.indexOf("."))} is down`);
      if (random() < faults.errors) throw new Outage("the connection was refused");
    };
    return {
      before: (call) => {
        if (incarnation.dead) return never();
        if (journal.isRecorded) journal.note(incarnation.name, call);
        if (calm()) return now;
        if (crashesAt(incarnation, call)) return never();
        return slowly(call, delay(incarnation, call));
      },
      after: (call) => {
        if (incarnation.dead) return never();
        if (calm()) return now;
        if (crashesAt(incarnation, `after ${call}`)) return never();
        if (random() < faults.lostReplies && changes.test(call)) {
          journal.note(incarnation.name, `gets no reply to ${call}`);
          return Promise.reject(new Outage("the reply was lost"));
        }
        return now;
      },
    };
  };
};

/** The clock of a process. It may be wrong. It never wakes a dead process, and wakes a frozen process only when the freeze ends. */
export const clockOf = (incarnation: Incarnation, time: Clock): Clock => ({
  now: () => time.now() + incarnation.skew,
  random: time.random,
  sleep: async (milliseconds, signal) => {
    await time.sleep(milliseconds, signal);
    while (!incarnation.dead && incarnation.frozenUntil > time.now()) await time.sleep(incarnation.frozenUntil - time.now());
    if (incarnation.dead) await never();
  },
});
