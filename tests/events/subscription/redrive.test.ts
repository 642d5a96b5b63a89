import assert from "node:assert/strict";
import { test } from "node:test";
import { positionKey } from "../../../events/keys.ts";
import type { Fate } from "../../../events/memory/fate.ts";
import { seeded } from "../../../events/simulation/time.ts";
import { change, changes, type Poison, REACTIONS, READ_MODEL, versions } from "../../world/toys/catalog.ts";
import { type Build, type CatalogWorld, catalogWorld } from "./catalog-world.ts";

/** A world in which a build with a bug has parked some streams, and has been taken away. */
const afterTheBug = async (poison: Poison = new Set(["category/a@2", "category/c@1"]), partitions = 2): Promise<CatalogWorld> => {
  const world = await catalogWorld({ partitions });
  const one = await world.launch({ poison });
  await world.publish([...changes("a", 1, 4), ...changes("b", 1, 2), ...changes("c", 1, 2)]);
  const parked = async (): Promise<number> => (await world.parking.list(100)).length;
  await world.until(async () => world.told("b").length === 2 && (await parked()) === 10, "five events are parked in both subscriptions");
  await world.until(() => world.deadLetters().length === 10, "and copied");
  await world.pass();
  await one.stop();
  return world;
};

const allIn = ({ shown, told }: CatalogWorld, category: string, last: number): boolean =>
  shown(category).length >= last && told(category).length >= last;
const expectAll = async (
  { shown, told, parking }: CatalogWorld,
  category: string,
  last: number,
  but: readonly number[] = [],
): Promise<void> => {
  assert.deepEqual(shown(category), versions(1, last, but), `the read model of ${category}`);
  assert.deepEqual(told(category), versions(1, last, but), `the reactions to ${category}`);
  assert.deepEqual(await parking.of(READ_MODEL, `category/${category}`), []);
  assert.deepEqual(await parking.of(REACTIONS, `category/${category}`), []);
};

test("a redrive works a parked stream off in order, and it goes on", async () => {
  const world = await afterTheBug();
  const { launch, ask, until, publish, pass, shown } = world;
  const two = await launch();
  await pass(60_000);
  assert.deepEqual(shown("a"), ["1"], "nobody has asked");
  await ask();
  two.redrive();
  await until(() => allIn(world, "a", 4) && allIn(world, "c", 2), "both are worked off");
  await until(() => two.subscriptions.every(({ parked }) => parked.size === 0), "nothing is taken for parked");
  await publish([...changes("a", 5, 6), ...changes("b", 3, 3)]);
  await until(() => allIn(world, "a", 6) && allIn(world, "b", 3), "it goes on");
  await expectAll(world, "a", 6);
  await expectAll(world, "c", 2);
  await two.stop();
});

test("repeats that come while it is not known whether a redrive went through are not left parked", async () => {
  const world = await afterTheBug();
  const relayOfOld = world.broker.connect();
  const lost = new Set<string>();
  const after: Fate["after"] = async (call) => {
    if (!call.startsWith("parking.remove") || !call.endsWith(positionKey("category/a", 4)) || lost.has(call)) return;
    lost.add(call);
    await relayOfOld.publish(changes("a", 1, 4));
    throw new Error("the reply was lost");
  };
  const two = await world.launch({ fate: { before: async () => {}, after } });
  await world.ask();
  two.redrive();
  await world.until(() => lost.size === 2, "both redrives have lost a reply");
  await world.until(() => two.subscriptions.every(({ parked }) => parked.size === 0), "nothing is taken for parked");
  await world.pass();
  await expectAll(world, "a", 4);
  assert.equal(two.parked().filter(({ reason }) => reason.includes("cannot digest")).length, 0, "nothing was parked for a reason of old");
  await two.stop();
});

test("the owner notices within seconds what another instance was asked", async () => {
  const world = await afterTheBug();
  const [two, three] = [await world.launch(), await world.launch()];
  await world.pass();
  await world.ask();
  assert.equal(await world.time.run(() => allIn(world, "a", 4) && allIn(world, "c", 2), 5_000), true, "within five seconds");
  await Promise.all([two.stop(), three.stop()]);
});

test("what throws again stays parked, with the new reason and the count of its attempts", async () => {
  const world = await afterTheBug();
  const { launch, ask, until, held, deadLetters, shown } = world;
  const two = await launch({ poison: new Set(["category/a@3"]) });
  await ask();
  two.redrive();
  await until(async () => /a@3/.test((await held(READ_MODEL, "category/a"))[0]?.reason ?? ""), "it stops at the next poison");
  const parked = await held(READ_MODEL, "category/a");
  assert.deepEqual(
    parked.map(({ version, attempts, asked }) => [version, attempts, asked]),
    [
      [3, 1, null],
      [4, 0, null],
    ],
  );
  assert.deepEqual(shown("a"), ["1", "2"]);
  await ask();
  two.redrive();
  await until(async () => (await held(READ_MODEL, "category/a"))[0]?.attempts === 2, "tried in vain once more");
  const attempts = deadLetters()
    .filter(({ headers }) => headers["pitrix-event-id"] === "category/a@3" && headers["pitrix-subscription"] === READ_MODEL)
    .map(({ headers }) => headers["pitrix-attempts"]);
  assert.deepEqual(attempts, ["0", "1", "2"]);
  await two.stop();
});

test("poison that is discarded is recorded and never comes back; the later events of its stream go on", async () => {
  const world = await afterTheBug();
  const { launch, ask, until, publish, pass, deadLetters, parking } = world;
  const poison: Poison = new Set(["category/a@2", "category/c@1"]);
  const two = await launch({ poison });
  await ask("discard");
  two.redrive();
  await until(() => allIn(world, "a", 3) && allIn(world, "c", 1), "what came after it goes on");
  const record = deadLetters().find(({ headers }) => headers["pitrix-discarded-by"] && headers["pitrix-event-id"] === "category/a@2");
  assert.equal(record?.headers["pitrix-discarded-by"], "usr-admin");
  assert.equal(record?.headers["pitrix-discard-reason"], "cannot be mended");
  assert.match(record?.headers["pitrix-discarded-at"] ?? "", /^2026-/);
  assert.ok(record?.value && record.value.byteLength > 5);
  await publish(["a", "c"].flatMap((category) => [...changes(category, 1, 2), ...changes(category, 1, 2)]));
  await pass();
  assert.deepEqual(await parking.list(10), [], "who discarded it knows a repeat");
  assert.equal(
    two.subscriptions.every(({ parked }) => parked.size === 0),
    true,
  );
  await two.stop();
  const three = await launch({ poison });
  await publish([change("a", 2), change("c", 1), ...changes("a", 5, 5), ...changes("c", 3, 3)]);
  await until(() => allIn(world, "a", 4) && allIn(world, "c", 2), "repeats of it change nothing");
  await pass(60_000);
  await expectAll(world, "a", 5, [2]);
  await expectAll(world, "c", 3, [1]);
  assert.deepEqual(await parking.list(10), []);
  await three.stop();
});

test("events that arrive while a long stream is worked off come behind it, and other streams do not wait", async () => {
  const world = await catalogWorld({ partitions: 1 });
  const { publish, launch, until, ask, shown, told } = world;
  const one = await launch({ poison: new Set(["category/a@1"]) });
  await publish(changes("a", 1, 1000));
  await until(async () => (await world.parking.list(5_000)).length === 2000, "all are parked");
  await one.stop();
  const slow = { before: () => world.time.clock.sleep(2), after: async () => {} };
  const two = await launch({ fate: slow });
  await ask();
  two.redrive();
  await until(() => shown("a").length > 0, "it begins");
  await publish([...changes("a", 1001, 1010), ...changes("b", 1, 10)]);
  await until(() => allIn(world, "b", 10), "the other stream");
  assert.ok(told("a").length < 1010, "the long stream is still under way");
  await until(() => allIn(world, "a", 1010), "all of it");
  await until(async () => (await world.parking.list(10)).length === 0, "nothing is parked");
  await expectAll(world, "a", 1010);
  await two.stop();
});

test("a crash at any step of a redrive, and new events in the middle of it, skip nothing and change no order", async () => {
  for (const point of ["before", "after"] as const)
    for (let number = 1, over = false; !over; number++) {
      const world = await afterTheBug();
      let calls = 0;
      const two = await world.launch({ dies: (_call, at) => !over && at === point && ++calls === number });
      await world.ask();
      if (!two.isDead()) two.redrive();
      await world.publish([...changes("a", 5, 6), ...changes("c", 3, 3)]);
      await world.time.run(() => two.isDead(), 40_000);
      over = !two.isDead();
      const three = over ? two : await world.launch();
      const where = `a crash ${point} call ${number}`;
      await world.publish([...changes("a", 6, 7)]);
      await world.until(async () => allIn(world, "a", 7) && allIn(world, "c", 3) && (await world.parking.list(10)).length === 0, where);
      await world.until(() => three.subscriptions.every(({ parked }) => parked.size === 0), where);
      await expectAll(world, "a", 7);
      await expectAll(world, "b", 2);
      await expectAll(world, "c", 3);
      await three.stop();
    }
});

test("a crash at any step of parking loses no event and no copy", async () => {
  const poison: Poison = new Set(["category/a@2"]);
  for (const point of ["before", "after"] as const)
    for (let number = 1, over = false; !over; number++) {
      const world = await catalogWorld();
      await world.deploy();
      let calls = 0;
      const one = await world.launch({ poison, dies: (_call, at) => !over && at === point && ++calls === number });
      await world.publish([...changes("a", 1, 3), ...changes("b", 1, 2)]);
      await world.publish(changes("a", 4, 4));
      await world.time.run(() => one.isDead(), 40_000);
      over = !one.isDead();
      const two = over ? one : await world.launch({ poison });
      const where = `a crash ${point} call ${number}`;
      await world.until(async () => allIn(world, "b", 2) && (await world.parking.list(10)).length === 6, where);
      await world.pass();
      for (const subscription of [READ_MODEL, REACTIONS]) {
        const parked = await world.held(subscription, "category/a");
        assert.deepEqual(
          parked.map(({ version, attempts }) => [version, attempts]),
          [2, 3, 4].map((version) => [version, version === 2 ? 1 : 0]),
          where,
        );
        for (const { eventId, reason } of parked) {
          const copies = world
            .deadLetters()
            .filter(({ headers }) => headers["pitrix-event-id"] === eventId && headers["pitrix-subscription"] === subscription);
          assert.ok(copies.length > 0, `${where}: no copy of ${eventId}`);
          assert.deepEqual([...new Set(copies.map(({ headers }) => headers["pitrix-reason"]))], [reason], where);
        }
      }
      await two.stop();
    }
});

test("crashes, rebalances, second owners, repeats and errors at random moments: every event once and in order", async () => {
  for (let seed = 1; seed <= 12; seed++) {
    const random = seeded(seed);
    const world = await catalogWorld({ seed, partitions: 2 });
    await world.deploy();
    const categories = ["a", "b", "c", "d"];
    const poison: Poison = new Set(categories.slice(0, 3).map((category) => `category/${category}@${1 + Math.floor(random() * 12)}`));
    let calm = false;
    const fate: Build["fate"] = {
      before: async () => {
        if (calm) return;
        if (random() < 0.3) await world.time.clock.sleep(random() ** 4 * 3_000);
        if (random() < 0.03) throw new Error("refused");
      },
      after: async (call) => {
        if (!calm && random() < 0.03 && !call.startsWith("log.subscribe")) throw new Error("the reply was lost");
      },
    };
    const start = (mended: boolean) =>
      world.launch({ fate, ...(mended ? {} : { poison }), dies: () => !calm && random() < 0.002 }).catch(() => undefined);
    let running = [await start(false), await start(false)];
    const last = 30;
    const next = new Map(categories.map((category) => [category, 1]));
    for (let step = 0; step < 60; step++) {
      const category = categories[Math.floor(random() * categories.length)] ?? "a";
      const from = next.get(category) ?? 1;
      const to = Math.min(last, from + Math.floor(random() * 4));
      const again = Math.max(1, from - Math.floor(random() * 6));
      if (from <= last) {
        await world.publish([...changes(category, from, to), ...(random() < 0.3 ? changes(category, again, to) : [])]);
        next.set(category, to + 1);
      }
      const index = Math.floor(random() * running.length);
      const chance = random();
      if (chance < 0.08) running[index]?.crash();
      else if (chance < 0.16) running[index]?.lose();
      else if (chance < 0.25) await running[index]?.stop().catch(() => running[index]?.crash());
      if (chance < 0.25) running = [...running.filter((_, at) => at !== index), await start(step > 15)];
      if (random() < 0.2) await world.ask();
      if (random() < 0.2) running[Math.floor(random() * running.length)]?.redrive();
      await world.pass(random() * 1_500);
    }
    for (const category of categories)
      if ((next.get(category) ?? 1) <= last) await world.publish(changes(category, next.get(category) ?? 1, last));
    calm = true;
    for (const one of running) one?.crash();
    const final = await world.launch();
    await world.until(async () => {
      await world.ask();
      return categories.every((category) => allIn(world, category, last)) && (await world.parking.list(10)).length === 0;
    }, `seed ${seed}: everything is applied`);
    await world.pass(60_000);
    for (const category of categories) await expectAll(world, category, last);
    assert.equal(
      final.subscriptions.every(({ parked }) => parked.size === 0),
      true,
    );
    await final.stop();
  }
});
