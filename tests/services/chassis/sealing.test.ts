import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import { memoryLogBroker } from "../../../events/memory/log.ts";
import type { Log } from "../../../events/ports.ts";
import { asSealed } from "../../../services/chassis/access/envelope.ts";
import { KEYS_TOPIC, KeyGone, sealing } from "../../../services/chassis/access/sealing.ts";
import { systemClock } from "../../../services/chassis/process/clock.ts";
import type { PlatformKey } from "../../../services/chassis/process/settings.ts";
import { eventually } from "../../eventually.ts";
import { random } from "../../world/process.ts";

const clock = systemClock;
const platformKey = (id: string): PlatformKey => ({ id, key: random(32) });
const k1 = platformKey("k1");
const start = (log: Log, keys: readonly PlatformKey[] = [k1]) => sealing({ log, clock }, keys, random, { partitions: 2, wait: 200 });

/** What a new reader finds on the topic, latest first overwriting. */
const onTopic = async (log: Log): Promise<ReadonlyMap<string, string | null>> => {
  const found = new Map<string, string | null>();
  const following = await log.follow(KEYS_TOPIC, ({ key, value }) => void found.set(key, value && Buffer.from(value).toString("utf8")));
  await following.caughtUp;
  await following.stop();
  return found;
};

test("a sealed secret is opened again, here and by any other process", async () => {
  const broker = memoryLogBroker({ clock });
  const here = await start(broker.connect());
  const there = await start(broker.connect());
  const sealed = await here.seal("correct horse ✓");
  assert.match(sealed, /^v1\.[\w-]{16}\.[\w-]{16}\.[\w-]+$/);
  assert.equal(await here.open(sealed), "correct horse ✓");
  assert.equal(await there.open(sealed), "correct horse ✓");
  const late = await start(broker.connect());
  assert.equal(await late.open(sealed), "correct horse ✓");
  await Promise.all([here.stop(), there.stop(), late.stop()]);
});

test("the same secret is never sealed to the same text, and neither it nor its key is on the log in clear", async () => {
  const log = memoryLogBroker({ clock }).connect();
  const here = await start(log);
  const secret = randomBytes(20).toString("hex");
  assert.notEqual(await here.seal(secret), await here.seal(secret));
  const keys = await onTopic(log);
  assert.equal(keys.size, 2);
  assert.ok([...keys.values()].every((value) => value !== null && !value.includes(secret)));
  await here.stop();
});

test("sealing returns only once the key is acknowledged", async () => {
  const log = memoryLogBroker({ clock }).connect();
  let stored = false;
  const slow: Log = {
    ...log,
    publish: async (records) => {
      await log.publish(records);
      stored = true;
    },
  };
  const here = await start(slow);
  await here.seal("x");
  assert.ok(stored);
  const broken: Log = { ...log, publish: () => Promise.reject(new Error("no broker")) };
  const there = await start(broken);
  await assert.rejects(there.seal("x"), /no broker/);
  await Promise.all([here.stop(), there.stop()]);
});

test("a secret whose key was destroyed is gone in every process, for ever", async () => {
  const broker = memoryLogBroker({ clock });
  const [here, there] = [await start(broker.connect()), await start(broker.connect())];
  const sealed = await here.seal("to be gone");
  assert.equal(await there.open(sealed), "to be gone");
  await there.destroyKey(sealed);
  await there.destroyKey(sealed);
  await assert.rejects(there.open(sealed), KeyGone);
  await eventually("it is gone here too", () =>
    here.open(sealed).then(
      () => false,
      (error) => error instanceof KeyGone,
    ),
  );
  const late = await start(broker.connect());
  await assert.rejects(late.open(sealed), KeyGone);
  await Promise.all([here.stop(), there.stop(), late.stop()]);
});

test("a text that was changed is not opened, and what is no sealed text is refused", async () => {
  const here = await start(memoryLogBroker({ clock }).connect());
  const [one, two] = [await here.seal("first"), await here.seal("other")];
  const [v, id, iv, bytes = ""] = one.split(".");
  const flipped = `${bytes.startsWith("A") ? "B" : "A"}${bytes.slice(1)}`;
  await assert.rejects(here.open(asSealed([v, id, iv, flipped].join("."))));
  await assert.rejects(here.open(asSealed([v, two.split(".")[1], iv, bytes].join("."))));
  for (const text of ["", "clear text", "v2.a.b.c", "v1...", `v3${one.slice(2)}`]) assert.throws(() => asSealed(text), /is not sealed/);
  await here.stop();
});

test("after a rotation old secrets open, and are wrapped by the new key, so that the old one can go", async () => {
  const broker = memoryLogBroker({ clock });
  const log = broker.connect();
  const before = await start(log);
  const sealed = await before.seal("older");
  await before.stop();
  const k2 = platformKey("k2");
  const rotating = await start(broker.connect(), [k2, k1]);
  assert.equal(await rotating.open(sealed), "older");
  assert.equal(await rotating.rewrap(), 1);
  assert.equal(await rotating.rewrap(), 0);
  await rotating.stop();
  const after = await start(broker.connect(), [k2]);
  assert.equal(await after.open(sealed), "older");
  await after.stop();
});

test("a key that somebody wraps again while it is destroyed stays destroyed", async () => {
  const broker = memoryLogBroker({ clock });
  const log = broker.connect();
  const here = await start(log);
  const sealed = await here.seal("gone");
  const [id = "", wrapped] = [...(await onTopic(log))][0] ?? [];
  await here.destroyKey(sealed);
  await log.publish([{ topic: KEYS_TOPIC, key: id, value: Buffer.from(wrapped ?? ""), headers: {} }]);
  await eventually("its key is gone", async () => (await onTopic(log)).get(id) === null);
  await assert.rejects(here.open(sealed), KeyGone);
  await here.stop();
});

test("without the platform key nothing opens", async () => {
  const broker = memoryLogBroker({ clock });
  const here = await start(broker.connect());
  const sealed = await here.seal("x");
  const stranger = await start(broker.connect(), [platformKey("k9")]);
  await assert.rejects(stranger.open(sealed), /platform key k1/);
  await Promise.all([here.stop(), stranger.stop()]);
});
