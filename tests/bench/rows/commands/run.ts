import type { Fixture } from "../../harness/fixture.ts";
import { runNode } from "../../harness/program.ts";
import type { Measurement } from "../../harness/row.ts";

/** Below this share only whether it runs is of interest: what is there for its figures alone is left out. */
export const isWhole = ({ scale }: Fixture): boolean => scale >= 0.01;

/** Seconds of load: a shorter time would not be less work, but another figure. Only a look at whether it runs takes a tenth. */
export const lasting = (fixture: Fixture, seconds: number): number =>
  seconds * (isWhole(fixture) ? Math.min(10, Math.max(1, fixture.scale)) : 0.1);

/** Runs a contestant that starts servers and processes of its own; their profiles are asked for, not its own. */
export const runApart = (fixture: Fixture, file: string, input: object): Promise<Measurement> => {
  const { profiles, embedded = false } = fixture;
  return runNode({ ...fixture, profiles: "" }, file, { input: { ...input, embedded, ...(profiles && { profiles }) } });
};
