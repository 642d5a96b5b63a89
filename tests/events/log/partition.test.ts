import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import { Partitioners } from "kafkajs";
import { murmur2, partitionOf } from "../../../events/log/partition.ts";

test("murmur2 gives what Kafka's own tests expect of it", () => {
  const expected: [string, number][] = [
    ["21", -973932308],
    ["foobar", -790332482],
    ["a-little-bit-long-string", -985981536],
    ["a-little-bit-longer-string", -1486304829],
    ["lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971],
    ["abc", 479470107],
  ];
  for (const [key, hash] of expected) assert.equal(murmur2(key), hash, key);
});

test("a key has the partition that kafkajs chooses for it", () => {
  const choose = Partitioners.DefaultPartitioner();
  const leaders = (count: number) =>
    Array.from({ length: count }, (_, partitionId) => ({ partitionId, leader: 1, partitionErrorCode: 0, replicas: [1], isr: [1] }));
  const keys = ["", "cluster/größe", "鍵", ...Array.from({ length: 500 }, (_, i) => randomBytes(i % 37).toString("latin1"))];
  for (const key of keys) {
    for (const count of [1, 6, 50]) {
      const chosen = choose({ topic: "t", partitionMetadata: leaders(count), message: { key, value: null } });
      assert.equal(partitionOf(key, count), chosen, JSON.stringify(key));
    }
  }
});
