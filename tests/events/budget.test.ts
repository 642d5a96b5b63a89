import assert from "node:assert/strict";
import { test } from "node:test";
import { budget } from "../../events/concurrency.ts";

/** Work that takes until it is let go, and notes that it began. */
const worker = (limit: number) => {
  const within = budget(limit);
  const began: string[] = [];
  const start = (name: string, held: number) => {
    let end = (_result: string | Error): void => {};
    const done = within(held, () => {
      began.push(name);
      return new Promise<string>((resolve, reject) => {
        end = (result) => (typeof result === "string" ? resolve(result) : reject(result));
      });
    });
    return { done, end: (result: string | Error) => end(result) };
  };
  return { began, start };
};

test("work waits while others hold too much, and what fits goes before what does not", async () => {
  const { began, start } = worker(10);
  const [six, five, four, three] = [start("six", 6), start("five", 5), start("four", 4), start("three", 3)];
  assert.deepEqual(began, ["six", "four"]);
  four.end("done");
  assert.equal(await four.done, "done");
  assert.deepEqual(began, ["six", "four", "three"], "five does not fit yet");
  six.end(new Error("failed"));
  await assert.rejects(six.done, /failed/);
  await Promise.resolve();
  assert.deepEqual(began, ["six", "four", "three", "five"]);
  three.end("");
  five.end("");
  await Promise.all([three.done, five.done]);
});

test("what holds more than all together may runs alone", async () => {
  const { began, start } = worker(10);
  const [small, huge] = [start("small", 1), start("huge", 100)];
  assert.deepEqual(began, ["small"]);
  small.end("");
  await small.done;
  const next = start("next", 1);
  await Promise.resolve();
  assert.deepEqual(began, ["small", "huge"]);
  huge.end("");
  await huge.done;
  await Promise.resolve();
  assert.deepEqual(began, ["small", "huge", "next"]);
  next.end("");
  await next.done;
});
