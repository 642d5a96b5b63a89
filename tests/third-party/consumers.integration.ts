import assert from "node:assert/strict";
import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { temporaryDirectory } from "../infra/embedded/temporary-directory.ts";
import { root } from "../root.ts";
import { ask } from "../world/requests.ts";
import { consumesEverything, programIn } from "./consumer.ts";
import { platform, type ThirdPartyPlatform } from "./fixture.ts";
import { python } from "./installed.ts";

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
  await consumesEverything(programIn("python"), await python(), running);
});

test("the schema of an event is at the URL that its header names", async () => {
  const [sample] = running.samples;
  const [event] = sample?.commit.events ?? [];
  const { body } = await ask(`${running.access.PITRIX_URL}/schemas/ids/${event?.schemaId}`);
  assert.equal(JSON.parse(body.schema).name, event?.type);
});
