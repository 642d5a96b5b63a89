import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type Planted, planted } from "./planted.ts";
import type { Found } from "./planted-run.ts";

const above = (directory: string): string => (existsSync(join(directory, "package.json")) ? directory : above(dirname(directory)));
const file = join(above(import.meta.dirname), "docs", "simulation.md");

const head = `# The simulation and the bugs planted to prove it

\`make simulate SEEDS=1000\` runs the tables of the services on the real backbone in one process: memory adapters that misbehave as the real
ones do, virtual time, and everything random drawn from one seed, so that a seed is a history, byte for byte. In each run several people ask
200 things of two to three instances of each service, while instances crash at any call, stand still, join and leave, replies get lost, calls
fail, writes are rolled back before a majority has them, reads are late, old records come again, clocks jump and the outside fails or hangs.
Once the faults are over the world must come to rest, and then a checker of its own holds every promise against what is left in the stores, on
the log and in the ledger of the outside; in a run with poison, which parks streams, once more after the poison is gone and all that was
parked has been tried again. A seed that breaks a promise is printed as the one line that repeats it, with the shortest story.

The checker is worth what it finds. Each line below is a bug that somebody could write, planted into the compiled code of one file
(\`tests/simulation/planted.ts\`), and a seed that finds it. \`node dist/tests/simulation/planted-main.js --table\` makes this table;
\`make planted\` plants each bug again and runs its seed, \`make test\` the first one of each promise.

| planted bug | in | found by seed | broken promise |
|---|---|---|---|
`;

/** Writes the table of what was found. */
export const writeTable = async (found: ReadonlyMap<string, Found>): Promise<void> => {
  const row = ({ name, file: at }: Planted): string => {
    const { seed, rule = "" } = found.get(name) ?? {};
    return `| ${name} | \`${at.replace(/\.js$/, ".ts")}\` | ${seed ?? "not found"} | ${rule} |\n`;
  };
  await writeFile(file, head + planted.map(row).join(""));
};

const cells = async (): Promise<readonly (readonly string[])[]> =>
  (await readFile(file, "utf8")).split("\n").flatMap((line) => (line.startsWith("| ") ? [line.split("|").map((cell) => cell.trim())] : []));

/** The seed that found each bug, as the table has it. */
export const seedsInTable = async (): Promise<ReadonlyMap<string, number>> =>
  new Map((await cells()).map(([, name = "", , seed]) => [name, Number(seed)]));

/** The promise that each bug breaks, as the table has it. */
export const promisesInTable = async (): Promise<ReadonlyMap<string, string>> =>
  new Map((await cells()).map(([, name = "", , , promise = ""]) => [name, promise]));
