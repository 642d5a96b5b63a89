import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Log, LogBatch, LogRange } from "../../events/ports.ts";
import { eventually } from "../eventually.ts";
import { byKey, type LogWorld, newTopic, partitions, record, textOf } from "./log-world.ts";

const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i);
const never = new AbortController().signal;

/** What every adapter promises to those who read a part of the log once. */
export const rangesContract = (worldOf: () => LogWorld): void => {
  describe("ranges", { concurrency: false }, () => {
    let log: Log;
    before(() => {
      log = worldOf().log();
    });
    after(() => log.close());

    const filled = async (count: number, options: { partitions?: number } = {}): Promise<string> => {
      const topic = await newTopic(log, options);
      await log.publish(range(count).map((i) => record(topic, `key-${i % 20}`, String(i))));
      return topic;
    };
    const whole = async (topic: string): Promise<readonly LogRange[]> =>
      (await log.ends(topic)).map(({ partition, offset }) => ({ topic, partition, from: 0, to: offset }));
    const read = async (ranges: readonly LogRange[], reader = log) => {
      const batches: LogBatch[] = [];
      const handle = async (batch: LogBatch): Promise<number> => {
        batches.push(batch);
        return batch.next;
      };
      await reader.read(ranges, handle, never);
      return { batches, records: batches.flatMap(({ records }) => records) };
    };

    test("whole partitions of several topics are read once, each in its order, and then the reading is over", async () => {
      const topics = [await filled(500), await filled(300)];
      const ranges = (await Promise.all(topics.map(whole))).flat();
      await log.publish(topics.map((topic) => record(topic, "key-1", "later")));
      const { batches, records } = await read(ranges);
      assert.equal(records.length, 800);
      for (const topic of topics)
        for (const texts of byKey(records.filter((one) => one.topic === topic)).values())
          assert.ok(texts.every((text, i) => i === 0 || Number(text) === Number(texts[i - 1]) + 20));
      for (const { topic, partition, to } of ranges) {
        const own = batches.filter((batch) => batch.topic === topic && batch.partition === partition);
        assert.deepEqual(
          own.flatMap(({ records: some }) => some.map(({ offset }) => offset)),
          range(to),
        );
        assert.deepEqual(
          own.map((batch) => [batch.records.at(-1)?.offset, batch.end]),
          own.map(({ next }) => [next - 1, to]),
        );
        assert.equal(own.at(-1)?.next ?? 0, to, "it ends exactly where the range ends");
      }
    });

    test("a range begins and ends where it says, and one without records has no batch", async () => {
      const topic = await filled(100, { partitions: 1 });
      const { batches, records } = await read([{ topic, partition: 0, from: 31, to: 77 }]);
      assert.deepEqual(
        records.map(textOf),
        range(46).map((i) => String(31 + i)),
      );
      assert.equal(batches.at(-1)?.next, 77);
      assert.deepEqual((await read([{ topic, partition: 0, from: 100, to: 100 }])).batches, []);
      assert.deepEqual((await read([])).batches, []);
    });

    test("two ranges of one partition are both read", async () => {
      const topic = await filled(100, { partitions: 1 });
      const ends = { topic, partition: 0 };
      const { records } = await read([
        { ...ends, from: 0, to: 10 },
        { ...ends, from: 50, to: 60 },
      ]);
      assert.deepEqual(
        records.map(({ offset }) => offset).sort((a, b) => a - b),
        [...range(10), ...range(10).map((i) => 50 + i)],
      );
    });

    test("a range that is not there is refused before anything is read", async () => {
      const topic = await filled(10, { partitions: 1 });
      const good = { topic, partition: 0, from: 0, to: 10 };
      let handled = 0;
      const handle = async ({ next }: LogBatch): Promise<number> => {
        handled++;
        return next;
      };
      for (const bad of [{ to: 11 }, { from: -1 }, { from: 5, to: 4 }, { partition: 1 }])
        await assert.rejects(log.read([good, { ...good, ...bad }], handle, never), /holds 0 to|no partition/);
      await assert.rejects(log.read([{ ...good, topic: `${topic}.missing` }], handle, never));
      assert.equal(handled, 0);
    });

    test("the handler says where to go on, and its error ends the reading", async () => {
      const topic = await filled(40, { partitions: 1 });
      const ranges = await whole(topic);
      const starts: number[] = [];
      let isRepeated = false;
      await log.read(
        ranges,
        async ({ records, next }) => {
          starts.push(records[0]?.offset ?? -1);
          if (isRepeated) return next;
          isRepeated = true;
          return 0;
        },
        never,
      );
      assert.deepEqual(starts.slice(0, 2), [0, 0]);
      const failing = log.read(ranges, async () => assert.fail("cannot be folded"), never);
      await assert.rejects(failing, /cannot be folded/);
    });

    test("readers share nothing: two of them read the same, beside a subscription", async () => {
      const topic = await filled(200);
      const ranges = await whole(topic);
      const other = worldOf().log();
      const [one, two] = await Promise.all([read(ranges), read(ranges, other)]);
      assert.deepEqual([one.records.length, two.records.length], [200, 200]);
      await other.close();
    });

    test("who is told to stop stops, with the reason that was given", async () => {
      const topic = await filled(200, { partitions: 1 });
      const stopping = new AbortController();
      const reading = log.read(
        await whole(topic),
        async ({ records }) => {
          stopping.abort(new Error("enough"));
          return records[0]?.offset ?? 0;
        },
        stopping.signal,
      );
      await assert.rejects(reading, /enough/);
      await assert.rejects(
        log.read([{ topic, partition: 0, from: 0, to: 1 }], async ({ next }) => next, stopping.signal),
        /enough/,
      );
    });

    test("closing the log ends a reading", async () => {
      const topic = await filled(200, { partitions: 1 });
      const other = worldOf().log();
      const reading = other.read(
        await whole(topic),
        async ({ records }) => {
          void other.close();
          return records[0]?.offset ?? 0;
        },
        never,
      );
      await assert.rejects(reading, /closed/);
    });

    test("a time has an offset in each partition: that of the first record from then on, or the end", async () => {
      const topic = await newTopic(log);
      const early = Date.now();
      await log.publish(range(30).map((i) => record(topic, `key-${i}`, "early")));
      const before = await log.ends(topic);
      const between = Date.now() + 1;
      await eventually("the clock goes on", () => Date.now() > between);
      await log.publish(range(10).map((i) => record(topic, `key-${i}`, "late")));
      const ends = await log.ends(topic);
      assert.deepEqual(await log.offsets(topic, between), before);
      assert.deepEqual(await log.offsets(topic, Date.now() + 60_000), ends);
      assert.deepEqual(
        await log.offsets(topic, early),
        range(partitions).map((partition) => ({ partition, offset: 0 })),
      );
      await assert.rejects(log.offsets(`${topic}.missing`, early));
    });
  });
};
