import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { schemas } from "../../../schemas/generated/schemas.ts";
import { loadServices } from "../../../services/chassis/list.ts";
import { program } from "../../../services/cli/program.ts";
import { services } from "../../../services/index.ts";
import { temporaryDirectory } from "../../infra/embedded/temporary-directory.ts";
import { root } from "../../root.ts";

const base = temporaryDirectory();
mkdirSync(base, { recursive: true });
after(() => rmSync(base, { recursive: true, force: true }));
const pitrix = async (...args: readonly string[]): Promise<unknown> => {
  const written: string[] = [];
  const terminal = { write: (text: string) => void written.push(text), exit: () => {}, isTerminal: false };
  await program(terminal, {}, new AbortController().signal).parseAsync(["--json", "contract", ...args], { from: "user" });
  return JSON.parse(written.join(""));
};
const linesOf = (directory: string) => readFileSync(join(directory, "samples.jsonl"), "utf8").trim().split("\n");

test("a consumer gets a sample of every version of every public event, and its test reads them as the library of its language does", async () => {
  const directory = join(base, "node");
  await pitrix(directory, "--consumer", "node", "--registry", "http://127.0.0.1:9100");
  const open = (await loadServices(services)).flatMap(({ aggregates }) =>
    Object.entries(aggregates).flatMap(([name, { public: isPublic }]) => (isPublic ? [name] : [])),
  );
  const expected = schemas.filter(({ aggregate }) => open.includes(aggregate)).map(({ id }) => `http://127.0.0.1:9100/schemas/ids/${id}`);
  const lines = linesOf(directory);
  assert.deepEqual(lines.map((line) => JSON.parse(line).headers.ce_dataschema).toSorted(), expected.toSorted());

  symlinkSync(join(root, "node_modules"), join(directory, "node_modules"));
  const tested = () =>
    spawnSync(process.execPath, ["--test", "contract.test.mjs"], { cwd: directory, env: { PATH: process.env.PATH } }).status;
  assert.equal(tested(), 0);
  const [first = "", ...more] = lines;
  const { fields, ...record } = JSON.parse(first);
  writeFileSync(join(directory, "samples.jsonl"), [JSON.stringify({ ...record, fields: { ...fields, more: 1 } }), ...more].join("\n"));
  assert.equal(tested(), 1);
});

test("whoever takes samples is told what is deprecated in them", async () => {
  const told = Object(await pitrix(join(base, "deprecated"), "--event", "PackageListed")).deprecated;
  assert.match(told["package.PackageListed"]["maintainers.email"], /use their name/);
  assert.deepEqual(Object(await pitrix(join(base, "current"), "--event", "ClusterStopped")).deprecated, {});
});

test("only what was asked for is written, and what cannot be is refused", async () => {
  const directory = join(base, "one");
  await pitrix(directory, "--event", "ClusterStopped");
  assert.ok(linesOf(directory).every((line) => JSON.parse(line).headers.ce_type === "pitrix.cluster.ClusterStopped"));
  await assert.rejects(pitrix(directory), /is not empty/);
  await assert.rejects(pitrix(join(base, "none"), "--event", "ClusterSang"), /there is no event ClusterSang/);
  await assert.rejects(pitrix(join(base, "none"), "--event", "UserCreated"), /no public event/);
});
