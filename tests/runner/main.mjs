// Runs the checks and the tests, and ends with one line that counts every test: `N passed, N failed`.
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { setPriority, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";

const usage = `Usage: node tests/runner/main.mjs [--only unit|integration|long|checks] [--match TEXT]

Runs lint, types, freshness of generated files, schema compatibility, unit tests, and integration tests on a real Kafka and document store.
The long ones of these (*.long.ts) run with --only long alone, which records their results in docs/long-tests.json.

  --only unit --match cluster     the unit tests of files whose path has "cluster"
  PITRIX_TEST_OUTPUT=1            shows what tests print`;

const { values } = parseArgs({ options: { only: { type: "string" }, match: { type: "string", default: "" }, help: { type: "boolean" } } });
if (values.help) {
  console.log(usage);
  process.exit(0);
}
const wants = (part) => values.only === undefined || values.only === part;
const isLong = values.only === "long";
const temporary = mkdtempSync(join(tmpdir(), "pitrix-run-"));
const began = Date.now();
const results = [];
let broken = false;

const MINUTE = 60_000;
/** For everything: what is still under way then is ended, and the closing line says so. */
const LIMIT = isLong ? 60 * MINUTE : 19 * MINUTE;
/** For one process of tests, well over what the slowest needs on a busy machine. */
const PROCESS_LIMIT = 14 * MINUTE;

/** Files that start a whole platform. They run beside the other files, which wait for servers more than they compute. */
const wholePlatforms = ["infra/demo/"];

const run = (command, args, env = {}, niceness = 0) =>
  new Promise((done) => {
    const timeout = Math.max(1, began + LIMIT - Date.now());
    const child = spawn(command, args, {
      stdio: ["ignore", "inherit", "inherit"],
      env: { ...process.env, ...env },
      timeout,
      killSignal: "SIGKILL",
    });
    if (niceness > 0 && child.pid) setPriority(child.pid, niceness);
    child.on("error", (error) => {
      console.error(`${command} does not start: ${error.message}`);
      done(127);
    });
    child.on("exit", (code, signal) => {
      if (signal)
        console.error(
          `\n${command} ${args[0] ?? ""} was ended by ${signal} after ${((Date.now() - began) / MINUTE).toFixed(1)} min of the run`,
        );
      done(code ?? 1);
    });
  });

const step = async (name, command, args, env, niceness) => {
  const start = Date.now();
  const code = await run(command, args, env, niceness);
  console.log(`${code === 0 ? "ok    " : "FAILED"} ${name} (${((Date.now() - start) / 1000).toFixed(1)} s)`);
  if (code !== 0) broken = true;
  return code === 0;
};

const tests = async (name, args, env = {}, niceness = 0) => {
  const file = join(temporary, `${name.replaceAll(/\W+/g, "-")}.json`);
  const reporter = resolve("tests/runner/reporter.mjs");
  const preloaded = ["untracked", "limit"].flatMap((each) => ["--import", resolve(`tests/runner/${each}.mjs`)]);
  const ok = await step(
    name,
    process.execPath,
    [
      "--enable-source-maps",
      "--disable-warning=ExperimentalWarning",
      ...preloaded,
      `--test-reporter=${reporter}`,
      "--test-reporter-destination=stdout",
      ...args,
    ],
    { ...env, PITRIX_TEST_RESULTS: file, PITRIX_TEST_LIMIT: String(PROCESS_LIMIT / 1_000) },
    niceness,
  );
  const counted = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : { passed: 0, failed: 1, tests: [] };
  // A process that ended badly without a failed test has failed all the same.
  results.push(ok || counted.failed > 0 ? counted : { ...counted, failed: counted.failed + 1 });
};

const find = (suffix) =>
  readdirSync("dist/tests", { recursive: true })
    .filter((file) => file.endsWith(suffix) && file.includes(values.match))
    .sort()
    .map((file) => resolve("dist/tests", file));

const biome = "node_modules/.bin/biome";
if (wants("checks")) {
  await step("lint", biome, ["check", "--error-on-warnings", "."]);
  await step("generated files are fresh, schemas are compatible", process.execPath, ["schemas/generate.mjs", "--check"]);
}
rmSync("dist", { recursive: true, force: true });
const built = await step("types", "node_modules/.bin/tsc", []);
if (built || existsSync("dist")) {
  if (wants("checks")) await step("layers, circles, purity and starts of processes", process.execPath, ["dist/infra/lint/main.js"]);
  if (wants("checks")) await step("the map is fresh", process.execPath, ["dist/services/cli/map.js", "--check"]);
  if (wants("unit")) {
    const files = find(".test.js");
    const simulations = files.filter((file) => file.includes("/tests/simulation/"));
    const others = files.filter((file) => !simulations.includes(file));
    const isService = (file) => file.includes("/tests/services/");
    const parts = { services: others.filter(isService), "all but services": others.filter((file) => !isService(file)) };
    const all = Object.entries(parts).flatMap(([name, part]) =>
      part.length === 0 ? [] : [tests(`unit tests of ${name} (${part.length} files)`, ["tests/runner/unit.mjs", ...part])],
    );
    // The simulation has no time of its own: it gives way to tests that have.
    if (simulations.length > 0)
      all.push(tests(`simulation (${simulations.length} files)`, ["tests/runner/unit.mjs", ...simulations], {}, 10));
    await Promise.all(all);
  }
  if (wants("integration") || isLong) {
    const files = find(isLong ? ".long.js" : ".integration.js");
    const { embedded } = await import(resolve("dist/infra/embedded/shared.js"));
    const { kafkaSettings, settingsOf } = await import(resolve("dist/infra/embedded/kafka/connection.js"));
    const servers = await embedded().catch((error) => {
      console.error(error.message);
      broken = true;
    });
    if (servers) {
      const env = { ...settingsOf(servers.kafka.connection), ...kafkaSettings(process.env), MONGODB_URL: servers.store.url };
      const whole = files.filter((file) => wholePlatforms.some((path) => file.includes(`/tests/${path}`)));
      const others = files.filter((file) => !whole.includes(file));
      const lanes = isLong
        ? { "long tests": [files, 1] }
        : { "integration tests of whole platforms": [whole, 1], "integration tests of all else": [others, 2] };
      await Promise.all(
        Object.entries(lanes).flatMap(([name, [part, atOnce]]) =>
          part.length === 0 ? [] : [tests(`${name} (${part.length} files)`, ["--test", `--test-concurrency=${atOnce}`, ...part], env)],
        ),
      );
      await servers.kafka.server?.stop();
      await servers.store.server?.stop();
    } else results.push({ passed: 0, failed: 1, tests: [] });
  }
}
rmSync(temporary, { recursive: true, force: true });
// For the page that tells which promise is proved by which test, see `make guarantees`.
const found = results.flatMap(({ tests }) => tests);
if (isLong && found.length > 0) {
  const record = "docs/long-tests.json";
  const ran = new Set(found.map(({ file }) => file));
  const known = existsSync(record) ? JSON.parse(readFileSync(record, "utf8")) : [];
  const all = [...known.filter(({ file }) => !ran.has(file) && existsSync(file)), ...found];
  const lines = all.map(({ file, name, passed }) => JSON.stringify({ file, name, passed })).sort();
  writeFileSync(record, `[\n${lines.join(",\n")}\n]\n`);
}
if (values.only === undefined && values.match === "") {
  mkdirSync(".pitrix/results", { recursive: true });
  writeFileSync(".pitrix/results/tests.json", JSON.stringify(found));
  const isGood = !broken && results.every(({ failed }) => failed === 0);
  if (isGood) await step("the page of guarantees says what was found", process.execPath, ["dist/tests/guarantees/main.js", "--check"]);
}
const sum = (field) => results.reduce((total, result) => total + result[field], 0);
console.log(`in ${((Date.now() - began) / 1000).toFixed(0)} s`);
console.log(`${sum("passed")} passed, ${sum("failed") + (broken && sum("failed") === 0 ? 1 : 0)} failed`);
process.exit(broken || sum("failed") > 0 ? 1 : 0);
