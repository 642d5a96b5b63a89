import assert from "node:assert/strict";
import { test } from "node:test";
import { memoryLogBroker } from "../../../events/memory/log.ts";
import type { Log } from "../../../events/ports.ts";
import { type Offsets, type Page, RECENT, tail } from "../../../events/subscription/tail.ts";
import { systemClock } from "../../../services/chassis/process/clock.ts";
import { newTopic, record, textOf } from "../../contract/log-world.ts";
import { eventually } from "../../eventually.ts";

const never = new AbortController().signal;
const counted = (log: Log) => {
  const calls = { read: 0, follow: 0, stopped: 0 };
  const counting: Log = {
    ...log,
    read: (...given) => {
      calls.read += 1;
      return log.read(...given);
    },
    follow: async (...given) => {
      calls.follow += 1;
      const following = await log.follow(...given);
      return {
        ...following,
        stop: async () => {
          calls.stopped += 1;
          await following.stop();
        },
      };
    },
  };
  return { calls, log: counting };
};
const fixture = async () => {
  const { log, calls } = counted(memoryLogBroker({ clock: systemClock }).connect());
  const topics = [await newTopic(log, { partitions: 2 }), await newTopic(log, { partitions: 2 })];
  const [topic = "", other = ""] = topics;
  const publish = async (from: number, count: number, to = topic) =>
    log.publish(Array.from({ length: count }, (_, each) => record(to, `k-${from + each}`, String(from + each))));
  return { log, calls, topics, topic, other, publish };
};
type Fixture = Awaited<ReturnType<typeof fixture>>;
const open = ({ log, topics }: Pick<Fixture, "log" | "topics">) => tail(topics, { log, clock: systemClock }, never);
const ask = (from: Offsets, wait = 0, since = Date.now() + 1_000_000) => ({ from, since, wait, signal: never });
const texts = ({ records }: Page): readonly number[] => records.map((each) => Number(textOf(each))).sort((a, b) => a - b);
const numbers = (from: number, count: number): readonly number[] => Array.from({ length: count }, (_, each) => from + each);
/** All from a position on, page by page. */
const all = async (page: ReturnType<typeof tail>["page"], begin: Offsets) => {
  const found: number[] = [];
  for (let from = begin; ; ) {
    const each = await page(ask(from));
    if (each.records.length === 0) return { found: found.sort((a, b) => a - b), from };
    found.push(...texts(each));
    from = each.next;
  }
};

test("who is here gets what comes, from memory, however many there are: the log is read once", async () => {
  const at = await fixture();
  const { page } = open(at);
  const { next } = await page(ask({}));
  const waiting = Promise.all(numbers(0, 50).map(() => page(ask(next, 30_000))));
  await at.publish(0, 3);
  for (const each of await waiting) assert.ok(each.records.length > 0);
  await eventually("all is in memory", async () => texts(await page(ask(next))).length === 3);
  assert.deepEqual([at.calls.read, at.calls.follow], [0, 2]);
  await at.log.close();
});

test("who comes from before the memory gets pages of the log, each record once, and then what is in memory", async () => {
  const at = await fixture();
  await at.publish(0, 3_000);
  await at.publish(3_000, 100, at.other);
  const { page } = open(at);
  const start: Offsets = { [at.topic]: [0, 0], [at.other]: [0, 0] };
  const { found, from } = await all(page, start);
  assert.deepEqual(found, numbers(0, 3_100));
  const read = at.calls.read;
  assert.ok(read > 1, "in several pages");
  await at.publish(3_100, 5);
  assert.deepEqual((await all(page, from)).found, numbers(3_100, 5));
  assert.equal(at.calls.read, read);
  await at.log.close();
});

test("a topic that is not named begins at the time", async () => {
  const at = await fixture();
  await at.publish(0, 10);
  const since = await eventually("time has passed", () => Date.now() > Date.now() - 1 && Date.now() + 5);
  await eventually("later", () => Date.now() > since);
  await at.publish(10, 10);
  const { page } = open(at);
  const first = await page(ask({}, 0, since));
  assert.deepEqual(texts(first), numbers(10, 10));
  await at.log.close();
});

test("memory has a bound: the oldest are read from the log again", async () => {
  const at = await fixture();
  const { page } = open(at);
  const { next } = await page(ask({}));
  for (let from = 0; from < RECENT.records + 500; from += 500) await at.publish(from, 500);
  const { found } = await eventually("the last are in memory", async () => {
    const read = await all(page, next);
    return read.found.length === RECENT.records + 500 && read;
  });
  assert.deepEqual(found, numbers(0, RECENT.records + 500));
  assert.ok(at.calls.read > 0);
  await at.log.close();
});

test("what the log does not hold any more, or not yet again, is told, and the reader goes on with what there is", async () => {
  const at = await fixture();
  await at.publish(0, 1_000);
  const low = 100;
  // As after a retention: the first records are gone.
  const log: Log = {
    ...at.log,
    offsets: async (topic, time) =>
      (await at.log.offsets(topic, time)).map((each) => (topic === at.topic && time === 0 ? { ...each, offset: low } : each)),
    read: (ranges, ...rest) => {
      assert.ok(ranges.every(({ topic, from }) => topic !== at.topic || from >= low));
      return at.log.read(ranges, ...rest);
    },
  };
  const { page } = open({ ...at, log });
  const first = await page(ask({ [at.topic]: [5, 300], [at.other]: [0, 0] }));
  assert.deepEqual(first.lost, [at.topic]);
  assert.deepEqual(
    [first.from[at.topic], first.from[at.other]],
    [
      [low, 300],
      [0, 0],
    ],
  );
  const beyond = await page(ask({ [at.topic]: [300, 99_999], [at.other]: [0, 0] }));
  assert.deepEqual([beyond.lost, beyond.from[at.topic]], [[at.topic], [300, low]]);
  assert.deepEqual((await page(ask(first.next))).lost, []);
  await at.log.close();
});

test("a log that is down is an error, and is asked again", async () => {
  const at = await fixture();
  let isDown = true;
  const log: Log = { ...at.log, follow: (...given) => (isDown ? Promise.reject(new Error("down")) : at.log.follow(...given)) };
  const { page } = open({ ...at, log });
  await assert.rejects(page(ask({})), /down/);
  isDown = false;
  await page(ask({}));
  await at.log.close();
});

test("nobody is read for who does not ask", async () => {
  const at = await fixture();
  let ahead = 0;
  const clock = {
    ...systemClock,
    now: () => Date.now() + ahead,
    sleep: async (_: number, signal?: AbortSignal) => systemClock.sleep(1, signal),
  };
  const { page } = tail(at.topics, { log: at.log, clock }, never);
  await page(ask({}));
  ahead = 120_000;
  await eventually("the followers have stopped", () => at.calls.stopped === 2);
  await page(ask({}));
  assert.equal(at.calls.follow, 4);
  await at.log.close();
});
