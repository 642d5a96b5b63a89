import assert from "node:assert/strict";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { test } from "node:test";
import { app } from "../../services/app/service.ts";
import { pack } from "../../services/packages/archive.ts";
import { bytes } from "../services/packages/package-fixtures.ts";
import { ok } from "../world/requests.ts";
import { served } from "../world/world.ts";

const mebibyte = 1024 * 1024;
const packed = (files: Readonly<Record<string, string | Uint8Array>>): Promise<Uint8Array> =>
  pack(new Map(Object.entries(files).map(([path, content]) => [path, typeof content === "string" ? bytes(content) : content])));

/** A template that a scanner which goes back at each quote reads for 18 s: 500 bytes packed. */
const quotes = () =>
  packed({ "a/package.json": '{"name":"a","version":"1"}', "a/config.json": "{}", "a/cluster.json.tmpl": '\\"'.repeat(130_000) });
const chart = (more: Readonly<Record<string, string | Uint8Array>>) =>
  packed({ "a/Chart.yaml": "apiVersion: v2\nname: a\nversion: 1.0.0\n", ...more });
/** Values that a YAML reader reads for four seconds. */
const keys = () => chart({ "a/values.yaml": Array.from({ length: 330_000 }, (_, index) => `k${index}:\n`).join("") });
/** An archive of 0.4 MB that unpacks to 120 MB. */
const large = () =>
  chart({ "a/one": new Uint8Array(60 * mebibyte).fill(7), "a/two": randomly(mebibyte / 2), "a/three": new Uint8Array(60 * mebibyte) });
/** Bytes that do not compress. */
const randomly = (length: number): Uint8Array => {
  let state = 1;
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state >>> 24;
  });
};

test("whatever packages hold, reading them takes bounded time and memory, and no other request waits for it", async (t) => {
  const world = await served([app]);
  t.after(world.stop);
  const { call } = await world.as("system");
  const validate = async (version_type: string, content: Uint8Array) =>
    (await ok(call("ValidatePackage", { version_type, version_package: Buffer.from(content).toString("base64") }))).error;
  const [hostile, slow, wide] = [await quotes(), await keys(), await large()];
  assert.ok(hostile.byteLength < 1_000 && wide.byteLength < mebibyte, `${hostile.byteLength} and ${wide.byteLength} bytes`);
  await ok(call("DescribeCategories"));

  const delay = monitorEventLoopDelay({ resolution: 10 });
  const before = process.memoryUsage().rss;
  let most = before;
  let longest = 0;
  delay.enable();
  let isReading = true;
  const others = (async () => {
    while (isReading) {
      const began = performance.now();
      await ok(call("DescribeCategories"));
      longest = Math.max(longest, performance.now() - began);
      most = Math.max(most, process.memoryUsage().rss);
    }
  })();
  const said = await Promise.all([
    ...[validate("vmbased", hostile), validate("helm", slow)],
    ...Array.from({ length: 6 }, () => validate("helm", wide)),
  ]);
  isReading = false;
  await others;
  delay.disable();

  const [stood, grown] = [delay.max / 1e6, (most - before) / mebibyte];
  t.diagnostic(`the longest pause ${Math.round(stood)} ms, the longest answer ${Math.round(longest)} ms, ${Math.round(grown)} MiB more`);
  assert.ok(stood < 1_000, `it stood still for ${stood} ms`);
  assert.ok(longest < 2_000, `an answer took ${longest} ms`);
  assert.ok(grown < 250, `${grown} MiB`);
  assert.match(said[0], /cluster.json.tmpl is not JSON/);
  assert.match(said[1], /values.yaml holds more than 200000 values/);
  assert.deepEqual(said.slice(2), Array(6).fill(undefined));
});
