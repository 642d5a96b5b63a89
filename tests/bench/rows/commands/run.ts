import type { Ground } from "../../harness/ground.ts";
import { runNode } from "../../harness/program.ts";
import type { Measurement } from "../../harness/row.ts";

/** Below this share only whether it runs is of interest: what is there for its figures alone is left out. */
export const isWhole = ({ scale }: Ground): boolean => scale >= 0.01;

/** Seconds of load: a shorter time would not be less work, but another figure. Only a look at whether it runs takes a tenth. */
export const lasting = (ground: Ground, seconds: number): number =>
  seconds * (isWhole(ground) ? Math.min(10, Math.max(1, ground.scale)) : 0.1);

/** Runs a contestant that starts servers and processes of its own; their profiles are asked for, not its own. */
export const runApart = (ground: Ground, file: string, input: object): Promise<Measurement> => {
  const { profiles, embedded = false } = ground;
  return runNode({ ...ground, profiles: "" }, file, { input: { ...input, embedded, ...(profiles && { profiles }) } });
};
