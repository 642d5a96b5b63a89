import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { kind } from "../../events/memory/fate.ts";
import { memoryLogBroker } from "../../events/memory/log.ts";
import type { Clock } from "../../events/ports.ts";
import { eventually } from "../eventually.ts";
import { logContract } from "./log.ts";
import { collect, newTopic, record, textOf } from "./log-world.ts";

const clock: Clock = {
  now: Date.now,
  sleep: (milliseconds, signal) => sleep(milliseconds, undefined, signal ? { signal } : {}).catch(() => {}),
  random: Math.random,
};

logContract("the log in memory", async () => {
  const broker = memoryLogBroker({ clock });
  return { log: () => broker.connect(), close: async () => {} };
});

test("a lost reply leaves the records in the log of memory", async () => {
  const broker = memoryLogBroker({ clock });
  let lose = true;
  const log = broker.connect({
    before: kind.before,
    after: async (call) => {
      if (lose && call.startsWith("log.publish")) throw new Error("the reply was lost");
    },
  });
  const topic = await newTopic(log);
  await assert.rejects(log.publish([record(topic, "key", "1")]), /the reply was lost/);
  lose = false;
  await log.publish([record(topic, "key", "1"), record(topic, "key", "2")]);
  const reading = await collect(log, [topic]);
  await eventually("all that was stored arrives", () => reading.records.length === 3);
  assert.deepEqual(reading.records.map(textOf), ["1", "1", "2"]);
  await log.close();
});

test("a crashed instance of the log in memory loses its partitions to the others", async () => {
  const broker = memoryLogBroker({ clock });
  let crash = false;
  const never = new Promise<never>(() => {});
  const crashing = broker.connect({ before: () => (crash ? never : Promise.resolve()), after: kind.after });
  const other = broker.connect();
  const topic = await newTopic(other);
  const group = "crash";
  const [lost, reading] = [await collect(crashing, [topic], { group }), await collect(other, [topic], { group })];
  crash = true;
  await other.publish(Array.from({ length: 60 }, (_, i) => record(topic, `key-${i}`, String(i))));
  await eventually("the living member gets its share", () => reading.records.length > 0);
  assert.ok(reading.records.length < 60);
  broker.disconnect(crashing);
  await eventually("the living member gets everything", () => new Set(reading.records.map(textOf)).size === 60);
  assert.deepEqual(lost.records, []);
  await other.close();
});
