import { parseArgs } from "node:util";
import { planted } from "./planted.ts";
import { type Found, searchAll } from "./planted-run.ts";
import { seedsInTable, writeTable } from "./planted-table.ts";

const help = `Plants each bug of tests/simulation/planted.ts into a process of its own and looks for the first seed that finds it.

  --seeds N      how many seeds at most (500)
  --commands N   requests in each run (200)
  --match TEXT   only bugs whose name has the text
  --known        try the seed of docs/simulation.md first
  --table        the same, and write docs/simulation.md: a seed that is in it and still finds its bug stays

Examples
  node dist/tests/simulation/planted-main.js --table
  node dist/tests/simulation/planted-main.js --match outcome --seeds 100

Exit code: 0 all were found, 1 one was not.
`;

const { values } = parseArgs({
  options: {
    ...{ seeds: { type: "string", default: "500" }, commands: { type: "string", default: "200" }, match: { type: "string", default: "" } },
    ...{ table: { type: "boolean" }, known: { type: "boolean" }, help: { type: "boolean" } },
  },
});

if (values.help) process.stdout.write(help);
else {
  const found = new Map<string, Found>();
  const bugs = planted.filter(({ name }) => name.includes(values.match));
  const given = { from: 1, seeds: Number(values.seeds), commands: Number(values.commands) };
  const told = (one: Found): void => {
    found.set(one.name, one);
    const line = one.seed === undefined ? `NOT FOUND in ${one.tried} seeds` : `seed ${one.seed}, ${one.rule}`;
    process.stdout.write(`${String(found.size).padStart(3)}/${bugs.length}  ${one.name}: ${line}\n`);
  };
  if (values.table || values.known) {
    const known = await seedsInTable();
    const kept = bugs.filter(({ name }) => known.has(name));
    await searchAll(
      kept,
      ({ name }) => ({ ...given, from: known.get(name) ?? 1, seeds: 1 }),
      (one) => one.seed !== undefined && told(one),
    );
  }
  await searchAll(
    bugs.filter(({ name }) => !found.has(name)),
    () => given,
    told,
  );
  if (values.table && bugs.length === planted.length) await writeTable(found);
  process.exitCode = [...found.values()].every(({ seed }) => seed !== undefined) ? 0 : 1;
}
