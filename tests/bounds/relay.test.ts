import assert from "node:assert/strict";
import { test } from "node:test";
import { relay } from "../../events/log/relay.ts";
import { memoryDatabase } from "../../events/memory/database.ts";
import { kind } from "../../events/memory/fate.ts";
import { memoryStore } from "../../events/memory/store.ts";
import type { Commit, EventStore, OutgoingRecord } from "../../events/ports.ts";
import { seeded, virtualTime } from "../../events/simulation/time.ts";
import { contract } from "../../services/chassis/contract.ts";
import { commitOf } from "../contract/commits.ts";

const streams = 220;
const each = 100;
const nameOf = (stream: number): string => `cluster/cl-${String(stream).padStart(3, "0")}`;
const commitAt = (index: number, bytes?: number): Commit => {
  const commit = commitOf(nameOf(Math.floor(index / each)), 1 + (index % each), { publish: true });
  return bytes === undefined ? commit : { ...commit, events: [{ type: "ClusterRequested", schemaId: 7, bytes: new Uint8Array(bytes) }] };
};

/** A relay over a log that answers only while it is open, and a store that counts what is asked of it at once. */
const world = () => {
  const { clock, run } = virtualTime(seeded(1));
  const store = memoryStore(memoryDatabase(), kind, clock.now);
  const log = { isOpen: false, most: 0, bytes: 0, versions: new Map<string, number[]>() };
  const publish = async (records: readonly OutgoingRecord[]): Promise<[]> => {
    log.most = Math.max(log.most, records.length);
    log.bytes = Math.max(
      log.bytes,
      records.reduce((sum, { value }) => sum + (value?.length ?? 0), 0),
    );
    if (!log.isOpen) throw new Error("the log is out");
    for (const { key, headers } of records) log.versions.set(key, [...(log.versions.get(key) ?? []), Number(headers.ce_sequence)]);
    return [];
  };
  const made = (own: EventStore = store) => {
    const stopping = new AbortController();
    const one = relay(contract, "cluster", "one", { store: own, log: { publish }, clock }, () => {});
    return { ...one, working: one.run(stopping.signal), stop: () => stopping.abort() };
  };
  return { clock, run, store, log, made };
};

test("of 22,000 commits that a silent log does not take, memory holds 20,000, and the store gives the rest once it does", async () => {
  const { store, log, run, made } = world();
  const one = made();
  for (let index = 0; index < streams * each; index++) {
    const commit = commitAt(index);
    await store.append(commit);
    one.notify(commit);
  }
  assert.equal(await run(() => one.failing(), 60_000), true);
  await run(() => false, 60_000);
  assert.equal(one.pending(), 20_000);
  log.isOpen = true;
  assert.equal(await run(async () => (await store.due("publish", undefined, 1)).length === 0, 600_000), true, "all is published");
  assert.equal(one.pending(), 0);
  const versions = Array.from({ length: each }, (_, index) => index + 1);
  for (let stream = 0; stream < streams; stream++)
    assert.deepEqual([...new Set(log.versions.get(nameOf(stream)))], versions, "in order and complete");
  one.stop();
});

test("large commits are counted by their bytes, in memory and in one publication", async () => {
  const { log, run, made } = world();
  const one = made();
  for (let index = 0; index < 200; index++) one.notify(commitAt(index, 1_000_000));
  assert.equal(await run(() => one.failing(), 60_000), true);
  assert.equal(one.pending(), 32);
  assert.ok(log.bytes <= 4_000_100, `${log.bytes} bytes at once`);
  one.notify(commitAt(500, 10));
  assert.equal(one.pending(), 32, "nothing more while it is full");
  log.isOpen = true;
  assert.equal(await run(() => one.pending() === 0, 60_000), true);
  one.notify(commitAt(501, 10));
  assert.equal(one.pending(), 1, "and more again afterwards");
  one.stop();
});

test("a commit behind 10,000 unpublished ones of its stream waits for them, a bounded number at a time", async () => {
  const { store, log, run, made } = world();
  const commits = Array.from({ length: 10_001 }, (_, index) => commitOf("cluster/long", index + 1, { publish: true }));
  for (const commit of commits) await store.append(commit);
  let most = 0;
  const one = made({
    ...store,
    dueBelow: async (...asked) => {
      const found = await store.dueBelow(...asked);
      most = Math.max(most, found.length);
      return found;
    },
  });
  log.isOpen = true;
  for (const commit of commits.slice(-1)) one.notify(commit);
  assert.equal(await run(() => log.versions.get("cluster/long")?.includes(10_001) ?? false, 60_000), true);
  assert.deepEqual(
    [...new Set(log.versions.get("cluster/long"))],
    commits.map(({ version }) => version),
  );
  assert.ok(most <= 2_000 && log.most <= 2_000, `${most} read, ${log.most} published at once`);
  one.stop();
});
