import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { register } from "node:module";
import { availableParallelism } from "node:os";
import { promisify } from "node:util";
import { eachOf } from "../../events/concurrency.ts";
import { type Planted, planted } from "./planted.ts";
import type { SeedResult } from "./work.ts";

const root = new URL("../../", import.meta.url);

/** The first seed that found a planted bug, how many were tried, and the promise that it broke. */
export type Found = { readonly name: string; readonly seed: number | undefined; readonly tried: number; readonly rule: string };
export type Search = { readonly from: number; readonly seeds: number; readonly commands: number };

/** The text of a compiled file with the bug in it. Throws where the bug has no place any more. */
export const mutated = async ({ name, file, from, to }: Planted): Promise<string> => {
  const text = await readFile(new URL(file, root), "utf8");
  const places = text.split(from).length - 1;
  if (places !== 1) throw new Error(`planted bug "${name}": its place in ${file} is there ${places} times and not once:\n${from}`);
  return text.replace(from, () => to);
};

/** Plants a bug into a process of its own and runs seeds there until one finds it. */
export const search = async ({ name }: Planted, { from, seeds, commands }: Search): Promise<Found> => {
  const given = [name, from, seeds, commands].map(String);
  const { stdout } = await promisify(execFile)(process.execPath, [new URL(import.meta.url).pathname, "--child", ...given], {
    maxBuffer: 1e8,
  });
  return JSON.parse(stdout);
};

/** All of them, on all cores. */
export const searchAll = async (bugs: readonly Planted[], given: (bug: Planted) => Search, told: (found: Found) => void): Promise<void> => {
  for (const bug of bugs) await mutated(bug);
  await eachOf(bugs, availableParallelism(), async (bug) => told(await search(bug, given(bug))));
};

/** In the process of its own. */
const child = async ([name = "", from, seeds, commands]: readonly string[]): Promise<void> => {
  const bug = planted.find((each) => each.name === name);
  if (!bug) throw new Error(`there is no planted bug "${name}"`);
  const source = await mutated(bug);
  const url = new URL(bug.file, root).href;
  const hooks = `const planted = ${JSON.stringify({ url, source })};
    export const load = async (url, context, next) =>
      url === planted.url ? { format: "module", source: planted.source, shortCircuit: true } : next(url, context);`;
  register(`data:text/javascript,${encodeURIComponent(hooks)}`);
  const { runSeed }: { runSeed: (options: { seed: number; commands: number }) => Promise<SeedResult> } = await import(
    new URL("work.js", import.meta.url).href
  );
  let found: Found = { name, seed: undefined, tried: Number(seeds), rule: "" };
  for (let seed = Number(from); seed < Number(from) + Number(seeds); seed++) {
    const { violations } = await runSeed({ seed, commands: Number(commands) });
    if (violations.length === 0) continue;
    found = { name, seed, tried: seed - Number(from) + 1, rule: violations[0]?.rule ?? "" };
    break;
  }
  process.stdout.write(JSON.stringify(found));
};

if (process.argv[2] === "--child") void child(process.argv.slice(3));
