import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, describe, test } from "node:test";
import type { Log, LogBatch } from "../../events/ports.ts";
import { eventually } from "../eventually.ts";
import { byKey, type Collecting, collect, type LogWorld, newTopic, partitions, positionsOf, record, textOf } from "./log-world.ts";

const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

/** What every adapter promises to those who share the partitions of a topic. */
export const groupContract = (worldOf: () => LogWorld): void => {
  describe("subscriptions", { concurrency: false }, () => {
    let log: Log;
    before(() => {
      log = worldOf().log();
    });
    after(() => log.close());

    /** A member of a group that keeps what it handles, and saves positions with the others. */
    const member = (instance: Log, group: string, topic: string, positions: ReturnType<typeof positionsOf>, own: Collecting = {}) =>
      collect(instance, [topic], { group, position: positions.position, ...own });

    test("the position is asked once an assignment, for each partition, and the reading begins there", async () => {
      const topic = await newTopic(log);
      await log.publish(range(60).map((i) => record(topic, `key-${i}`, String(i))));
      const positions = positionsOf();
      for (const { partition, offset } of await log.ends(topic)) positions.at.set(`${topic}/${partition}`, Math.max(0, offset - 1));
      const first = new Map<number, number>();
      const ends = (await log.ends(topic)).filter(({ offset }) => offset > 0);
      const reading = await collect(log, [topic], {
        position: positions.position,
        handle: async ({ partition, records }) => {
          for (const { offset } of records) if (!first.has(partition)) first.set(partition, offset);
        },
      });
      await eventually("every partition delivers its last record", () => first.size === ends.length);
      await log.publish(range(60).map((i) => record(topic, `key-${i}`, "later")));
      await reading.stop();
      for (const { partition, offset } of ends) assert.equal(first.get(partition), offset - 1);
      assert.deepEqual(
        positions.asked.sort(),
        range(partitions).map((partition) => `${topic}/${partition}`),
      );
    });

    test("who handles may ask for records again, from further back", async () => {
      const topic = await newTopic(log, { partitions: 1 });
      await log.publish(range(5).map((i) => record(topic, "key", String(i))));
      const got: string[] = [];
      const reading = await collect(log, [topic], {
        handle: async ({ records, next }) => {
          const isFirst = !got.includes("later");
          got.push(...records.map((each) => String(textOf(each))));
          return isFirst && got.includes("later") ? 2 : next;
        },
      });
      await eventually("all come", () => got.length >= 5);
      await log.publish([record(topic, "key", "later")]);
      await eventually("some come again", () => got.length >= 10);
      await reading.stop();
      assert.deepEqual(got, ["0", "1", "2", "3", "4", "later", "2", "3", "4", "later"]);
    });

    test("a position beyond the log, which was lost then, is the start", async () => {
      const topic = await newTopic(log, { partitions: 1 });
      await log.publish(range(3).map((i) => record(topic, "key", String(i))));
      const errors: Error[] = [];
      const reading = await collect(log, [topic], { position: async () => 1_000, onError: (error) => errors.push(error) });
      await eventually("the log is read from its start", () => reading.records.length >= 3);
      await reading.stop();
      assert.deepEqual(reading.records.map(textOf), ["0", "1", "2"]);
      assert.match(String(errors[0]), /read from its start/);
    });

    test("a batch goes on where the one before ended, one at a time a partition", async () => {
      const topic = await newTopic(log, { partitions: 2 });
      const busy = new Set<number>();
      let overlaps = 0;
      const batches: LogBatch[] = [];
      const reading = await collect(log, [topic], {
        handle: async (batch) => {
          if (busy.has(batch.partition)) overlaps += 1;
          busy.add(batch.partition);
          await new Promise((resolve) => setImmediate(resolve));
          batches.push(batch);
          busy.delete(batch.partition);
        },
      });
      for (const round of range(20)) await log.publish(range(50).map((i) => record(topic, `key-${i}`, String(round))));
      const count = () => batches.reduce((sum, { records }) => sum + records.length, 0);
      await eventually("all records arrive", () => count() === 1_000);
      await reading.stop();
      assert.equal(overlaps, 0);
      for (const partition of range(2)) {
        const own = batches.filter((batch) => batch.partition === partition);
        own.forEach((batch, i) => {
          assert.equal(batch.records[0]?.offset, i === 0 ? 0 : own[i - 1]?.next);
        });
      }
    });

    test("after an error the same batch comes again, while other partitions go on", async () => {
      const topic = await newTopic(log);
      await log.publish(range(100).map((i) => record(topic, `key-${i}`, String(i))));
      const handled = new Map<number, number>();
      const attempts: number[][] = [];
      const errors: Error[] = [];
      let outage = true;
      const sick = (await log.ends(topic)).find(({ offset }) => offset > 0)?.partition ?? 0;
      const healthy = (await log.ends(topic)).filter(({ partition }) => partition !== sick).reduce((sum, { offset }) => sum + offset, 0);
      const reading = await collect(log, [topic], {
        onError: (error) => errors.push(error),
        handle: async ({ partition, records }) => {
          if (partition === sick) attempts.push(records.map(({ offset }) => offset));
          if (partition === sick && outage) throw new Error("the store is down");
          handled.set(partition, (handled.get(partition) ?? 0) + records.length);
        },
      });
      const others = () => [...handled].reduce((sum, [partition, count]) => sum + (partition === sick ? 0 : count), 0);
      await eventually("the others are done while one partition is tried again", () => others() === healthy && attempts.length >= 2);
      await log.publish(range(100).map((i) => record(topic, `key-${i}`, "later")));
      await eventually("the others go on", () => others() === 2 * healthy);
      assert.equal(handled.get(sick), undefined);
      outage = false;
      await eventually("the partition catches up after the outage", () => handled.get(sick) === 2 * (100 - healthy));
      await reading.stop();
      assert.equal(attempts[0]?.[0], 0);
      assert.deepEqual(attempts[1], attempts[0]);
      assert.equal(errors[0]?.message, "the store is down");
    });

    test("a slow partition holds up no other", async () => {
      const topic = await newTopic(log);
      await log.publish(range(60).map((i) => record(topic, `key-${i}`, String(i))));
      const slow = (await log.ends(topic)).find(({ offset }) => offset > 0)?.partition ?? 0;
      const others = 60 - ((await log.ends(topic))[slow]?.offset ?? 0);
      let release = () => {};
      const released = new Promise<void>((resolve) => {
        release = resolve;
      });
      let count = 0;
      const reading = await collect(log, [topic], {
        handle: async ({ partition, records }) => {
          if (partition === slow) await released;
          count += records.length;
        },
      });
      for (const round of [1, 2, 3]) {
        await eventually("the others are done", () => count === round * others);
        await log.publish(range(60).map((i) => record(topic, `key-${i}`, String(i))));
      }
      release();
      await eventually("the slow one comes last", () => count === 4 * 60);
      await reading.stop();
    });

    test("each group gets everything", async () => {
      const topic = await newTopic(log);
      await log.publish(range(50).map((i) => record(topic, `key-${i}`, String(i))));
      const readings = await Promise.all(range(3).map(() => collect(log, [topic])));
      await eventually("all groups get all records", () => readings.every(({ records }) => records.length === 50));
      await Promise.all(readings.map(({ stop }) => stop()));
    });

    test("members that join and leave share the partitions and lose nothing", async () => {
      const world = worldOf();
      const topic = await newTopic(log);
      const group = `contract.${randomUUID()}`;
      const positions = positionsOf();
      const seen = new Map<string, Set<number>>();
      const owners = new Map<number, string>();
      const join = (instance: Log, name: string) =>
        member(instance, group, topic, positions, {
          handle: async (batch) => {
            owners.set(batch.partition, name);
            for (const one of batch.records) seen.set(one.key, (seen.get(one.key) ?? new Set()).add(Number(textOf(one))));
            positions.save(batch);
          },
        });
      let published = 0;
      const publish = async () => {
        await log.publish(range(60).map((key) => record(topic, `key-${key}`, String(published))));
        published += 1;
      };
      const isComplete = () => seen.size === 60 && [...seen.values()].every((texts) => texts.size === published);
      const ownersNow = (expected: number, what: string) =>
        eventually(what, async () => {
          owners.clear();
          await publish();
          await eventually(`everything arrives: ${what}`, isComplete);
          return new Set(owners.values()).size === expected;
        });

      const first = await join(log, "first");
      await ownersNow(1, "one member has all partitions");
      const others = world.log();
      const second = await join(others, "second");
      await ownersNow(2, "two members share them");
      await first.stop();
      owners.clear();
      await ownersNow(1, "the one that stays has all");
      assert.deepEqual([...new Set(owners.values())], ["second"]);
      await second.stop();
      await others.close();
    });

    test("who is told to end hears it by the signal", async () => {
      const topic = await newTopic(log, { partitions: 1 });
      await log.publish([record(topic, "key", "x")]);
      const signals: AbortSignal[] = [];
      const reading = await collect(log, [topic], {
        handle: async (_, signal) => {
          signals.push(signal);
          await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
        },
      });
      await eventually("the handler runs", () => signals.length === 1);
      await reading.stop();
      assert.equal(signals.length, 1);
      assert.equal(signals[0]?.aborted, true);
    });

    test("a position that cannot be read now is asked again", async () => {
      const topic = await newTopic(log, { partitions: 1 });
      await log.publish([record(topic, "key", "x")]);
      let asked = 0;
      const errors: Error[] = [];
      const reading = await collect(log, [topic], {
        onError: (error) => errors.push(error),
        position: async () => {
          asked += 1;
          if (asked === 1) throw new Error("the store is down");
          return undefined;
        },
      });
      await eventually("the record arrives", () => reading.records.length === 1);
      await reading.stop();
      assert.equal(errors[0]?.message, "the store is down");
      assert.deepEqual([...byKey(reading.records).keys()], ["key"]);
    });
  });
};
