import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { chartOf } from "./chart.ts";
import { findRows, neighbours } from "./harness/find-rows.ts";
import { startFixture } from "./harness/fixture.ts";
import { machine } from "./harness/machine.ts";
import type { RowResult } from "./harness/result.ts";
import { runRow } from "./harness/rounds.ts";
import { asPage, asText, type Report } from "./table.ts";

const usage = `Usage: make bench [ROWS=projection,relay] [SCALE=0.05] [RUNS=5] [ROLES=floor,pitrix] [FOREIGN=no] [JSON=file] [PROFILE=folder]

Measures Pitrix against the floor (a bare script that does the same I/O, and nothing else) and against what a user would pick instead, on the
same servers, one contestant after the other, round by round. KAFKA_BROKERS and MONGODB_URL name servers; else embedded ones are started.

  --rows a,b      these rows only; all rows at full scale rewrite docs/performance.md and docs/performance.svg
  --scale N       share of the full amount of work (1)
  --runs N        rounds (5)
  --roles a,b     only these of floor, pitrix, peer
  --foreign no    without contestants in other languages
  --json FILE     everything measured
  --profile DIR   a CPU profile of every Node contestant (*.cpuprofile)
  --page DIR      write the page and the chart there, whatever was run
  --list          the rows`;

const options = (() => {
  const text = { type: "string" } as const;
  try {
    const { values } = parseArgs({
      options: {
        ...{ rows: text, scale: text, runs: text, foreign: text, roles: text, json: text, profile: text, page: text },
        ...{ list: { type: "boolean" }, help: { type: "boolean", short: "h" } },
      },
    });
    return values;
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
    process.exit(2);
  }
})();
if (options.help) {
  console.log(usage);
  process.exit(0);
}

const positive = (name: "scale" | "runs", otherwise: number): number => {
  const value = Number(options[name] ?? otherwise);
  if (value > 0 && Number.isFinite(value)) return value;
  console.error(`--${name} must be a number above 0, and is ${options[name]}`);
  process.exit(2);
};

const all = await findRows();
if (options.list) {
  for (const { id, title } of all) console.log(`${id.padEnd(12)} ${title}`);
  process.exit(0);
}
const wanted = options.rows?.split(",");
const unknown = wanted?.find((id) => all.every((row) => row.id !== id));
if (unknown !== undefined) {
  console.error(`there is no row ${unknown}; there are ${all.map(({ id }) => id).join(", ")}`);
  process.exit(2);
}
const rows = all.filter(({ id }) => !wanted || wanted.includes(id));
const scale = positive("scale", 1);
const runs = Math.ceil(positive("runs", 5));

const began = Date.now();
const directory = mkdtempSync(join(tmpdir(), "pitrix-bench-"));
const machineAtStart = machine();
const report = (text: string): void => console.error(`${((Date.now() - began) / 1000).toFixed(0).padStart(5)} s  ${text}`);
// Servers and contestants end with this process, however it ends.
for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(name, () => process.exit(130));
process.on("exit", () => rmSync(directory, { recursive: true, force: true, maxRetries: 20, retryDelay: 25 }));

report(`${machineAtStart.cores} cores, load average ${machineAtStart.loadAtStart.toFixed(2)}, scale ${scale}, ${runs} rounds`);
const results: RowResult[] = [];
let servers = "none";
for (const group of neighbours(rows)) {
  const fixture = await startFixture(
    {
      ...{ directory, scale, report, foreign: options.foreign !== "no" },
      ...(options.roles !== undefined && { roles: options.roles.split(",") }),
      ...(options.profile !== undefined && { profiles: resolve(options.profile) }),
    },
    group.some((row) => row.servers !== undefined),
  );
  if (fixture.connection.brokers.length > 0) servers = fixture.servers;
  try {
    for (const row of group) results.push(await runRow(row, fixture, runs));
  } finally {
    await fixture.stop();
  }
}

const measured: Report = {
  ...{ machine: machineAtStart, servers, scale, runs },
  ...{ date: new Date(began).toISOString().slice(0, 10), minutes: (Date.now() - began) / 60_000, results },
};
console.log(asText(measured));
if (options.json) writeFileSync(options.json, JSON.stringify(measured, undefined, 1));
const pages = options.page ?? (rows.length === all.length && scale === 1 && !options.roles ? "docs" : undefined);
if (pages) {
  mkdirSync(pages, { recursive: true });
  writeFileSync(join(pages, "performance.md"), asPage(measured));
  writeFileSync(join(pages, "performance.svg"), chartOf(measured));
  report(`wrote ${join(pages, "performance.md")} and performance.svg`);
}
// Figures depend on the machine; what must hold everywhere is that every result was right.
process.exitCode = results.some(({ standings }) => standings.some(({ errors }) => errors.length > 0)) ? 1 : 0;
