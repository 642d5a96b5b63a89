import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { pack as packer } from "tar-stream";
import { archiveLimits, unpack } from "../../../services/packages/archive.ts";
import { describeCluster } from "../../../services/packages/devkit.ts";
import { readChart } from "../../../services/packages/helm-chart.ts";
import { readIndex } from "../../../services/packages/packages.ts";
import { readYaml } from "../../../services/packages/yaml.ts";
import { archiveOf } from "./package-fixtures.ts";

const kibibyte = 1024;
const mebibyte = kibibyte * kibibyte;

/** The sentence that says why not; how it was taken note of is not the reader's. */
const refusal = async (read: () => unknown): Promise<string> => {
  try {
    await read();
  } catch (error) {
    assert.ok(error instanceof Error && error.name === "PackageError", String(error));
    return error.message;
  }
  return assert.fail("was not refused");
};
const tarOf = async (names: Iterable<string>): Promise<Uint8Array> => {
  const tar = packer();
  for (const name of names) tar.entry({ name }, "");
  tar.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of tar) if (chunk instanceof Buffer) chunks.push(chunk);
  return gzipSync(Buffer.concat(chunks));
};
const chart = (more: Readonly<Record<string, string>>) =>
  archiveOf({ "a/Chart.yaml": "apiVersion: v2\nname: a\nversion: 1.0.0\n", ...more }).then((tgz) => readChart(tgz));

test("an archive that unpacks to far more than its size is refused long before the limit of size", async () => {
  const bomb = gzipSync(Buffer.alloc(60 * mebibyte));
  assert.ok(archiveLimits.ratio * bomb.byteLength + mebibyte < 60 * mebibyte);
  assert.match(await refusal(() => unpack(bomb)), /unpacks to more than 200 times its size/);
});

test("what compresses well and is small may be ever so regular", async () => {
  const files = await unpack(await archiveOf({ "a/zeros": "0".repeat(900 * kibibyte) }));
  assert.equal(files.get("a/zeros")?.bytes.byteLength, 900 * kibibyte);
});

test("paths with control characters, or longer than any file system has them, are refused", async () => {
  assert.match(await refusal(async () => unpack(await tarOf(["a/\u001b[2Jx"]))), /is not a valid file name/);
  assert.match(await refusal(async () => unpack(await tarOf(["a/line\nbreak"]))), /is not a valid file name/);
  assert.match(await refusal(async () => unpack(await tarOf([`a/${"b/".repeat(2_000)}c`]))), /a path of more than 1024 characters/);
});

test("a file that is a folder as well is found, whatever sorts between them", async () => {
  assert.match(await refusal(async () => unpack(await tarOf(["a/x-1", "a/x/y", "a/x.1", "a/x"]))), /a\/x is both a file and a folder/);
  assert.equal((await unpack(await tarOf(["a/x-1", "a/xy", "a/x.1", "a/x"]))).size, 4);
});

test("a list of lists of lists is refused, in YAML, in JSON and in a chart's schema", async () => {
  const deep = 100_000;
  assert.match(await refusal(() => readYaml(`a: ${"[".repeat(deep)}${"]".repeat(deep)}`, "it")), /it is not YAML: nesting/);
  assert.match(await refusal(() => readYaml(`{"a":${"[".repeat(deep)}${"]".repeat(deep)}}`, "it")), /it is nested too deep/);
  const schema = `{"a":${"[".repeat(deep)}${"]".repeat(deep)}}`;
  assert.match(await refusal(() => chart({ "a/values.schema.json": schema })), /values.schema.json is nested too deep/);
});

test("aliases may multiply neither values nor letters", async () => {
  const levels = Array.from({ length: 30 }, (_, level) => `l${level + 1}: &l${level + 1} [*l${level}, *l${level}]`);
  assert.match(await refusal(() => readYaml(["l0: &l0 [x]", ...levels].join("\n"), "it")), /its aliases expand/);
  const long = `a: &a ${"x".repeat(mebibyte)}\nb: [${"*a, ".repeat(10_000)}]\n`;
  assert.match(await refusal(() => readYaml(long, "it")), /its aliases expand/);
  assert.match(
    await refusal(() => readYaml(`a: &a {${"x".repeat(mebibyte)}: 1}\nb: [${"*a, ".repeat(100)}]\n`, "it")),
    /its aliases expand/,
  );
  assert.match(await refusal(() => chart({ "a/values.yaml": long })), /values.yaml is not YAML: its aliases expand/);
});

test("merge keys may not multiply either", async () => {
  const base = Array.from({ length: 2_000 }, (_, index) => `k${index}: 1`).join(", ");
  assert.match(await refusal(() => readYaml(`b: &b {${base}}\nl:\n${"- {<<: *b}\n".repeat(2_000)}`, "it")), /it is not YAML: merge keys/);
});

test("a text of nothing but values is not read to its end", async () => {
  assert.match(await refusal(() => readYaml(`a: [${"a,".repeat(2_000)}]`, "it", 1_000)), /it holds more than 1000 values/);
  const began = performance.now();
  assert.match(await refusal(() => readIndex(`apiVersion: v1\nentries: [${"a,".repeat(12 * mebibyte)}]`)), /more than 2000000 values/);
  assert.ok(performance.now() - began < 20_000);
});

test("a single line of any length is read", () => {
  const line = "x".repeat(8 * mebibyte);
  assert.deepEqual(readYaml(`a: ${line}`, "it"), { a: line });
  assert.deepEqual(readYaml(`{"a":"${line}"}`, "it"), { a: line });
});

test("keys that are there twice are refused in an index and in a chart", async () => {
  assert.match(await refusal(() => readIndex("apiVersion: v1\nentries:\n  a: []\n  a: []\n")), /duplicated mapping key/);
  assert.match(await refusal(() => chart({ "a/values.yaml": "a: 1\na: 2\n" })), /values.yaml is not YAML: duplicated mapping key/);
});

test("names and versions with control characters are refused", async () => {
  const entry = (name: string, version = "1.0.0") =>
    `apiVersion: v1\nentries:\n  ${JSON.stringify(name)}:\n  - {name: a, version: ${JSON.stringify(version)}, urls: [u]}\n`;
  const skipped = (index: string): string => readIndex(index).skipped.reasons.join();
  assert.match(skipped(entry("a\u001b[31mb")), /the name "a\\u001b\[31mb" of an entry of the index holds control/);
  assert.match(skipped(entry("a", "1.0\u202e0")), /version 1 of a in the index has control characters/);
  const named = archiveOf({ "a/Chart.yaml": 'apiVersion: v2\nname: "a\\nb"\nversion: 1.0.0\n' });
  assert.match(await refusal(async () => readChart(await named)), /Chart.yaml has control characters in its name/);
});

test("a text file of a chart is bounded, and a readme that is too large is left out", async () => {
  const large = Array.from({ length: 700_000 }, (_, index) => index).join(" ");
  assert.match(await refusal(() => chart({ "a/values.yaml": `a: ${large}` })), /values.yaml is larger than 4 MiB/);
  assert.equal((await chart({ "a/README.md": large })).readme, "");
});

test("a template's settings may not make a large cluster of a small package, nor have a great many paths or long ones", () => {
  const described = (template: string, config: object) => describeCluster({ template, configJson: JSON.stringify(config) }, {});
  const times = (count: number) => `{"name":"a","description":"","subnet":"","nodes":[],"env":{"a":[${'"{{a}}",'.repeat(count)}0]}}`;
  const text = { properties: [{ key: "a", default: "x".repeat(100 * kibibyte) }] };
  assert.ok(!("rejected" in described(times(10), text)));
  assert.match(String(Object(described(times(11), text)).rejected), /with the values of its settings it is larger than 1 MiB/);
  const deep = { properties: [{ key: "a", default: JSON.parse(`${"[".repeat(500)}${"]".repeat(500)}`) }] };
  assert.match(String(Object(described(times(1), deep)).rejected), /config.json: it is nested too deep/);
  const many = { properties: Array.from({ length: 2_001 }, (_, index) => ({ key: `k${index}` })) };
  assert.match(String(Object(described(times(0), many)).rejected), /it has more than 2000 settings/);
  const long = { properties: [{ key: "a.".repeat(129) }] };
  assert.match(String(Object(described(times(0), long)).rejected), /has more than 256 characters/);
});

test("no process is given NUL, nor a variable without a name", () => {
  const described = (cluster: object) => {
    const template = JSON.stringify({ name: "a", description: "", subnet: "", nodes: [], ...cluster });
    return String(Object(describeCluster({ template, configJson: "{}" }, {})).rejected);
  };
  for (const env of [{ A: "a\0b" }, { "A\0": "b" }, { A: { b: ["\0"] } }]) assert.match(described({ env }), /holds a NUL character/);
  for (const env of [{ "A=B": "c" }, { "": "c" }, { "A\nB": "c" }]) assert.match(described({ env }), /cluster.json.tmpl: env/);
  assert.equal(described({ env: { "web.console": "two\nlines" } }), "undefined");
  for (const name of ["a\nb", "a".repeat(256)]) assert.match(described({ name }), /cluster.json.tmpl: name must/);
});

test("a chart's YAML holds a bounded number of values", async () => {
  const values = (count: number) => chart({ "a/values.yaml": `a: [${"b, ".repeat(count)}]`, "a/noise": noise });
  await values(199_000);
  assert.match(await refusal(() => values(200_000)), /values.yaml holds more than 200000 values/);
});
/** What does not compress, so that an archive may unpack to more. */
const noise = Array.from({ length: 40_000 }, (_, index) => createHash("sha256").update(String(index)).digest("hex").slice(0, 20)).join("");
