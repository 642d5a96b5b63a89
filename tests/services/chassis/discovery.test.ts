import assert from "node:assert/strict";
import { test } from "node:test";
import { memoryLogBroker } from "../../../events/memory/log.ts";
import type { Clock, OutgoingRecord } from "../../../events/ports.ts";
import { announcementProof } from "../../../services/chassis/process/announcement.ts";
import { systemClock } from "../../../services/chassis/process/clock.ts";
import {
  announce,
  directory,
  INSTANCES_TOPIC,
  type ServiceInstance,
  staticDirectory,
} from "../../../services/chassis/process/discovery.ts";
import { eventually } from "../../eventually.ts";
import { random } from "../../world/process.ts";

/** A clock that stands still until it is moved; those who sleep wake when their time has come. */
const handClock = () => {
  let now = 1_000_000;
  const sleepers = new Set<{ until: number; wake: () => void }>();
  const clock: Clock = {
    now: () => now,
    random: () => 0.5,
    sleep: (milliseconds, signal) =>
      new Promise((resolve) => {
        const sleeper = { until: now + milliseconds, wake: () => {} };
        sleeper.wake = () => {
          sleepers.delete(sleeper);
          resolve();
        };
        sleepers.add(sleeper);
        signal?.addEventListener("abort", sleeper.wake, { once: true });
        if (signal?.aborted) sleeper.wake();
      }),
  };
  return {
    clock,
    pass: async (milliseconds: number) => {
      for (const end = now + milliseconds; now < end; ) {
        now = Math.min(end, now + 500);
        for (const sleeper of sleepers) if (sleeper.until <= now) sleeper.wake();
        await new Promise((resolve) => setImmediate(resolve));
      }
    },
  };
};

const self = (instance: string, service = "app"): ServiceInstance => ({ service, instance, url: `http://${instance}`, since: "now" });
const keys = [{ id: "k1", key: random(32) }];

/** What an instance announces at a time; null: it leaves. */
const announced = (instance: string, at: number, said: object | string | null = self(instance), by = keys): OutgoingRecord => {
  const value = said === null ? null : Buffer.from(typeof said === "string" ? said : JSON.stringify(said));
  const beat = String(at);
  const proof = announcementProof(by, { instance, beat, value });
  return { topic: INSTANCES_TOPIC, key: instance, value, headers: { "pitrix-beat": beat, "pitrix-proof": proof } };
};

test("an instance that announces itself is found by its service until it says goodbye", async () => {
  const broker = memoryLogBroker({ clock: systemClock });
  const ports = { log: broker.connect(), clock: systemClock, keys };
  const found = await directory(ports);
  const [one, two] = [await announce(ports, self("one"), assert.ifError), await announce(ports, self("two"), assert.ifError)];
  const repo = await announce(ports, self("three", "repo"), assert.ifError);
  await eventually("all are found", () => found.instancesOf("app").length === 2 && found.instancesOf("repo").length === 1);
  assert.deepEqual(found.services(), ["app", "repo"]);
  assert.deepEqual(found.instancesOf("repo"), [self("three", "repo")]);
  const late = await directory(ports);
  assert.equal(late.instancesOf("app").length, 2);
  await one.stop();
  // Sooner than silence tells.
  await eventually("the goodbye", () => found.instancesOf("app").length === 1, 5_000);
  assert.equal(found.instancesOf("app")[0]?.instance, "two");
  await Promise.all([two.stop(), repo.stop(), found.stop(), late.stop()]);
});

test("who falls silent is forgotten after six seconds, while others beat on", async () => {
  const { clock, pass } = handClock();
  const broker = memoryLogBroker({ clock: systemClock });
  const ports = { log: broker.connect(), clock, keys };
  const found = await directory(ports);
  const beating = await announce(ports, self("alive"), assert.ifError);
  await ports.log.publish([announced("dying", clock.now())]);
  await eventually("both are found", () => found.instancesOf("app").length === 2);
  await pass(5_000);
  assert.equal(found.instancesOf("app").length, 2);
  await pass(4_000);
  await eventually("one is forgotten", () => found.instancesOf("app").length === 1);
  assert.equal(found.instancesOf("app")[0]?.instance, "alive");
  await Promise.all([beating.stop(), found.stop()]);
});

test("what announced itself in the past and is silent since is not found by who comes now", async () => {
  const broker = memoryLogBroker({ clock: systemClock });
  const ports = { log: broker.connect(), clock: systemClock, keys };
  const first = await directory(ports);
  const beat = (instance: string, age: number, said?: string) => announced(instance, Date.now() - age, said);
  await ports.log.publish([beat("old", 60_000), beat("new", 100), beat("strange", 0, "no JSON")]);
  const late = await directory(ports);
  assert.deepEqual(
    late.instancesOf("app").map(({ instance }) => instance),
    ["new"],
  );
  await Promise.all([first.stop(), late.stop()]);
});

test("when nobody is heard any more, whoever was there last still counts", async () => {
  const { clock, pass } = handClock();
  const ports = { log: memoryLogBroker({ clock: systemClock }).connect(), clock, keys };
  const found = await directory(ports);
  await ports.log.publish([announced("one", clock.now())]);
  await eventually("it is found", () => found.instancesOf("app").length === 1);
  await pass(60_000);
  assert.equal(found.instancesOf("app").length, 1);
  await found.stop();
});

test("when the log speaks again, nobody is forgotten because another was heard first", async () => {
  const { clock, pass } = handClock();
  const ports = { log: memoryLogBroker({ clock: systemClock }).connect(), clock, keys };
  const found = await directory(ports);
  const beat = (instance: string) => ports.log.publish([announced(instance, clock.now())]);
  await Promise.all([beat("one"), beat("two")]);
  await eventually("both are found", () => found.instancesOf("app").length === 2);
  await pass(60_000);
  await beat("one");
  await beat("three");
  await eventually("three are found", () => found.instancesOf("app").length === 3);
  await pass(4_000);
  await beat("one");
  await beat("four");
  await eventually("four are found", () => found.instancesOf("app").length === 4);
  await pass(3_000);
  await beat("one");
  await eventually("two are forgotten", () => found.instancesOf("app").length === 2);
  assert.deepEqual(
    found
      .instancesOf("app")
      .map(({ instance }) => instance)
      .sort(),
    ["four", "one"],
  );
  await found.stop();
});

test("what the platform has not signed is ignored: an instance, an address for a known one, its goodbye, and an old beat", async () => {
  const { clock, pass } = handClock();
  const ports = { log: memoryLogBroker({ clock: systemClock }).connect(), clock, keys };
  const forged: string[] = [];
  const found = await directory(ports, (instance) => forged.push(instance));
  const one = await announce(ports, self("one"), assert.ifError);
  await eventually("it is found", () => found.instancesOf("app").length === 1);
  const good = announced("one", clock.now());
  const other = Buffer.from(JSON.stringify({ ...self("one"), url: "http://elsewhere" }));
  const foreign = [{ id: "k1", key: random(32) }];
  await ports.log.publish([
    announced("two", clock.now(), self("two"), foreign),
    { ...announced("three", clock.now()), headers: { "pitrix-beat": String(clock.now()) } },
    { ...good, value: other },
    { ...good, value: null },
    { ...good, key: "four" },
    { ...good, headers: { ...good.headers, "pitrix-beat": String(clock.now() + 1) } },
  ]);
  await eventually("all are read", () => forged.length === 6);
  assert.deepEqual(found.instancesOf("app"), [self("one")]);
  // Who has read what was signed cannot use it again: neither after the instance has left, nor after a minute.
  const late = announced("late", clock.now());
  await one.stop();
  await ports.log.publish([good]);
  await pass(61_000);
  await ports.log.publish([late, announced("last", clock.now(), self("last", "repo"))]);
  await eventually("the last is found", () => found.instancesOf("repo").length === 1);
  assert.deepEqual(found.instancesOf("app"), []);
  await found.stop();
});

test("an instance is known by a new platform key and by an older one", async () => {
  const [older, newer] = [
    { id: "k1", key: random(32) },
    { id: "k2", key: random(32) },
  ] as const;
  const log = memoryLogBroker({ clock: systemClock }).connect();
  const found = await directory({ log, clock: systemClock, keys: [newer, older] });
  await log.publish([announced("old", Date.now(), undefined, [older]), announced("new", Date.now(), undefined, [newer])]);
  await eventually("both are found", () => found.instancesOf("app").length === 2);
  await found.stop();
});

test("static services stand where the settings say", () => {
  const found = staticDirectory(new Map([["app", ["http://a", "http://b"]]]));
  assert.deepEqual(
    found.instancesOf("app").map(({ url }) => url),
    ["http://a", "http://b"],
  );
  assert.deepEqual(found.instancesOf("repo"), []);
});
