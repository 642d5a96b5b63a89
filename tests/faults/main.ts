import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { asError } from "../../events/error.ts";
import { type FaultRun, type Result, resultOf, updated } from "./result.ts";
import { type Row, scaled } from "./row.ts";
import { rows } from "./rows.ts";
import { asPage, asText } from "./table.ts";

const usage = `Usage: node dist/tests/faults/main.js [options]

Hurts a platform of real processes, a real Kafka and a real MongoDB while people work with it, and holds what is left against what is promised.

  --rows 1,2b,15   only these (${rows.map(({ id }) => id).join(", ")})
  --factor 0.02    the share of the commands and kills of the full figures (default 0.1; 1 takes hours on two cores)
  --seed 7         another run (default 1)
  --update         writes these rows into docs/faults.md and docs/faults.json; rows of another factor or seed leave them
  --json           answers in JSON
  --keep           leaves histories, logs and data also of what has passed

  node dist/tests/faults/main.js --rows 3 --factor 0.02
  node dist/tests/faults/main.js --seed 7 --json > faults.json

A run of all rows writes docs/faults.md and docs/faults.json. A run of some rows shows its table and leaves both as they are without --update.
A row that fails is no reason not to run the others. Exit code 1 if one did: then its history and logs stay, and where is said.`;

const { values } = parseArgs({
  options: {
    rows: { type: "string" },
    factor: { type: "string", default: "0.1" },
    seed: { type: "string", default: "1" },
    update: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
    keep: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});
if (values.help) {
  process.stdout.write(`${usage}\n`);
  process.exit(0);
}
const wanted = values.rows?.split(",").map((id) => rows.find((row) => row.id === id.trim()) ?? wrong(`there is no row ${id}`)) ?? rows;
const factor =
  Number(values.factor) > 0 && Number(values.factor) <= 1 ? Number(values.factor) : wrong("--factor is more than 0 and at most 1");
const seed = Number.isInteger(Number(values.seed)) ? Number(values.seed) : wrong("--seed is a whole number");

const start = Date.now();
const directory = mkdtempSync(join(tmpdir(), "pitrix-faults-"));
const results: Result[] = [];
let shown = 0;
for (const row of wanted) {
  const began = Date.now();
  const result = resultOf(row, await run(row));
  results.push(result);
  tell(story(result, began));
  if (result.verdict !== "FAIL" && !values.keep) rmSync(join(directory, row.id), { recursive: true, force: true });
}
const isGood = results.every(({ verdict }) => verdict !== "FAIL");
if (isGood && !values.keep) rmSync(directory, { recursive: true, force: true });
const answer: FaultRun = { seed, factor, together: wanted.length === rows.length, rows: results };
if (answer.together || values.update) {
  const record = answer.together ? answer : updated(JSON.parse(readFileSync("docs/faults.json", "utf8")), answer, rows);
  writeFileSync("docs/faults.json", `${JSON.stringify(record, null, 2)}\n`);
  writeFileSync("docs/faults.md", asPage(record));
}
process.stdout.write(`${values.json ? JSON.stringify(answer) : asText(results)}\n`);
process.exit(isGood ? 0 : 1);

function run(row: Row) {
  const commands = scaled(row.full.commands ?? 0, factor, 300);
  return row
    .run?.({ directory: join(directory, row.id), commands, factor, seed, report: (text) => show(`${row.id}: ${text}`) })
    .catch(asError);
}

/** How long it has taken, and how much is left. */
function standing(): string {
  const seconds = Math.round((Date.now() - start) / 1_000);
  const left = wanted.length - results.length;
  return `[${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}, ${left} ${left === 1 ? "row" : "rows"} left]`;
}

/** Progress: one line that changes on a terminal, else a line now and then. */
function show(text: string): void {
  if (process.stderr.isTTY)
    return void process.stderr.write(`\r\x1b[2K${`${standing()} ${text}`.slice(0, (process.stderr.columns ?? 120) - 1)}`);
  if (Date.now() - shown < 15_000) return;
  shown = Date.now();
  process.stderr.write(`       ${standing()} ${text}\n`);
}

function tell(text: string): void {
  process.stderr.write(`${process.stderr.isTTY ? "\r\x1b[2K" : ""}${text}\n`);
}

/** One line when all is well; else what was broken first, and where to look. */
function story({ id, fault, verdict, why }: Result, began: number): string {
  const what = `${id.padEnd(3)} ${fault} (${((Date.now() - began) / 1_000).toFixed(0)} s) ${standing()}`;
  if (verdict === "FAIL") return `FAILED ${what}\n       ${why}\n       history and logs: ${join(directory, id)}`;
  return verdict === "pass" ? `ok     ${what}` : `-      ${what}: ${why}`;
}

function wrong(message: string): never {
  process.stderr.write(`${message}\n\n${usage}\n`);
  process.exit(64);
}
