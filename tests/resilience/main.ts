import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { problemsOf, type Row, rows } from "./rows.ts";
import { type Outcome, run } from "./run.ts";

const usage = `Usage: node dist/tests/resilience/main.js [options]

Takes away parts of a platform of real processes, a real Kafka and a real document store while people work with it at a steady rate, and
holds every answer against what was the matter.

  --rows 1,2   only these (${rows.map(({ id, what }) => `${id}: ${what}`).join("; ")})
  --rate 50    requests a second (default 50)
  --seed 7     another run (default 1)
  --keep       leaves histories and logs also of what has passed

Exit code 1 if a row fails: then histories and logs stay, and where is said.`;

const { values } = parseArgs({
  options: {
    rows: { type: "string" },
    rate: { type: "string", default: "50" },
    seed: { type: "string", default: "1" },
    keep: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});
const wrong = (message: string): never => {
  process.stderr.write(`${message}\n\n${usage}\n`);
  process.exit(64);
};
if (values.help) {
  process.stdout.write(`${usage}\n`);
  process.exit(0);
}
const rate = Number(values.rate) > 0 ? Number(values.rate) : wrong("--rate is a number above 0");
const seed = Number.isInteger(Number(values.seed)) ? Number(values.seed) : wrong("--seed is a whole number");
const wanted = (values.rows?.split(",") ?? rows.map(({ id }) => id)).map(
  (id) => rows.find((row) => row.id === id.trim()) ?? wrong(`there is no row ${id}`),
);

type Result = { readonly row: Row; readonly seconds: number; readonly outcome?: Outcome; readonly error?: string };
const passed = ({ outcome, error }: Result): boolean => error === undefined && outcome !== undefined && problemsOf(outcome).length === 0;

const heads = [
  "#",
  "what",
  "answers",
  "stale",
  "refused",
  "503 median ms",
  "p99 ms",
  "wrong",
  "errors",
  "commands",
  "lost",
  "other",
  "seconds",
  "verdict",
];
const cells = (result: Result): readonly string[] => {
  const { row, seconds, outcome } = result;
  const verdict = passed(result) ? "pass" : "FAIL";
  if (!outcome) return [row.id, row.what, ...heads.slice(4).map(() => ""), seconds.toFixed(0), verdict];
  const { answers, stale, refused, refusals, faults, findings, open, commands } = outcome;
  const kind = (wanted: string) => faults.filter((fault) => fault.kind === wanted).length;
  const lost = findings.filter(({ column }) => column === "lost").length;
  const counts = [kind("wrong"), kind("refused"), commands, lost, findings.length - lost + open.length];
  const times = refusals.count > 0 ? [refusals.median.toFixed(1), refusals.p99.toFixed(1)] : ["", ""];
  return [row.id, row.what, ...[answers, stale, refused].map(String), ...times, ...counts.map(String), seconds.toFixed(0), verdict];
};
const table = (results: readonly Result[]): string => {
  const lines = [heads, ...results.map(cells)];
  const widths = heads.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  return lines
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
};

const directory = mkdtempSync(join(tmpdir(), "pitrix-resilience-"));
const results: Result[] = [];
for (const row of wanted) {
  const began = Date.now();
  const seconds = () => (Date.now() - began) / 1_000;
  const report = (text: string) => void process.stderr.write(`       ${seconds().toFixed(0).padStart(4)} s  ${text}\n`);
  process.stderr.write(`row ${row.id}: ${row.what}\n`);
  const place = join(directory, row.id);
  const result = await run({ directory: place, rate, seed, report, scenes: row.scenes }).then(
    (outcome): Result => ({ row, outcome, seconds: seconds() }),
    (error: unknown): Result => ({
      row,
      error: error instanceof Error ? (error.stack ?? error.message) : String(error),
      seconds: seconds(),
    }),
  );
  results.push(result);
  for (const line of result.outcome?.told ?? []) report(line);
  if (passed(result)) {
    if (!values.keep) rmSync(place, { recursive: true, force: true });
    continue;
  }
  const problems = result.error ? [result.error] : result.outcome ? problemsOf(result.outcome) : [];
  process.stderr.write(`FAILED ${row.id}\n${problems.slice(0, 10).join("\n")}\nhistories and logs: ${place}\n`);
}
const good = results.every(passed);
if (good && !values.keep) rmSync(directory, { recursive: true, force: true });
process.stdout.write(`${table(results)}\n`);
process.exit(good ? 0 : 1);
