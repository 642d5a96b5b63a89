import assert from "node:assert/strict";
import { test } from "node:test";
import { codec } from "../../events/codec/codec.ts";
import { timersWorker } from "../../events/effects/timers.ts";
import { memoryDatabase } from "../../events/memory/database.ts";
import { kind } from "../../events/memory/fate.ts";
import { memoryStore } from "../../events/memory/store.ts";
import type { Service } from "../../events/service.ts";
import { seeded, virtualTime } from "../../events/simulation/time.ts";
import { executor } from "../../events/store/execute.ts";
import { schemas } from "../../schemas/generated/schemas.ts";
import { commitOf } from "../contract/commits.ts";
import { catalogWorld } from "../events/subscription/catalog-world.ts";
import { changes, REACTIONS, READ_MODEL, versions } from "../world/toys/catalog.ts";

const released = codec(schemas);
type Told = { readonly type: "GroupModified"; readonly groupId: string; readonly name: string; readonly description: string };

/** Groups whose timers modify them. Where one is called bad, its row throws until that is mended. */
const timed = (isMended: () => boolean): Service => ({
  name: "catalog",
  aggregates: {
    group: {
      decider: {
        key: "groupId",
        initialState: {},
        decide: { Tell: ({ groupId }: { groupId: string }): readonly Told[] => [told(groupId, "fired")] },
        evolve: { GroupModified: (state: object) => state },
      },
      timers: {
        GroupModified: {
          issues: "Tell",
          after: () => 0,
          given: ({ groupId, name }: Told) => {
            if (name === "bad" && !isMended()) throw new Error("cannot digest it");
            return { groupId };
          },
        },
      },
    },
  },
});
const told = (groupId: string, name: string): Told => ({ type: "GroupModified", groupId, name, description: "" });

test("timers whose row throws, more than one look finds, hold up no later one, and fire once the row is mended", async () => {
  const { clock, run } = virtualTime(seeded(1));
  const database = memoryDatabase();
  const store = memoryStore(database, kind, clock.now);
  let isMended = false;
  const service = timed(() => isMended);
  const plant = (groupId: string, name: string, at: number): Promise<unknown> =>
    store.append(
      commitOf(`group/${groupId}`, 1, {
        events: [released.encode("group", told(groupId, name))],
        timers: [{ version: 1, at: clock.now() + at }],
      }),
    );
  for (let index = 0; index < 250; index++) await plant(`bad-${index}`, "bad", index);
  await plant("good", "good", 1_000);
  const errors: unknown[] = [];
  // What a timer sets off sets no timer in turn: the worker is not told of it.
  const executing = executor(
    { ...service, aggregates: { group: { decider: service.aggregates.group?.decider ?? assert.fail() } } },
    { store, clock },
    released,
    () => {},
  );
  const worker = timersWorker(service, { store, clock }, released, executing, (error) => errors.push(error));
  const stopping = new AbortController();
  void worker.run(stopping.signal);
  const fired = (groupId: string): boolean => (database.streams.get(`group/${groupId}`) ?? []).length === 2;
  assert.equal(await run(() => fired("good"), 30_000), true, "the later one fires");
  assert.equal(Array.from({ length: 250 }, (_, index) => fired(`bad-${index}`)).some(Boolean), false);
  const before = errors.length;
  await run(() => false, 600_000);
  assert.ok(errors.length - before < 250 * 25, `it is not tried all the time: ${errors.length - before} times in ten minutes`);
  isMended = true;
  assert.equal(
    await run(() => Array.from({ length: 250 }, (_, index) => fired(`bad-${index}`)).every(Boolean), 120_000),
    true,
    "none was dropped",
  );
  assert.deepEqual(await store.dueTimers(Number.MAX_SAFE_INTEGER, 10), []);
  stopping.abort();
});

test("timers that the process has set fire when they are due, not when it looks for those of others", async () => {
  const { clock, run } = virtualTime(seeded(1));
  const database = memoryDatabase();
  const store = memoryStore(database, kind, clock.now);
  const service = timed(() => true);
  const worker = timersWorker(
    service,
    { store, clock },
    released,
    executor(service, { store, clock }, released, () => {}),
    assert.fail,
  );
  const stopping = new AbortController();
  void worker.run(stopping.signal);
  const began = clock.now();
  for (const at of [12_600, 7_000, 12_500]) {
    const commit = commitOf(`group/${at}`, 1, {
      events: [released.encode("group", told(String(at), "later"))],
      timers: [{ version: 1, at: began + at }],
    });
    await store.append(commit);
    worker.notify(commit);
  }
  for (const at of [7_000, 12_500, 12_600]) {
    assert.equal(await run(() => database.streams.get(`group/${at}`)?.length === 2, 60_000), true);
    const late = clock.now() - began - at;
    assert.ok(late >= 0 && late < 100, `${late} ms late`);
  }
  stopping.abort();
});

test("a stream of the service's own whose bytes are damaged parks what needs it, and all other streams go on", async () => {
  const { publish, launch, until, held, told: heard, database, shown, ask } = await catalogWorld({ partitions: 1 });
  const good = released.encode("group", told("a", "kept"));
  const [id, commit] = ["group/a@000000000001", commitOf("group/a", 1, { events: [{ ...good, bytes: good.bytes.slice(0, 2) }] })];
  database.commits.set(id, commit);
  database.streams.set("group/a", [id]);
  const one = await launch();
  await publish([...changes("a", 1, 2), ...changes("b", 1, 3)]);
  await until(() => heard("b").length === 3, "the reactions to the other stream go on");
  const parked = await held(REACTIONS, "category/a");
  assert.deepEqual(
    parked.map(({ version }) => version),
    [1, 2],
  );
  assert.match(parked[0]?.reason ?? "", /group\/a@1 cannot be read as GroupModified/);
  assert.deepEqual([shown("a"), await held(READ_MODEL, "category/a")], [versions(1, 2), []], "what does not need it goes on");
  await one.stop();
  database.commits.set(id, { ...commit, events: [good] });
  const two = await launch();
  await ask();
  two.redrive();
  await until(() => heard("a").length === 2, "mended, it is redriven");
  await two.stop();
});
