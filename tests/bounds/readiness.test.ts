import assert from "node:assert/strict";
import { test } from "node:test";
import { memoryLogBroker } from "../../events/memory/log.ts";
import { seeded, virtualTime } from "../../events/simulation/time.ts";
import { healthWatch } from "../../events/subscription/health.ts";
import { sealing } from "../../services/chassis/access/sealing.ts";
import { announce } from "../../services/chassis/process/discovery.ts";
import { catalogWorld } from "../events/subscription/catalog-world.ts";
import { random } from "../world/process.ts";
import { changes } from "../world/toys/catalog.ts";

test("a subscription whose port is down says so after seconds, with the reason, and is content again once the port is back", async () => {
  let isDown = false;
  const { publish, launch, until, pass, shown } = await catalogWorld();
  const before = async (call: string): Promise<void> => {
    if (isDown && call.startsWith("documents.write")) throw new Error("the store is away");
  };
  const one = await launch({ fate: { before, after: async () => {} } });
  const all = (): readonly string[] => one.subscriptions.flatMap((subscription) => subscription.healthReasons());
  isDown = true;
  await publish(changes("a", 1, 3));
  await pass(3_000);
  assert.deepEqual(all(), [], "a moment is none");
  await until(() => all().length > 0, "it says so", 10_000);
  assert.match(all().join(), /^has not got on with pitrix\.category\/\d for \d+ s: the store is away$/);
  isDown = false;
  await until(() => all().length === 0 && shown("a").length === 3, "it goes on", 60_000);
  await one.stop();
});

test("a subscription that gets on with nothing, or is far behind for long, says so until its assignment ends", async () => {
  const { clock, run } = virtualTime(seeded(1));
  const watched = healthWatch(clock);
  const pass = async (milliseconds: number): Promise<void> => {
    void clock.sleep(milliseconds);
    await run(() => false, milliseconds);
  };
  const assignment = new AbortController();
  const batch = (next: number, end: number) => ({ topic: "pitrix.cluster", partition: 3, records: [], next, end });
  void watched.during("pitrix.cluster/3", assignment.signal, () => new Promise(() => {}));
  await pass(20_000);
  assert.deepEqual(watched.now(), []);
  await pass(11_000);
  assert.deepEqual(watched.now(), ["has not got on with pitrix.cluster/3 for 31 s"]);
  assignment.abort();
  assert.deepEqual(watched.now(), [], "others have it now");

  const { signal: next } = new AbortController();
  watched.handled(batch(1_000, 500_000), next);
  assert.deepEqual(watched.now(), ["is 499000 events behind in pitrix.cluster/3"], "from the first batch on");
  watched.handled(batch(495_000, 500_000), next);
  assert.deepEqual(watched.now(), []);
  watched.handled(batch(500_000, 520_000), next);
  assert.deepEqual(watched.now(), [], "a burst is no lag");
  await pass(31_000);
  watched.handled(batch(510_000, 530_000), next);
  assert.deepEqual(watched.now(), ["is 20000 events behind in pitrix.cluster/3"]);
});

test("an instance that cannot announce itself for as long as others remember it says so, and is content with the next beat", async () => {
  const { clock, run } = virtualTime(seeded(1));
  let isDown = false;
  const before = async (call: string): Promise<void> => {
    if (isDown && call.startsWith("log.publish")) throw new Error("the broker is away");
  };
  const log = memoryLogBroker({ clock }).connect({ before, after: async () => {} });
  const self = { service: "cluster", url: "http://localhost:1", instance: "one", since: "" };
  const announced = await announce({ log, clock, keys: [{ id: "k1", key: new Uint8Array(32) }] }, self, () => {});
  await run(() => false, 10_000);
  assert.equal(announced.trouble(), undefined);
  isDown = true;
  assert.equal(await run(() => announced.trouble() !== undefined, 10_000), true);
  assert.match(announced.trouble() ?? "", /cannot announce itself: the log has taken nothing for \d+ s/);
  isDown = false;
  assert.equal(await run(() => announced.trouble() === undefined, 5_000), true);
  const stopped = announced.stop();
  await run(() => false, 1_000);
  await stopped;
});

test("secrets whose platform key is missing are a trouble, until somebody who has it wraps their keys anew", async () => {
  const { clock, run } = virtualTime(seeded(1));
  const log = memoryLogBroker({ clock }).connect();
  const [old, current] = ["k1", "k2"].map((id) => ({ id, key: random(32) }));
  assert.ok(old && current);
  const made = async (...keys: readonly (typeof old)[]) => {
    const opening = sealing({ log, clock }, keys, random, { service: "cluster", partitions: 1 });
    let opened: Awaited<typeof opening> | undefined;
    void opening.then((one) => {
      opened = one;
    });
    await run(() => opened !== undefined, 10_000);
    return opening;
  };
  const before = await made(old);
  await before.seal("secret", { stream: "repo/repo-1", field: "sealedCredential" });
  const without = await made(current);
  assert.deepEqual(without.healthReasons(), ["cannot open 1 secrets: the platform key k1 is missing"]);
  const both = await made(current, old);
  assert.deepEqual(both.healthReasons(), []);
  assert.equal(await both.rewrap(), 1);
  assert.equal(await run(() => without.healthReasons().length === 0, 10_000), true);
  for (const one of [before, without, both]) void one.stop();
  await run(() => false, 1_000);
});
