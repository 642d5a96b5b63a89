import { parseArgs } from "node:util";
import { type FaultKind, faultKinds } from "../../events/simulation/faults.ts";
import { commandOf, numbersIn, shrink } from "../../events/simulation/shrink.ts";
import { type SimulationOptions, simulate } from "../../events/simulation/simulate.ts";
import { storyOf } from "../../events/simulation/story.ts";
import { scenario } from "./scenario.ts";
import { runSeeds, type SeedResult } from "./work.ts";

const COMMANDS = 200;
const help = `Simulates the whole choreography with faults, one history a seed, and holds every promise against what is left.

  --seeds N      how many seeds (100)
  --from N       the first seed (1)
  --commands N   requests in each run (${COMMANDS})
  --faults a,b   only these kinds of faults, or none: ${faultKinds.join(", ")}
  --jobs N       threads (one a core)
  --json         one line of JSON a seed, and one at the end

  --seed N       one seed, with its story if it breaks a promise, made as short as it gets
  --without 1-3  leave out these requests
  --whole        do not look for a shorter story

Examples
  make simulate SEEDS=1000
  make simulate SEED=4711
  make simulate SEED=4711 COMMANDS=12 FAULTS=crashes,delays
  node dist/tests/simulation/main.js --seeds 500 --from 1001 --json

Exit code: 0 every promise was kept, 1 one was broken, 2 the command line is wrong.
`;

const options = (() => {
  try {
    const { values } = parseArgs({
      options: {
        ...{ seeds: { type: "string" }, from: { type: "string" }, commands: { type: "string" }, faults: { type: "string" } },
        ...{ jobs: { type: "string" }, json: { type: "boolean" }, seed: { type: "string" }, without: { type: "string" } },
        ...{ whole: { type: "boolean" }, help: { type: "boolean" } },
      },
    });
    return values;
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${help}`);
    process.exit(2);
  }
})();

const number = (name: "seeds" | "from" | "commands" | "jobs" | "seed", otherwise: number): number => {
  const value = options[name] === undefined ? otherwise : Number(options[name]);
  if (Number.isSafeInteger(value) && value >= 0) return value;
  process.stderr.write(`--${name} must be a whole number, and is ${options[name]}\n`);
  process.exit(2);
};

const isFault = (name: string): name is FaultKind => faultKinds.some((kind) => kind === name);
const faults = (): ReadonlySet<FaultKind> | undefined => {
  if (!options.faults) return undefined;
  const names = options.faults === "none" ? [] : options.faults.split(",");
  const unknown = names.find((name) => !isFault(name));
  if (unknown === undefined) return new Set(names.filter(isFault));
  process.stderr.write(`there is no kind of fault ${unknown}: ${faultKinds.join(", ")}\n`);
  process.exit(2);
};

/** The promises that a seed broke, and the story of the stream at fault. */
const tell = async (given: SimulationOptions): Promise<boolean> => {
  const first = await simulate(scenario, given);
  if (first.violations.length === 0) {
    const { hash, commits, crashes } = await simulate(scenario, { ...given, journal: true });
    process.stdout.write(
      `seed ${given.seed}: every promise was kept (${commits} commits, ${crashes} crashes, history ${hash.slice(0, 16)})\n`,
    );
    return true;
  }
  process.stdout.write(`seed ${given.seed} breaks ${first.violations.length} promises; repeat it with\n  ${commandOf(given, COMMANDS)}\n`);
  const shortest = options.whole ? given : (await shrink(scenario, given)).options;
  const { violations, steps, hash } = await simulate(scenario, { ...shortest, journal: true });
  if (shortest !== given) process.stdout.write(`the same with less:\n  ${commandOf(shortest, COMMANDS)}\n`);
  process.stdout.write(`history ${hash.slice(0, 16)}\n\n`);
  for (const { rule, about, message } of violations.slice(0, 10)) process.stdout.write(`BROKEN ${rule}\n  ${about}: ${message}\n`);
  const stream = violations.find(({ about }) => about !== "")?.about ?? violations[0]?.message.match(/\w+\/[\w-]+/)?.[0];
  if (stream !== undefined) process.stdout.write(`\nThe story of ${stream}\n${storyOf(steps, stream)}\n`);
  return false;
};

const bar = (share: number): string => `[${"=".repeat(Math.round(30 * share)).padEnd(30)}]`;

const many = async (): Promise<boolean> => {
  const [count, from, commands] = [number("seeds", 100), number("from", 1), number("commands", COMMANDS)];
  const seeds = Array.from({ length: count }, (_, index) => from + index);
  const allowed = faults();
  const given = { commands, ...(allowed && { faults: allowed }) };
  const failed: SeedResult[] = [];
  const sum = { seeds: 0, commits: 0, crashes: 0, virtualSeconds: 0 };
  const start = performance.now();
  const rate = () => sum.seeds / ((performance.now() - start) / 1_000);
  const isTerminal = process.stderr.isTTY && !options.json;
  const jobs = options.jobs === undefined ? undefined : number("jobs", 1);
  const told = (result: SeedResult): void => {
    sum.seeds += 1;
    sum.commits += result.commits;
    sum.crashes += result.crashes;
    sum.virtualSeconds += result.virtualSeconds;
    if (result.violations.length > 0) failed.push(result);
    if (options.json) process.stdout.write(`${JSON.stringify(result)}\n`);
    if (isTerminal)
      process.stderr.write(
        `\r${bar(sum.seeds / count)} ${sum.seeds}/${count} seeds, ${rate().toFixed(1)} a second, ${failed.length} failed `,
      );
  };
  await runSeeds(seeds, given, told, jobs);
  if (isTerminal) process.stderr.write("\n");
  const figures = { ...sum, failed: failed.map(({ seed }) => seed), seconds: (performance.now() - start) / 1_000, seedsPerSecond: rate() };
  if (options.json) {
    process.stdout.write(`${JSON.stringify(figures)}\n`);
    return failed.length === 0;
  }
  process.stdout.write(
    `${sum.seeds} seeds of ${commands} requests, ${sum.commits} commits, ${sum.crashes} crashes, ${(sum.virtualSeconds / 3_600).toFixed(1)} virtual hours, ` +
      `${figures.seconds.toFixed(1)} s: ${rate().toFixed(1)} seeds a second. ${failed.length === 0 ? "Every promise was kept." : `${failed.length} failed.`}\n`,
  );
  for (const { seed, violations } of failed.slice(0, 20))
    process.stdout.write(`  ${commandOf({ seed, ...given }, COMMANDS)}   # ${violations[0]?.rule}\n`);
  const [worst] = failed;
  if (worst) await tell({ seed: worst.seed, ...given });
  return failed.length === 0;
};

if (options.help) process.stdout.write(help);
else {
  const allowed = faults();
  const one = (): SimulationOptions => ({
    ...{ seed: number("seed", 1), commands: number("commands", COMMANDS) },
    ...(allowed && { faults: allowed }),
    ...(options.without && { without: numbersIn(options.without) }),
  });
  process.exitCode = (await (options.seed === undefined ? many() : tell(one()))) ? 0 : 1;
}
