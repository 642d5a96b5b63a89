import { type FaultKind, faultKinds } from "./faults.ts";
import { type Result, type Scenario, type SimulationOptions, simulate } from "./simulate.ts";

export type Shrunk = { readonly options: SimulationOptions; readonly result: Result };

/** Searches for fewer requests and fewer kinds of faults with which the same seed still breaks the same promise. `runs` bounds the search. */
export const shrink = async (scenario: Scenario, options: SimulationOptions, runs = 60): Promise<Shrunk> => {
  let best: Shrunk = { options, result: await simulate(scenario, options) };
  const rule = best.result.violations[0]?.rule;
  if (rule === undefined) return best;
  let left = runs;
  const still = async (smaller: SimulationOptions): Promise<boolean> => {
    if (left-- <= 0) return false;
    const result = await simulate(scenario, smaller);
    if (!result.violations.some((violation) => violation.rule === rule)) return false;
    best = { options: smaller, result };
    return true;
  };

  for (let fewer = Math.floor(options.commands / 2); fewer >= 1 && left > runs / 2; fewer = Math.floor(fewer / 2))
    if (!(await still({ ...best.options, commands: fewer }))) break;
  for (const kind of faultKinds) {
    const faults: ReadonlySet<FaultKind> = new Set([...(best.options.faults ?? faultKinds)].filter((each) => each !== kind));
    await still({ ...best.options, faults });
  }
  for (let size = Math.ceil(best.options.commands / 2); size >= 1 && left > 0; size = size === 1 ? 0 : Math.ceil(size / 2))
    for (let from = 0; from < best.options.commands && left > 0; from += size) {
      const chunk = Array.from({ length: size }, (_, index) => from + index).filter((each) => !best.options.without?.has(each));
      if (chunk.length > 0) await still({ ...best.options, without: new Set([...(best.options.without ?? []), ...chunk]) });
    }
  return best;
};

/** The shell command that reproduces this run. */
export const commandOf = ({ seed, commands, faults, without }: SimulationOptions, usual: number): string =>
  [
    `make simulate SEED=${seed}`,
    ...(commands === usual ? [] : [`COMMANDS=${commands}`]),
    ...(faults === undefined || faults.size === faultKinds.length ? [] : [`FAULTS=${[...faults].join(",") || "none"}`]),
    ...(without === undefined || without.size === 0 ? [] : [`WITHOUT=${ranges([...without].filter((each) => each < commands))}`]),
  ].join(" ");

const ranges = (numbers: readonly number[]): string => {
  const parts: [number, number][] = [];
  for (const each of [...numbers].sort((a, b) => a - b)) {
    const last = parts.at(-1);
    if (last && last[1] === each - 1) last[1] = each;
    else parts.push([each, each]);
  }
  return parts.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`)).join(",");
};

/** Parses a list of numbers and ranges such as `1-3,7`. */
export const numbersIn = (text: string): ReadonlySet<number> =>
  new Set(
    text.split(",").flatMap((part) => {
      const [from = 0, to = from] = part.split("-").map(Number);
      return part === "" ? [] : Array.from({ length: to - from + 1 }, (_, index) => from + index);
    }),
  );
