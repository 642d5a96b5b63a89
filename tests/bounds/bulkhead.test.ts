import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import { after, before, test } from "node:test";
import type { Response } from "express";
import { kind } from "../../events/memory/fate.ts";
import { seeded, virtualTime } from "../../events/simulation/time.ts";
import { bulkhead } from "../../services/chassis/http/bulkhead.ts";
import { isProblem } from "../../services/chassis/http/problems.ts";
import { eventually } from "../eventually.ts";
import { example } from "../world/toys/example.ts";
import { served, type World } from "../world/world.ts";

let world: World;
before(async () => {
  world = await served(example);
});
after(() => world.stop());

/** A store that answers nothing until it is let go. */
const halted = () => {
  let release = (): void => {};
  const opened = new Promise<void>((resolve) => {
    release = resolve;
  });
  let waiting = 0;
  world.fate.before = async (call) => {
    if (!call.startsWith("documents.find")) return;
    waiting++;
    await opened;
  };
  return {
    waiting: () => waiting,
    release: () => {
      world.fate.before = kind.before;
      release();
    },
  };
};

test("a service whose store does not answer holds a bounded number of requests, lets as many wait a while, and refuses the rest at once", async () => {
  const system = await world.as("system");
  const store = halted();
  const statuses: number[] = [];
  const ask = async () => {
    const answer = await system.get("/v1/categories");
    statuses.push(answer.status);
    return answer;
  };
  const all = Promise.all(Array.from({ length: 500 }, ask));
  await eventually("those beyond 128 and 256 are refused", () => statuses.length >= 116);
  assert.equal(store.waiting(), 128, "no more reach the store");
  assert.deepEqual([...new Set(statuses)], [503]);
  assert.equal((await world.ask("/livez", {})).status, 200);
  assert.equal((await world.ask("/readyz", {})).status, 200);
  await eventually("those who waited are refused in the end", () => statuses.length === 372);
  store.release();
  const answers = await all;
  assert.equal(answers.filter(({ status }) => status === 200).length, 128, "what was let in is answered");
  const refused = answers.find(({ status }) => status === 503);
  assert.deepEqual([refused?.error, refused?.headers.get("retry-after")], ["overloaded", "2"]);
  assert.equal((await ask()).status, 200, "and there is a place again");
});

test("answers with whole packages in them are few at once, whether they are bytes or JSON", async () => {
  const system = await world.as("system");
  const store = halted();
  const statuses: number[] = [];
  const all = Promise.all(
    Array.from({ length: 300 }, async () => statuses.push((await system.get("/v1/app_version/package?version_id=appv-1")).status)),
  );
  await eventually("those beyond 4 and 256 are refused", () => statuses.length >= 40);
  assert.equal(store.waiting(), 4);
  assert.equal((await system.get("/v1/apps/statistics/none")).status, 404, "others are answered");
  store.release();
  await all;
  assert.equal(statuses.filter((status) => status === 200).length, 260);
});

test("the work for callers who have left keeps its place until it ends", async () => {
  const system = await world.as("system");
  const authorization = `Bearer ${await world.token("system")}`;
  const store = halted();
  const leaving = new AbortController();
  const left = Array.from({ length: 128 }, () =>
    fetch(`${world.of().url}/v1/categories`, { headers: { authorization }, signal: leaving.signal }).catch(() => "left"),
  );
  await eventually("all are in", () => store.waiting() === 128);
  leaving.abort();
  assert.deepEqual([...new Set(await Promise.all(left))], ["left"]);
  let status: number | undefined;
  const next = system.get("/v1/categories").then((answer) => {
    status = answer.status;
  });
  await eventually("there is no place for another", () => status === 503);
  await next;
  assert.equal(store.waiting(), 128);
  store.release();
  assert.equal((await system.get("/v1/categories")).status, 200);
});

test("large bodies count by their bytes: one waits until there is room for it, nobody overtakes it, and a single one may be larger", async () => {
  const { clock, run } = virtualTime(seeded(1));
  const { enter, inFlight, waiting } = bulkhead(clock, { requests: 10, bytes: 100, waiting: 2, milliseconds: 5_000 });
  const came: string[] = [];
  const come = (name: string, bytes: number): EventEmitter => {
    const response = new EventEmitter();
    // A bulkhead only listens to the end of the response.
    void enter(response as unknown as Response, bytes).then((place) => came.push(isProblem(place) ? `not ${name}` : name));
    return response;
  };
  const [a, b] = [come("a", 60), come("b", 60)];
  const c = come("c", 10);
  const d = come("d", 10);
  await run(() => came.length === 2, 1_000);
  assert.deepEqual([came, inFlight(), waiting()], [["a", "not d"], 1, 2]);
  a.emit("close");
  await run(() => came.length === 4, 1_000);
  assert.deepEqual([came.slice(2), inFlight(), waiting()], [["b", "c"], 2, 0]);
  const e = come("e", 40);
  e.emit("close");
  await run(() => came.length === 5, 1_000);
  assert.deepEqual([came.at(-1), inFlight(), waiting()], ["not e", 2, 0], "who leaves while it waits takes no place");
  for (const response of [b, c, d]) response.emit("close");
  come("f", 1_000);
  await run(() => came.length === 6, 1_000);
  const began = clock.now();
  come("g", 1);
  await run(() => came.length === 7, 60_000);
  assert.deepEqual([came.slice(5), clock.now() - began], [["f", "not g"], 5_000]);
});
