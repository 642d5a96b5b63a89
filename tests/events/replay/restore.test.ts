import assert from "node:assert/strict";
import { test } from "node:test";
import { backUp, type MemoryDatabase, putBack } from "../../../events/memory/database.ts";
import type { Commit, OutgoingRecord } from "../../../events/ports.ts";
import type { Restored } from "../../../events/replay/restore.ts";
import type { CommandMetadata } from "../../../events/runtime.ts";
import { world } from "../../../events/testing.ts";
import { type Command, contract, library, type Outside } from "./library.ts";

const TOPIC = "toys.book";

/** A library whose calls of the ports can be seen, and at one of which its process can die. */
const libraryWorld = async (known = contract) => {
  const outside: Outside = { calls: [] };
  const restored: Restored[] = [];
  const errors: unknown[] = [];
  let calls: string[] = [];
  let dies = (_call: string, _number: number): boolean => false;
  const toys = await world(known, [], {
    partitions: 2,
    fate: (_service, _instance, crash) => ({
      before: async (call) => {
        calls.push(call);
        if (dies(call, calls.length)) crash();
      },
      after: async () => {},
    }),
    observer: () => ({ restored: (found) => void restored.push(found), failed: (_where, error) => void errors.push(error) }),
  });
  const database = toys.databaseOf("library");
  const player = { service: library, outside: () => outside };
  let started = 0;
  const start = () => toys.start(player, ++started);
  const send = (command: Command, more: Partial<CommandMetadata> = {}) => toys.send("library", command, undefined, more);
  const chaos = toys.broker.connect();
  return {
    ...{ toys, database, outside, restored, errors, start, send },
    calls: () => calls,
    /** Begins to watch anew: the process dies at a call. */
    watch: (at: typeof dies = () => false): void => {
      calls = [];
      dies = at;
    },
    publish: (records: readonly OutgoingRecord[]) => toys.during(chaos.publish(records)),
    stop: () => toys.stop(),
  };
};

/** What a restored store must have: all but due marks and what only the lost store knew. */
const commitsIn = (database: MemoryDatabase): readonly object[] =>
  [...database.commits.values()]
    .filter(({ events }) => events.length > 0)
    .map(({ publish: _, effects: __, timers: ___, claims: ____, ...commit }) => ({
      ...commit,
      events: commit.events.map(({ bytes, ...event }) => ({ ...event, bytes: Buffer.from(bytes).toString("hex") })),
      metadata: { ...commit.metadata, fingerprint: null },
    }))
    .sort((one, other) => (`${one.stream}@${one.version}` < `${other.stream}@${other.version}` ? -1 : 1));
const claimsIn = (database: MemoryDatabase) =>
  Object.fromEntries([...database.claims].map(([claim, id]) => [claim, database.commits.get(id)?.stream]));

/** A history with a backup in its middle: titles change hands after it, and one book is kept. */
const history = async ({ send, toys, database }: Awaited<ReturnType<typeof libraryWorld>>): Promise<MemoryDatabase> => {
  await send({ type: "Register", bookId: "a", title: "Emma" }, { cause: "key-1" });
  await send({ type: "Register", bookId: "b", title: "Ulysses" });
  await toys.settle();
  const backup = backUp(database);
  await send({ type: "Rename", bookId: "a", title: "Persuasion" }, { cause: "key-2", actionId: "job-1", fingerprint: "secret" });
  await send({ type: "Rename", bookId: "b", title: "Emma" }, { cause: "key-3" });
  await send({ type: "Register", bookId: "c", title: "Ulysses", to: "reader" }, { cause: "key-4", traceparent: "00-1-2-01" });
  await send({ type: "Register", bookId: "d", title: "Dracula", to: "keeps" }, { cause: "key-5" });
  await toys.settle();
  return backup;
};

test("a store that was put back has again what it had decided since, from the log: causes, claims, effects, timers", async () => {
  const world = await libraryWorld();
  const { toys, database, outside, start, send, restored } = world;
  await start();
  const backup = await history(world);
  const [before, claims] = [commitsIn(database), claimsIn(database)];
  await toys.stop();
  putBack(database, backup);
  assert.notDeepEqual(commitsIn(database), before);
  const calls = outside.calls.length;
  await start();
  await toys.settle();
  assert.deepEqual(commitsIn(database), before);
  assert.deepEqual(claimsIn(database), claims);
  assert.deepEqual(restored, [{ compared: 7, commits: 5, events: 7, keyed: 4, torn: [], skipped: [] }]);
  // What had its outcome is not done again; what was still tried, is, and its time runs.
  assert.deepEqual([...new Set(outside.calls.slice(calls))], ["book/d@2"]);
  assert.deepEqual(
    database.due.timers.map((key) => key.slice(key.indexOf("|") + 1)),
    ["book/d@000000000001"],
  );
  assert.equal((await send({ type: "Rename", bookId: "a", title: "Other" }, { cause: "key-2" })).repeated, true);
  assert.deepEqual((await send({ type: "Register", bookId: "e", title: "Persuasion" })).rejection, {
    rejected: "title Persuasion is taken",
  });
  const shown = await toys.documents("library", "books");
  assert.deepEqual(
    shown.map(({ id, value }) => [id, value.title]),
    [
      ["a", "Persuasion"],
      ["b", "Emma"],
      ["c", "Ulysses"],
      ["d", "Dracula"],
    ],
  );
  await toys.stop();
});

test("what is restored is not published again, and the store is whole for the next start", async () => {
  const world = await libraryWorld();
  const { toys, database, start, restored } = world;
  await start();
  const backup = await history(world);
  await toys.stop();
  const records = () => [...toys.broker.contents().values()].flat(2).filter(({ topic }) => topic === TOPIC).length;
  const published = records();
  putBack(database, backup);
  await start();
  await toys.settle();
  assert.equal(records(), published);
  await toys.stop();
  world.watch();
  await start();
  await toys.stop();
  assert.equal(restored.length, 1);
  assert.deepEqual(
    world.calls().filter((call) => /^log\.read|restore/.test(call)),
    [],
  );
});

test("a store that lost everything is made anew from the log", async () => {
  const world = await libraryWorld();
  const { toys, database, start, restored } = world;
  const empty = backUp(database);
  await start();
  await history(world);
  const [before, claims] = [commitsIn(database), claimsIn(database)];
  await toys.stop();
  putBack(database, empty);
  await Promise.all([start(), start()]);
  await toys.settle();
  assert.deepEqual([commitsIn(database), claimsIn(database)], [before, claims]);
  assert.equal(
    restored.reduce((sum, { commits }) => sum + commits, 0),
    7,
  );
  await toys.stop();
});

test("a process may die at any call while it restores: the next one completes it", async () => {
  for (let at = 1; ; at++) {
    const world = await libraryWorld();
    const { toys, database, start } = world;
    await start();
    const backup = await history(world);
    const [before, claims] = [commitsIn(database), claimsIn(database)];
    await toys.stop();
    putBack(database, backup);
    let isRestored = false;
    world.watch((call, number) => {
      isRestored ||= call.startsWith("store.release restore");
      return !isRestored && number === at;
    });
    await start().catch(() => undefined);
    const isOver = isRestored;
    await toys.stop();
    world.watch();
    await start();
    await toys.settle();
    assert.deepEqual([commitsIn(database), claimsIn(database)], [before, claims], `after a crash at call ${at}`);
    await toys.stop();
    if (isOver) break;
    assert.ok(at < 200);
  }
});

/** The message with which a start is refused. */
const refusal = async (start: () => Promise<unknown>): Promise<string> => {
  try {
    await start();
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  return "it starts";
};
const recordOf = (version: number, headers: object = {}, value?: Uint8Array): OutgoingRecord => ({
  ...{ topic: TOPIC, key: "book/z" },
  value: value ?? Buffer.from([0, 0, 0, 0, 2, 2, 0x7a, 2, 0x30 + version]),
  headers: {
    ...{
      ce_id: `book/z@${version}`,
      ce_source: "/toys/library",
      ce_type: `${TOPIC}.Renamed`,
      ce_sequence: String(version),
      ce_time: "2026-01-01T00:00:00.000Z",
    },
    ...{ ce_commit: `${version}-${version}`, ce_row: "Rename", ce_correlationid: "r", ...headers },
  },
});

test("a start is refused where store and log contradict each other, and both are named", async () => {
  const refused = async (...records: readonly OutgoingRecord[]): Promise<string> => {
    const world = await libraryWorld();
    await world.publish(records);
    const said = await refusal(world.start);
    assert.deepEqual(world.database.commits.size === 0 || said === "it starts", true, said);
    return said;
  };
  assert.equal(await refused(recordOf(1), recordOf(2)), "it starts");
  assert.equal(await refused(recordOf(7, { ce_source: "/toys/another" })), "it starts");
  assert.match(await refused(recordOf(2)), /^book\/z@1 is missing: the store ends before it, and the log goes on with toys\.book\/\d\/0$/);
  assert.match(await refused(recordOf(1, { ce_commit: "" })), /^book\/z@1 .* is not in the store.*did not tell its cause/);
  assert.match(await refused(recordOf(1, { ce_cause: "k2.abc" })), /^book\/z@1 cannot be restored: its cause.*sealed with a platform key/);
  assert.match(await refused(recordOf(1, { ce_cause: "?" })), /^book\/z@1 cannot be restored/);
  assert.match(await refused(recordOf(1, {}, Buffer.from([0, 0, 0, 0, 9, 0]))), /was written by a newer build/);
  assert.match(await refused(recordOf(1, { ce_type: "toys.book.Lent" })), /was not published by this service/);
  assert.match(await refused(recordOf(1), recordOf(1, {}, recordOf(2).value ?? undefined)), /^book\/z@1 has other content in the store/);
});

test("a record that the store has differently is named with its place, also if its own build told no cause", async () => {
  const world = await libraryWorld();
  await world.start();
  await world.send({ type: "Register", bookId: "z", title: "Emma" });
  await world.toys.settle();
  await world.toys.stop();
  await world.publish([recordOf(1, { ce_commit: "" })]);
  const said = await refusal(world.start);
  assert.match(said, /^book\/z@1 has other content in the store than at toys\.book\/\d\/1: which of them happened\?$/);
});

test("of a commit that was published in part, the part is restored, and what is lost is told", async () => {
  const world = await libraryWorld();
  await world.publish([recordOf(1, { ce_commit: "1-3", ce_cause: "k1.YQ" }), recordOf(2, { ce_commit: "1-3" })]);
  await world.start();
  const [commit] = [...world.database.commits.values()] as readonly Commit[];
  assert.deepEqual([commit?.stream, commit?.version, commit?.events.length, commit?.cause], ["book/z", 1, 2, "a"]);
  assert.deepEqual(world.restored, [{ compared: 2, commits: 1, events: 2, keyed: 1, torn: ["book/z@3"], skipped: [] }]);
  await world.stop();
});

test("a topic that was made anew is compared as a whole, whatever its offsets are", async () => {
  const world = await libraryWorld();
  const { database, start, publish, restored } = world;
  for (const partition of [0, 1])
    database.watermarks.set(`${TOPIC}/${partition}`, { topic: TOPIC, partition, topicId: "of an earlier topic", offset: 1 });
  await publish([recordOf(1), recordOf(2)]);
  await start();
  assert.equal(restored[0]?.commits, 2);
  await world.stop();
});

test("nothing is decided, and no due work begins, before the store is whole", async () => {
  const world = await libraryWorld();
  const { toys, database, start } = world;
  await start();
  const backup = await history(world);
  await toys.stop();
  putBack(database, backup);
  world.watch();
  await start();
  const saved = world.calls().findIndex((call) => call.startsWith("store.saveWatermarks"));
  const early = world.calls().slice(0, saved);
  assert.ok(saved > 0);
  const work = /^(store\.(due|dueTimers|dueBelow|findCause)|log\.(subscribe|publish)|documents\.)/;
  assert.deepEqual(
    early.filter((call) => work.test(call)),
    [],
  );
  await toys.stop();
});
