import assert from "node:assert/strict";
import { createServer } from "node:net";
import { test } from "node:test";
import { EmbeddedError } from "../../../../infra/embedded/failure.ts";
import { identify } from "../../../../infra/embedded/identity.ts";
import { startKafka } from "../../../../infra/embedded/kafka/server.ts";
import { freePorts } from "../../../../infra/embedded/ports.ts";
import { temporaryDirectory } from "../temporary-directory.ts";
import { createTopic, produce, readAll } from "./topic.ts";

test("Kafka starts on a free port, takes messages, gives them back, and is gone after stop", async (t) => {
  const kafka = await startKafka({ directory: temporaryDirectory() });
  t.after(kafka.stop);
  await createTopic(kafka, "greetings");
  await produce(kafka, "greetings", ["hello", "world"]);
  assert.deepEqual(await readAll(kafka, "greetings", 2), ["hello", "world"]);
  const pids = kafka.pids;
  assert.equal(pids.length, 1);
  await kafka.stop();
  assert.deepEqual(kafka.pids, []);
  assert.deepEqual(pids.map(identify), [undefined]);
});

test("messages that Kafka acknowledged survive a kill, on the same port", async (t) => {
  const kafka = await startKafka({ directory: temporaryDirectory() });
  t.after(kafka.stop);
  await createTopic(kafka, "kept");
  const sent = Array.from({ length: 200 }, (_, index) => `message ${index}`);
  for (let at = 0; at < sent.length; at += 50) await produce(kafka, "kept", sent.slice(at, at + 50));
  await kafka.kill();
  assert.deepEqual(kafka.pids, []);
  await kafka.restart();
  assert.deepEqual(await readAll(kafka, "kept", sent.length), sent);
});

test("a later start on the same directory finds the same cluster on the same port", async (t) => {
  const directory = temporaryDirectory();
  const first = await startKafka({ directory });
  t.after(first.stop);
  await createTopic(first, "again");
  await produce(first, "again", ["before"]);
  await first.stop();
  const second = await startKafka({ directory });
  t.after(second.stop);
  assert.deepEqual(second.connection.brokers, first.connection.brokers);
  await produce(second, "again", ["after"]);
  assert.deepEqual(await readAll(second, "again", 2), ["before", "after"]);
});

test("a port in use is refused at once, with its number and a way out", async (t) => {
  const [port = 0] = await freePorts(1);
  const other = createServer().listen(port, "127.0.0.1");
  t.after(() => other.close());
  const started = performance.now();
  await assert.rejects(startKafka({ directory: temporaryDirectory(), port }), (failure) => {
    assert.ok(failure instanceof EmbeddedError);
    assert.equal(failure.code, "portInUse");
    assert.match(failure.message, new RegExp(`port ${port} .* in use .* choose another port`));
    return true;
  });
  assert.ok(performance.now() - started < 10_000);
});

test("a broker that cannot start is reported with the end of its log", async () => {
  const settings = { "log.retention.ms": "not a number" };
  await assert.rejects(startKafka({ directory: temporaryDirectory(), settings }), (failure) => {
    assert.ok(failure instanceof EmbeddedError);
    assert.equal(failure.code, "notReady");
    assert.match(failure.message, /not a number/);
    return true;
  });
});

test("a directory in use is refused with the process id, or taken over if asked", async (t) => {
  const directory = temporaryDirectory();
  const first = await startKafka({ directory });
  t.after(first.stop);
  const [pid = 0] = first.pids;
  await assert.rejects(startKafka({ directory }), (failure) => {
    assert.ok(failure instanceof EmbeddedError);
    assert.equal(failure.code, "alreadyRunning");
    assert.ok(failure.message.includes(String(pid)));
    return true;
  });
  const second = await startKafka({ directory, takeOver: true });
  t.after(second.stop);
  assert.equal(identify(pid), undefined);
  assert.deepEqual(second.connection.brokers, first.connection.brokers);
});

test("three nodes go on with two, and the third comes back to all messages", async (t) => {
  const kafka = await startKafka({ directory: temporaryDirectory(), nodes: 3 });
  t.after(kafka.stop);
  const pids = kafka.pids;
  assert.equal(pids.length, 3);
  await createTopic(kafka, "replicated", 3);
  await produce(kafka, "replicated", ["with three"]);
  await kafka.kill(2);
  await produce(kafka, "replicated", ["with two"]);
  await kafka.restart(2);
  assert.equal(kafka.pids.length, 3);
  await kafka.kill(3);
  assert.deepEqual(await readAll(kafka, "replicated", 2), ["with three", "with two"]);
  await kafka.stop();
  assert.deepEqual(pids.map(identify), [undefined, undefined, undefined]);
});
