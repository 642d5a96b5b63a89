import assert from "node:assert/strict";
import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { temporaryDirectory } from "../infra/embedded/temporary-directory.ts";
import { root } from "../root.ts";
import { ask } from "../world/requests.ts";
import { consumesEverything, programIn } from "./consumer.ts";
import { platform, type ThirdPartyPlatform } from "./fixture.ts";
import { installed } from "./installed.ts";

// The programs are those of docs/consuming-events.md.

let running: ThirdPartyPlatform;
before(async () => {
  running = await platform();
});
after(() => running?.stop());

test("every public event of every version is what was committed: Node, kafkajs and its registry client", async () => {
  const directory = temporaryDirectory();
  mkdirSync(directory, { recursive: true });
  symlinkSync(join(root, "node_modules"), join(directory, "node_modules"));
  await consumesEverything(programIn("js"), { file: "consume.mjs", directory, command: (file) => [process.execPath, file] }, running);
});

test("every public event of every version is what was committed: Python, confluent-kafka with its Avro deserializer", async () => {
  const directory = await installed("python", (into) => [
    "python3",
    ...["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--only-binary=:all:", "--target", join(into, "packages")],
    ...["-r", join(into, "requirements.txt")],
  ]);
  const environment = { PYTHONPATH: join(directory, "packages"), PYTHONDONTWRITEBYTECODE: "1" };
  const command = (file: string) => ["python3", file] as const;
  await consumesEverything(programIn("python"), { file: "consume.py", directory, command, environment }, running);
});

test("the schema of an event is at the URL that its header names", async () => {
  const [sample] = running.samples;
  const [event] = sample?.commit.events ?? [];
  const { body } = await ask(`${running.access.PITRIX_URL}/schemas/ids/${event?.schemaId}`);
  assert.equal(JSON.parse(body.schema).name, event?.type);
});
