import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import { memoryLogBroker } from "../../../events/memory/log.ts";
import type { Log } from "../../../events/ports.ts";
import { encrypt } from "../../../services/chassis/access/aes-gcm.ts";
import { asSealed, sealWith, wrap } from "../../../services/chassis/access/envelope.ts";
import { KeyGone, keysTopicOf, sealing } from "../../../services/chassis/access/sealing.ts";
import { systemClock } from "../../../services/chassis/process/clock.ts";
import type { PlatformKey } from "../../../services/chassis/process/settings.ts";
import { eventually } from "../../eventually.ts";
import { random } from "../../world/process.ts";

const clock = systemClock;
const platformKey = (id: string): PlatformKey => ({ id, key: random(32) });
const k1 = platformKey("k1");
const location = { stream: "repo/repo-1", field: "sealedCredential" };
const start = (log: Log, keys: readonly PlatformKey[] = [k1], service = "repo") =>
  sealing({ log, clock }, keys, random, { service, partitions: 2, wait: 200 });
const KEYS_TOPIC = keysTopicOf("repo");

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
  const sealed = await here.seal("correct horse ✓", location);
  assert.match(sealed, /^v2\.repo_[\da-f]{24}\.[\w-]{16}\.[\w-]+$/);
  assert.equal(await here.open(sealed, location), "correct horse ✓");
  assert.equal(await there.open(sealed, location), "correct horse ✓");
  const late = await start(broker.connect());
  assert.equal(await late.open(sealed, location), "correct horse ✓");
  await Promise.all([here.stop(), there.stop(), late.stop()]);
});

test("the same secret is never sealed to the same text, and neither it nor its key is on the log in clear", async () => {
  const log = memoryLogBroker({ clock }).connect();
  const here = await start(log);
  const secret = randomBytes(20).toString("hex");
  assert.notEqual(await here.seal(secret, location), await here.seal(secret, location));
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
      const ends = await log.publish(records);
      stored = true;
      return ends;
    },
  };
  const here = await start(slow);
  await here.seal("x", location);
  assert.ok(stored);
  const broken: Log = { ...log, publish: () => Promise.reject(new Error("no broker")) };
  const there = await start(broken);
  await assert.rejects(there.seal("x", location), /no broker/);
  await Promise.all([here.stop(), there.stop()]);
});

test("a secret whose key was destroyed is gone in every process, for ever", async () => {
  const broker = memoryLogBroker({ clock });
  const [here, there] = [await start(broker.connect()), await start(broker.connect())];
  const sealed = await here.seal("to be gone", location);
  assert.equal(await there.open(sealed, location), "to be gone");
  await there.destroyKey(sealed);
  await there.destroyKey(sealed);
  await assert.rejects(there.open(sealed, location), KeyGone);
  await eventually("it is gone here too", () =>
    here.open(sealed, location).then(
      () => false,
      (error) => error instanceof KeyGone,
    ),
  );
  const late = await start(broker.connect());
  await assert.rejects(late.open(sealed, location), KeyGone);
  await Promise.all([here.stop(), there.stop(), late.stop()]);
});

test("a text that was changed is not opened, and what is no sealed text is refused", async () => {
  const here = await start(memoryLogBroker({ clock }).connect());
  const [one, two] = [await here.seal("first", location), await here.seal("other", location)];
  const [v, id, iv, bytes = ""] = one.split(".");
  const flipped = `${bytes.startsWith("A") ? "B" : "A"}${bytes.slice(1)}`;
  await assert.rejects(here.open(asSealed([v, id, iv, flipped].join(".")), location));
  await assert.rejects(here.open(asSealed([v, two.split(".")[1], iv, bytes].join(".")), location));
  for (const text of ["", "clear text", "v2.a.b.c", "v1...", `v3${one.slice(2)}`]) assert.throws(() => asSealed(text), /is not sealed/);
  await here.stop();
});

test("after a rotation old secrets open, and are wrapped by the new key, so that the old one can go", async () => {
  const broker = memoryLogBroker({ clock });
  const log = broker.connect();
  const before = await start(log);
  const sealed = await before.seal("older", location);
  await before.stop();
  const k2 = platformKey("k2");
  const rotating = await start(broker.connect(), [k2, k1]);
  assert.equal(await rotating.open(sealed, location), "older");
  assert.equal(await rotating.rewrap(), 1);
  assert.equal(await rotating.rewrap(), 0);
  await rotating.stop();
  const after = await start(broker.connect(), [k2]);
  assert.equal(await after.open(sealed, location), "older");
  await after.stop();
});

test("a key that somebody wraps again while it is destroyed stays destroyed", async () => {
  const broker = memoryLogBroker({ clock });
  const log = broker.connect();
  const here = await start(log);
  const sealed = await here.seal("gone", location);
  const [id = "", wrapped] = [...(await onTopic(log))][0] ?? [];
  await here.destroyKey(sealed);
  await log.publish([{ topic: KEYS_TOPIC, key: id, value: Buffer.from(wrapped ?? ""), headers: {} }]);
  await eventually("its key is gone", async () => (await onTopic(log)).get(id) === null);
  await assert.rejects(here.open(sealed, location), KeyGone);
  await here.stop();
});

test("without the platform key nothing opens", async () => {
  const broker = memoryLogBroker({ clock });
  const here = await start(broker.connect());
  const sealed = await here.seal("x", location);
  const stranger = await start(broker.connect(), [platformKey("k9")]);
  await assert.rejects(stranger.open(sealed, location), /platform key k1/);
  await Promise.all([here.stop(), stranger.stop()]);
});

test("a secret opens only as the field of the stream that it was sealed for", async () => {
  const here = await start(memoryLogBroker({ clock }).connect());
  const sealed = await here.seal("mine", location);
  for (const other of [{ stream: "repo/repo-2" }, { field: "sealedContent" }, { stream: "repo/repo-1 sealedCredential", field: "" }])
    await assert.rejects(here.open(sealed, { ...location, ...other }));
  await assert.rejects(here.open(asSealed(`v1${sealed.slice(2)}`), location), "an older form does not loosen it");
  assert.equal(await here.open(sealed, location), "mine");
  await here.stop();
});

test("a text of version 1, which does not say where it belongs, opens where it was opened first, and nowhere else", async () => {
  const log = memoryLogBroker({ clock }).connect();
  const [dataKey, iv, keyId] = [random(32), random(12), "older"];
  const here = await start(log);
  const wrapped = wrap(k1, keyId, dataKey, random(12));
  await log.ensureTopics([{ name: keysTopicOf(), partitions: 2, compacted: true }]);
  await log.publish([{ topic: keysTopicOf(), key: keyId, value: Buffer.from(JSON.stringify(wrapped)), headers: {} }]);
  const bytes = encrypt(dataKey, iv, Buffer.from("from before"), keyId);
  const sealed = asSealed(["v1", keyId, Buffer.from(iv).toString("base64url"), bytes.toString("base64url")].join("."));
  assert.equal(await here.open(sealed, location), "from before");
  await assert.rejects(
    here.open(sealed, { ...location, stream: "repo/repo-2" }),
    /of repo\/repo-1 sealedCredential does not open as repo\/repo-2/,
  );
  assert.equal(await here.open(sealed, location), "from before");
  await here.stop();
});

test("a secret whose key names no service is opened by all, and destroyed by any", async () => {
  const broker = memoryLogBroker({ clock });
  const log = broker.connect();
  const [keyId, dataKey] = ["0123456789abcdef", random(32)];
  await log.ensureTopics([{ name: keysTopicOf(), partitions: 2, compacted: true }]);
  await log.publish([
    { topic: keysTopicOf(), key: keyId, value: Buffer.from(JSON.stringify(wrap(k1, keyId, dataKey, random(12)))), headers: {} },
  ]);
  const sealed = sealWith(dataKey, keyId, "older", location, random(12));
  const [repo, runtime] = [await start(log), await start(broker.connect(), [k1], "runtime")];
  for (const each of [repo, runtime]) assert.equal(await each.open(sealed, location), "older");
  await repo.destroyKey(sealed);
  await eventually("it is gone in the other service", () =>
    runtime.open(sealed, location).then(
      () => false,
      (error) => error instanceof KeyGone,
    ),
  );
  await Promise.all([repo.stop(), runtime.stop()]);
});

test("a service opens the secrets of another and destroys only its own; what a topic says of a foreign key does not count", async () => {
  const broker = memoryLogBroker({ clock });
  const log = broker.connect();
  const [repo, runtime] = [await start(log), await start(broker.connect(), [k1], "runtime")];
  const [sealed, kept] = [await repo.seal("of repo", location), await repo.seal("kept", location)];
  assert.equal(await runtime.open(sealed, location), "of repo");
  await assert.rejects(runtime.destroyKey(sealed), /by the service repo only/);
  const id = String(kept.split(".")[1]);
  await log.publish([
    { topic: keysTopicOf("runtime"), key: id, value: null, headers: {} },
    { topic: keysTopicOf("runtime"), key: id, value: Buffer.from(JSON.stringify({ platformKey: "k1", wrapped: "forged" })), headers: {} },
  ]);
  const late = await start(broker.connect(), [k1], "runtime");
  for (const each of [repo, runtime, late]) assert.equal(await each.open(kept, location), "kept");
  await repo.destroyKey(sealed);
  await eventually("it is gone in the other service", () =>
    runtime.open(sealed, location).then(
      () => false,
      (error) => error instanceof KeyGone,
    ),
  );
  assert.equal(await late.open(kept, location), "kept");
  await Promise.all([repo.stop(), runtime.stop(), late.stop()]);
});
