import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Log } from "../../events/ports.ts";
import { eventually } from "../eventually.ts";
import { groupContract } from "./log-groups.ts";
import { rangesContract } from "./log-ranges.ts";
import { byKey, collect, type LogWorld, newTopic, partitions, record, textOf } from "./log-world.ts";

const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i);
const total = (ends: readonly { readonly offset: number }[]): number => ends.reduce((sum, { offset }) => sum + offset, 0);

/** What every adapter of the log promises. */
export const logContract = (name: string, make: () => Promise<LogWorld>): void => {
  describe(name, { concurrency: false }, () => {
    let world: LogWorld;
    let log: Log;
    before(async () => {
      world = await make();
      log = world.log();
    });
    after(async () => {
      await log?.close();
      await world?.close();
    });

    test("topics are made once, and their number of partitions never changes", async () => {
      const topic = await newTopic(log);
      const spec = { name: topic, partitions, compacted: false };
      const other = world.log();
      await Promise.all([log.ensureTopics([spec]), other.ensureTopics([spec, { ...spec, name: `${topic}.second` }])]);
      await assert.rejects(log.ensureTopics([{ ...spec, partitions: 3 }]), /has 6 partitions, not 3/);
      assert.equal((await log.ends(`${topic}.second`)).length, partitions);
      await other.close();
    });

    test("two instances may create the same topic at the same time", async () => {
      const spec = { name: `contract.race.${process.pid}.${Date.now()}`, partitions: 2, compacted: true };
      const other = world.log();
      await Promise.all([log.ensureTopics([spec]), other.ensureTopics([spec])]);
      assert.deepEqual(await log.ends(spec.name), [
        { partition: 0, offset: 0 },
        { partition: 1, offset: 0 },
      ]);
      await other.close();
    });

    test("topics are described with their ids and with what each partition holds, and who publishes is told where that ends", async () => {
      const [topic, empty] = [await newTopic(log), await newTopic(log, { partitions: 2 })];
      const ends = await log.publish(range(50).map((i) => record(topic, `key-${i}`, String(i))));
      const [state, other] = await log.describe([topic, empty]);
      assert.deepEqual(
        state?.ranges.map(({ topic: name, partition, from }) => [name, partition, from]),
        range(partitions).map((partition) => [topic, partition, 0]),
      );
      assert.deepEqual(
        state?.ranges.map(({ to }) => to),
        (await log.ends(topic)).map(({ offset }) => offset),
      );
      assert.deepEqual(
        ends.toSorted((one, another) => one.partition - another.partition),
        state?.ranges.filter(({ to }) => to > 0).map(({ partition, to }) => ({ topic, partition, end: to })),
      );
      assert.deepEqual([other?.name, other?.ranges.map(({ to }) => to)], [empty, [0, 0]]);
      assert.ok(state.id !== "" && state.id !== other?.id);
      const connected = world.log();
      assert.deepEqual(
        (await connected.describe([topic])).map(({ id }) => id),
        [state.id],
      );
      assert.deepEqual(await connected.describe([]), []);
      await assert.rejects(connected.describe([`${topic}.missing`]));
      await connected.close();
    });

    test("a record comes as it was published", async () => {
      const topic = await newTopic(log);
      await log.publish([{ topic, key: "cluster/größe", value: Uint8Array.of(0, 1, 255), headers: { ce_type: "É", empty: "" } }]);
      const reading = await collect(log, [topic]);
      await eventually("the record arrives", () => reading.records.length === 1);
      await reading.stop();
      const [only] = reading.records;
      assert.ok(only);
      assert.equal(only.key, "cluster/größe");
      assert.deepEqual([...(only.value ?? [])], [0, 1, 255]);
      assert.deepEqual({ ...only.headers }, { ce_type: "É", empty: "" });
      assert.deepEqual([only.topic, only.offset, reading.batches[0]?.next], [topic, 0, 1]);
    });

    test("the bytes in the log are its own", async () => {
      const topic = await newTopic(log);
      const value = Buffer.from("before");
      await log.publish([{ topic, key: "k", value, headers: {} }]);
      value.fill(0);
      const reading = await collect(log, [topic]);
      await eventually("the record arrives", () => reading.records.length === 1);
      await reading.stop();
      assert.deepEqual(reading.records.map(textOf), ["before"]);
    });

    test("the records of a key keep their order, in one partition", async () => {
      const topic = await newTopic(log);
      const keys = range(20).map((key) => `cluster/cl-${key}`);
      for (const round of range(5))
        await log.publish(keys.flatMap((key) => [record(topic, key, `${round}.1`), record(topic, key, `${round}.2`)]));
      const reading = await collect(log, [topic]);
      await eventually("all records arrive", () => reading.records.length === 200);
      await reading.stop();
      const expected = range(5).flatMap((round) => [`${round}.1`, `${round}.2`]);
      for (const texts of byKey(reading.records).values()) assert.deepEqual(texts, expected);
      for (const key of keys) assert.equal(new Set(reading.records.filter((one) => one.key === key).map((one) => one.partition)).size, 1);
      assert.ok(new Set(reading.records.map((one) => one.partition)).size > 1, "they are spread over the partitions");
    });

    test("calls in parallel keep the order of each key, over several topics", async () => {
      const topics = [await newTopic(log), await newTopic(log)];
      const calls = range(5_000).map((i) => log.publish([record(topics[i % 2] ?? "", `key-${i % 40}`, String(i))]));
      await Promise.all(calls);
      const reading = await collect(log, topics);
      await eventually("all records arrive", () => reading.records.length === 5_000);
      await reading.stop();
      for (const [key, texts] of byKey(reading.records)) {
        const own = Number(key.slice(4));
        assert.deepEqual(
          texts.map(Number),
          range(125).map((i) => own + 40 * i),
        );
      }
    });

    test("a call with many records is stored whole, in order", async () => {
      const topic = await newTopic(log);
      await log.publish(range(12_000).map((i) => record(topic, `key-${i % 3}`, String(i))));
      assert.equal(total(await log.ends(topic)), 12_000);
      const reading = await collect(log, [topic]);
      await eventually("all records arrive", () => reading.records.length === 12_000);
      await reading.stop();
      for (const texts of byKey(reading.records).values())
        assert.ok(texts.every((text, i) => i === 0 || Number(text) > Number(texts[i - 1])));
    });

    test("big records go through, however many at once", async () => {
      const topic = await newTopic(log);
      const big = (i: number) => String(i).padEnd(900 * 1024, ".");
      await log.publish(range(8).map((i) => record(topic, `key-${i % 2}`, big(i))));
      const reading = await collect(log, [topic]);
      await eventually("all records arrive", () => reading.records.length === 8);
      await reading.stop();
      assert.deepEqual([...byKey(reading.records).values()].flat().sort(), range(8).map(big));
    });

    test("a tombstone has no value", async () => {
      const topic = await newTopic(log, { compacted: true });
      await log.publish([record(topic, "instance", "alive"), record(topic, "instance", null)]);
      const reading = await collect(log, [topic]);
      await eventually("both arrive", () => reading.records.length === 2);
      await reading.stop();
      assert.deepEqual(reading.records.map(textOf), ["alive", null]);
    });

    test("the ends are the offsets after the last record of each partition", async () => {
      const topic = await newTopic(log);
      assert.deepEqual(
        await log.ends(topic),
        range(partitions).map((partition) => ({ partition, offset: 0 })),
      );
      await log.publish(range(30).map((i) => record(topic, `key-${i}`, "x")));
      const reading = await collect(log, [topic]);
      await eventually("all records arrive", () => reading.records.length === 30);
      await reading.stop();
      for (const { partition, offset } of await log.ends(topic)) {
        assert.equal(offset, reading.records.filter((one) => one.partition === partition).length);
      }
    });

    test("an unknown topic is refused, and whoever publishes beside it is not", async () => {
      const topic = await newTopic(log);
      const missing = log.publish([record(`${topic}.missing`, "key", "x")]);
      const stored = log.publish([record(topic, "key", "x")]);
      await assert.rejects(missing, /no topic/);
      await stored;
      assert.equal(total(await log.ends(topic)), 1);
    });

    test("an empty topic is caught up with at once, and followed from then on", async () => {
      const topic = await newTopic(log, { compacted: true });
      const seen: string[] = [];
      const following = await log.follow(topic, (one) => seen.push(`${one.key}=${textOf(one)}`));
      await following.caughtUp;
      assert.deepEqual(seen, []);
      await log.publish([record(topic, "a", "1"), record(topic, "a", null)]);
      await eventually("what is published later arrives", () => seen.length === 2);
      await following.stop();
      assert.deepEqual(seen, ["a=1", "a=null"]);
    });

    test("a follower may begin at offsets, also at the end", async () => {
      const topic = await newTopic(log, { partitions: 2 });
      await log.publish(range(20).map((i) => record(topic, `key-${i}`, String(i))));
      const [first, second] = await log.ends(topic);
      assert.ok(first && second && first.offset > 2);
      const seen: string[] = [];
      const from = [{ ...first, offset: first.offset - 2 }, second];
      const following = await log.follow(topic, ({ partition, offset }) => seen.push(`${partition}/${offset}`), from);
      await following.caughtUp;
      assert.deepEqual(seen, [`0/${first.offset - 2}`, `0/${first.offset - 1}`]);
      await log.publish(range(20).map((i) => record(topic, `key-${i}`, String(i))));
      await eventually("what comes is followed", () => seen.includes(`1/${second.offset}`) && seen.includes(`0/${first.offset}`));
      await following.stop();
      assert.equal(new Set(seen).size, seen.length);
    });

    test("each follower holds the whole topic once it is caught up", async () => {
      const topic = await newTopic(log, { compacted: true });
      await log.publish(range(500).map((i) => record(topic, `key-${i}`, String(i))));
      const other = world.log();
      const follow = async (instance: Log) => {
        const seen = new Set<string | null>();
        const following = await instance.follow(topic, (one) => seen.add(textOf(one)));
        await following.caughtUp;
        return { seen, following };
      };
      const followers = await Promise.all([follow(log), follow(other)]);
      for (const { seen } of followers) assert.equal(seen.size, 500);
      await Promise.all(followers.map(({ following }) => following.stop()));
      await other.close();
    });

    test("a closed log has stopped its subscriptions and takes nothing more", async () => {
      const topic = await newTopic(log);
      const other = world.log();
      const reading = await collect(other, [topic]);
      await other.close();
      await other.close();
      await assert.rejects(other.publish([record(topic, "key", "x")]), /closed/);
      await log.publish([record(topic, "key", "x")]);
      const second = await collect(log, [topic]);
      await eventually("the record arrives elsewhere", () => second.records.length === 1);
      await second.stop();
      assert.deepEqual(reading.records, []);
    });

    groupContract(() => world);
    rangesContract(() => world);
  });
};
