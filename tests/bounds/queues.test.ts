import assert from "node:assert/strict";
import { test } from "node:test";
import { publishQueue, type Slice } from "../../events/log/publish-queue.ts";
import { lruCache } from "../../events/lru-cache.ts";
import { isOutage } from "../../events/outage.ts";
import type { OutgoingRecord } from "../../events/ports.ts";

const record = (key: string, bytes: number): OutgoingRecord => ({ topic: "t", key, value: new Uint8Array(bytes), headers: {} });

test("while the log does not answer, so much waits to be published and more is refused as an outage; then all goes on", async () => {
  const sent: number[] = [];
  let open = (): void => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  const send = async (slices: readonly Slice[]): Promise<[]> => {
    await opened;
    sent.push(...slices.flatMap(({ records }) => records.map(({ value }) => value?.length ?? 0)));
    return [];
  };
  const publish = publishQueue({ partitions: async () => 1, send, waitingBytes: 100_000 });
  const outcomes = Array.from({ length: 1_000 }, (_, index) =>
    publish([record(`key-${index}`, 1_000)]).then(
      () => "stored",
      (error: unknown) => (isOutage(error) ? String(error) : "a bug"),
    ),
  );
  const refused = await Promise.any(outcomes);
  assert.match(refused, /the log is slow: \d+ bytes wait/);
  open();
  const all = await Promise.all(outcomes);
  const stored = all.filter((each) => each === "stored").length;
  assert.ok(stored > 80 && stored <= 100, `${stored} waited`);
  assert.equal(all.indexOf(refused), stored, "those who came first waited");
  assert.equal(sent.length, stored);
  await publish([record("large", 5_000_000)]);
  assert.equal(sent.at(-1), 5_000_000, "what is larger than the bound goes when nothing else waits");
});

test("a cache of heads keeps what was used last, within its number and its weight", () => {
  const cache = lruCache<number>(3, { most: 100, of: (weight) => weight });
  const held = (): string => ["a", "b", "c", "d"].filter((key) => cache.get(key) !== undefined).join("");
  for (const key of ["a", "b", "c", "d"]) cache.set(key, 10);
  assert.equal(held(), "bcd");
  cache.set("b", 85);
  assert.equal(held(), "bd", "the lightest number that fits");
  cache.set("a", 1_000);
  assert.equal(held(), "a", "the last one is kept however heavy");
  cache.set("a", 1);
  cache.set("b", 98);
  assert.equal(held(), "ab", "a value that is replaced weighs nothing any more");
  cache.delete("b");
  cache.set("c", 99);
  assert.equal(held(), "ac");
});
