import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { systemClock } from "../../../services/chassis/process/clock.ts";
import { silent } from "../../../services/chassis/process/logging.ts";
import { stopInOrder } from "../../../services/chassis/process/shutdown.ts";

const main = fileURLToPath(new URL("../../../services/main.js", import.meta.url));
const run = (args: readonly string[], environment: Record<string, string> = {}) =>
  new Promise<{ code: number | null; out: string; err: string }>((resolve) => {
    const child = spawn(process.execPath, [main, ...args], { env: { PATH: process.env.PATH ?? "", ...environment } });
    const said = { out: "", err: "" };
    child.stdout.on("data", (text) => (said.out += text));
    child.stderr.on("data", (text) => (said.err += text));
    child.on("close", (code) => resolve({ code, ...said }));
  });

test("help names the services and every setting", async () => {
  const { code, out } = await run(["--help"]);
  assert.equal(code, 0);
  assert.match(out, /Services: .*\baccount, /);
  assert.match(out, /KAFKA_BROKERS +The Kafka cluster/);
});

test("a start without what must be set ends with 78 and names all of it", async () => {
  const { code, err } = await run(["account"], { PITRIX_PORT: "high" });
  assert.equal(code, 78);
  for (const name of ["PITRIX_PORT is wrong", "KAFKA_BROKERS is missing", "MONGODB_URL is missing", "PITRIX_SEALING_KEYS is missing"])
    assert.ok(err.includes(name), name);
});

test("a service that is none is wrong usage", async () => {
  const { code, err } = await run(["acount"]);
  assert.equal(code, 64);
  assert.match(err, /there is no service acount/);
  assert.equal((await run([])).code, 64);
});

test("an end in order runs every step, whatever became of those before it", async () => {
  const done: string[] = [];
  const step = (name: string, fails = false) =>
    [
      name,
      async () => {
        done.push(name);
        if (fails) throw new Error(name);
      },
    ] as const;
  assert.equal(await stopInOrder([step("a"), step("b", true), step("c")], 5, { clock: systemClock, logger: silent }), true);
  assert.deepEqual(done, ["a", "b", "c"]);
});

test("an end that hangs is given up in time", async () => {
  const hangs = ["hangs", () => new Promise<void>(() => {})] as const;
  assert.equal(await stopInOrder([hangs], 0.05, { clock: systemClock, logger: silent }), false);
});
