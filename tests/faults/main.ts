import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { told } from "./battle.ts";
import type { Row, RowOutcome } from "./row.ts";
import { rows } from "./rows.ts";
import { asPage, asText, passed, type Result } from "./table.ts";

const usage = `Usage: node dist/tests/faults/main.js [options]

Hurts a platform of real processes, a real Kafka and a real document store while people work with it, and holds what is left against what is promised.

  --rows 1,2b,15   only these (${rows.map(({ id }) => id).join(", ")})
  --factor 0.02    the share of the commands and kills of the full figures (default 0.02; 1 takes hours on two cores)
  --seed 7         another run (default 1)
  --output FILE    writes the table as a page of the documentation (docs/faults.md if all rows are run)
  --json           answers in JSON
  --keep           leaves histories, logs and data also of what has passed

  node dist/tests/faults/main.js --rows 3 --factor 0.1
  node dist/tests/faults/main.js --seed 7 --json > faults.json

Exit code 1 if a row fails: then the history and the logs stay, and where is said.`;

const { values } = parseArgs({
  options: {
    rows: { type: "string" },
    factor: { type: "string", default: "0.02" },
    seed: { type: "string", default: "1" },
    output: { type: "string" },
    json: { type: "boolean", default: false },
    keep: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});
if (values.help) {
  process.stdout.write(`${usage}\n`);
  process.exit(0);
}
const wanted = (values.rows ?? rows.map(({ id }) => id).join(","))
  .split(",")
  .map((id) => rows.find((row) => row.id === id.trim()) ?? wrong(`there is no row ${id}`));
const factor =
  Number(values.factor) > 0 && Number(values.factor) <= 1 ? Number(values.factor) : wrong("--factor is more than 0 and at most 1");
const seed = Number.isInteger(Number(values.seed)) ? Number(values.seed) : wrong("--seed is a whole number");

let shown = 0;
/** Progress: one line on a terminal, else a line now and then. */
const show = (text: string): void => {
  if (process.stderr.isTTY) return void process.stderr.write(`\r\x1b[2K${text.slice(0, (process.stderr.columns ?? 120) - 1)}`);
  if (text === "" || Date.now() - shown < 15_000) return;
  shown = Date.now();
  process.stderr.write(`       ${text}\n`);
};
const directory = mkdtempSync(join(tmpdir(), "pitrix-faults-"));
const results: Result[] = [];
for (const row of wanted) {
  const began = Date.now();
  const result = await run(row).catch(
    (error: unknown): Pick<Result, "error"> => ({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
  );
  const done: Result = { row, factor, seconds: (Date.now() - began) / 1_000, ...result };
  results.push(done);
  show("");
  process.stderr.write(`${story(done)}\n`);
  if (passed(done) && !values.keep) rmSync(join(directory, row.id), { recursive: true, force: true });
}
const good = results.every(passed);
if (good && !values.keep) rmSync(directory, { recursive: true, force: true });
const output = values.output ?? (values.rows === undefined ? "docs/faults.md" : undefined);
if (output !== undefined) {
  mkdirSync(dirname(output), { recursive: true });
  writeFileSync(output, asPage(results, seed));
}
process.stdout.write(
  values.json ? `${JSON.stringify(results.map(({ row: { id, fault }, ...rest }) => ({ id, fault, ...rest })))}\n` : `${asText(results)}\n`,
);
process.exit(good ? 0 : 1);

async function run(row: Row): Promise<{ readonly outcome?: RowOutcome }> {
  if (!row.run) return {};
  const commands = Math.max(row.least, Math.round(row.full * factor));
  return { outcome: await row.run({ directory: join(directory, row.id), commands, factor, seed, report: show }) };
}

/** One line when all is well; else what was broken first, and where to look. */
function story(result: Result): string {
  const { row, outcome, error, seconds } = result;
  const what = `${row.id.padEnd(3)} ${row.fault} (${seconds.toFixed(0)} s)`;
  if (!row.run) return `-      ${what}: ${row.missing}`;
  if (passed(result)) return `ok     ${what}`;
  const why = error ?? (told(outcome?.findings ?? []) || "it did not converge");
  return `FAILED ${what}\n       ${why}\n       history and logs: ${join(directory, row.id)}`;
}

function wrong(message: string): never {
  process.stderr.write(`${message}\n\n${usage}\n`);
  process.exit(64);
}
