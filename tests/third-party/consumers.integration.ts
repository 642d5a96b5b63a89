import assert from "node:assert/strict";
import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { Kafka, logLevel } from "kafkajs";
import { temporaryDirectory } from "../infra/embedded/temporary-directory.ts";
import { root } from "../root.ts";
import { ask } from "../world/requests.ts";
import { consumesEverything, programIn, testsContract } from "./consumer.ts";
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

test("the contract's test for a consumer in Python reads every sample", async () => {
  testsContract("python", ["python3", "-m", "unittest", "contract_test"], (await python()).environment);
});

test("a third party's user sees the public topics and no others, though all are there", async () => {
  const admin = new Kafka({ ...running.reader, logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  const topicOf = ({ type }: { readonly type: string }) => type.slice(0, type.lastIndexOf("."));
  const topics = new Set(running.samples.filter(({ isPublic }) => isPublic).map(topicOf));
  assert.ok(new Set(running.samples.map(topicOf)).size > topics.size);
  assert.deepEqual((await admin.listTopics()).toSorted(), [...topics].toSorted());
  await admin.disconnect();
});

test("the schema of an event is at the URL that its header names", async () => {
  const [sample] = running.samples;
  const [event] = sample?.commit.events ?? [];
  const { body } = await ask(`${running.access.PITRIX_URL}/schemas/ids/${event?.schemaId}`);
  assert.equal(JSON.parse(body.schema).name, event?.type);
});
