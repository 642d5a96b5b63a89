import { createHash } from "node:crypto";

/** One step of a run. `about` names the streams that it concerns, as far as they are known. */
export type Step = { readonly at: number; readonly who: string; readonly what: string; readonly about: readonly string[] };

/** The steps of a run in virtual time. Recorded only on request; recording does not change the run. */
export type Journal = {
  readonly isRecorded: boolean;
  readonly note: (who: string, what: string, about?: readonly string[]) => void;
  readonly steps: readonly Step[];
};

export const journal = (isRecorded: boolean, now: () => number): Journal => {
  const steps: Step[] = [];
  const start = now();
  return {
    isRecorded,
    note: isRecorded ? (who, what, about = []) => void steps.push({ at: now() - start, who, what, about }) : () => {},
    steps,
  };
};

export const lineOf = ({ at, who, what }: Step): string => `${(at / 1_000).toFixed(3).padStart(9)} s  ${who.padEnd(20)} ${what}`;

/** A hash of the steps. Two runs have the same hash exactly if they took the same steps at the same times. */
export const hashOf = (steps: readonly Step[]): string => {
  const hash = createHash("sha256");
  for (const step of steps) hash.update(`${lineOf(step)}\n`);
  return hash.digest("hex");
};
