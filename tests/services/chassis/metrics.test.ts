import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { memoryDatabase } from "../../../events/memory/database.ts";
import { kind } from "../../../events/memory/fate.ts";
import { memoryStore } from "../../../events/memory/store.ts";
import { systemClock } from "../../../services/chassis/process/clock.ts";
import { dueIn, MAX_DUE } from "../../../services/chassis/process/metrics/due.ts";
import { lagIn } from "../../../services/chassis/process/metrics/lag.ts";
import { measured } from "../../../services/chassis/process/metrics/measured.ts";
import { metrics } from "../../../services/chassis/process/metrics.ts";
import type { Service } from "../../../services/chassis/service.ts";
import { commitOf, encoded } from "../../contract/commits.ts";
import { eventually } from "../../eventually.ts";
import { gate } from "../../world/faults.ts";
import { figure } from "../../world/figures.ts";
import { example } from "../../world/toys/example.ts";
import { served } from "../../world/world.ts";

/** Longer than figures of the store and the log are kept. */
const LATER = 6_000;
/** A service whose figures a test reads, and somebody who uses it. */
const watched = async (t: TestContext, service: Service = example) => {
  const world = await served(service, { wait: 50 });
  t.after(world.stop);
  const { url, instance } = world.of();
  const { post } = await world.as("system");
  return { ...world, instance, post, figure: (name: string, labels?: Record<string, string>) => figure(url, name, labels) };
};
/** Holds up calls whose name begins so. */
const holding = (begins: string) => {
  const { closed, open } = gate();
  return { open, before: (call: string) => (call.startsWith(begins) ? closed : Promise.resolve()) };
};
const category = (name: string) => ({ name, locale: "{}" });

test("commits whose publication is held up are due and get older, and are not any more once the log has them", async (t) => {
  const world = await watched(t);
  const held = holding("log.publish pitrix.category");
  world.fate.before = held.before;
  for (const name of ["one", "two", "three"]) assert.equal((await world.post("/v1/categories", category(name))).status, 200);
  assert.equal(await world.figure("pitrix_due_marks", { kind: "publish" }), 3);
  assert.equal(await world.figure("pitrix_relay_pending"), 3);
  assert.equal(await world.figure("pitrix_relay_lag_seconds_count"), 0);
  world.time.pass(60_000);
  const age = (await world.figure("pitrix_due_oldest_seconds", { kind: "publish" })) ?? 0;
  assert.ok(age >= 60 && age < 120, `${age}`);

  held.open();
  await eventually("the publication", async () => (await world.figure("pitrix_relay_pending")) === 0);
  // The marks go a moment later, together; each look is at figures of its own time.
  await eventually("the marks are taken off", async () => {
    world.time.pass(LATER);
    return (await world.figure("pitrix_due_marks", { kind: "publish" })) === 0;
  });
  assert.equal(await world.figure("pitrix_due_oldest_seconds", { kind: "publish" }), 0);
  assert.equal(await world.figure("pitrix_relay_lag_seconds_count"), 3);
  assert.ok(((await world.figure("pitrix_relay_lag_seconds_sum")) ?? 0) >= 180, "from the commit, however long ago");
  const model = { subscription: "categories__v1" };
  await eventually("the read model", async () => ((await world.figure("pitrix_event_latency_seconds_count", model)) ?? 0) > 0);
  assert.ok(((await world.figure("pitrix_event_latency_seconds_sum", model)) ?? 0) >= 60, "of the last event of a batch");
  assert.equal(await world.figure("pitrix_decisions_total", { command: "CreateCategory", outcome: "committed" }), 3);
});

test("a subscription that is held up lags in events and seconds, and is up to date when it goes on", async (t) => {
  const world = await watched(t);
  const model = { subscription: "categories__v1" };
  assert.equal(await world.figure("pitrix_subscription_lag_events", model), 0);
  const held = holding("documents.write categories");
  world.fate.before = held.before;
  await world.post("/v1/categories", category("one"));
  await world.post("/v1/categories", category("two"));
  await eventually("the publication", async () => (await world.figure("pitrix_relay_pending")) === 0);
  world.time.pass(LATER);
  assert.equal(await world.figure("pitrix_subscription_lag_events", model), 2);
  const seconds = (await world.figure("pitrix_subscription_lag_seconds", model)) ?? 0;
  assert.ok(seconds >= 6 && seconds < 60, `${seconds}`);
  assert.equal(await world.figure("pitrix_subscription_event_age_seconds", model), undefined, "it has gone past none yet");

  held.open();
  const { progress } = world.instance.subscriptions().get("categories__v1") ?? {};
  await eventually("the read model", () => [...(progress?.values() ?? [])].reduce((sum, at) => sum + at, 0) === 2);
  world.time.pass(LATER);
  assert.equal(await world.figure("pitrix_subscription_lag_events", model), 0);
  assert.equal(await world.figure("pitrix_subscription_lag_seconds", model), 0);
  assert.ok(((await world.figure("pitrix_subscription_event_age_seconds", model)) ?? 0) >= 6);
});

test("a partition that another instance has taken over is told by that one only", async (t) => {
  const world = await watched(t);
  const places = (one: Pick<typeof world, "instance">) => [...(one.instance.subscriptions().get("categories__v1")?.progress.keys() ?? [])];
  await eventually("both partitions", () => places(world).length === 2);
  const other = await world.start({ service: example }, 2);
  await eventually("one each", () => places(world).length === 1 && places(other).length === 1);
  assert.deepEqual([...places(world), ...places(other)].sort(), ["pitrix.category/0", "pitrix.category/1"]);
});

test("effects are told while they run, by what came of their attempts, and how long these took", async (t) => {
  const held = gate();
  let attempts = 0;
  const run = async () => {
    attempts += 1;
    if (attempts === 1) throw new Error("not yet");
    await held.closed;
    return { type: "RenameCategory", categoryId, name: "renamed" };
  };
  let categoryId = "";
  const world = await watched(t, withEffect(run));
  categoryId = (await world.post("/v1/categories", category("one"))).body.category_id;
  await eventually("the second attempt", async () => attempts === 2 && (await world.figure("pitrix_effects_running")) === 1);
  assert.equal(await world.figure("pitrix_due_marks", { kind: "effects" }), 1);
  const attempted = (outcome: string) => world.figure("pitrix_effect_attempts_total", { effect: "CategoryCreated", outcome });
  assert.equal(await attempted("failed"), 1);
  assert.equal(await attempted("done"), undefined);
  held.open();
  await eventually("its outcome", async () => (await world.figure("pitrix_decisions_total", { command: "RenameCategory" })) === 1);
  assert.equal(await attempted("done"), 1);
  assert.equal(await world.figure("pitrix_effect_seconds_count", { effect: "CategoryCreated" }), 2);
  assert.equal(await world.figure("pitrix_failures_total", { where: "effect" }), 1);
  world.time.pass(LATER);
  assert.equal(await world.figure("pitrix_due_marks", { kind: "effects" }), 0);
});

test("what is due is counted mark by mark, timers once their time has come, and no further than some bound", async () => {
  const clock = { ...systemClock, now: () => 10_000 };
  const store = memoryStore(memoryDatabase(), kind, clock.now);
  const metadata = { ...commitOf("", 1).metadata, time: new Date(4_000).toISOString() };
  const two = { events: [encoded("1"), encoded("2")], metadata };
  const timers = [
    { version: 1, at: 7_000 },
    { version: 2, at: 60_000 },
  ];
  await store.append(commitOf("cluster/a", 1, { ...two, effects: [1, 2], timers }));
  assert.deepEqual(await dueIn(store, clock), [
    { kind: "publish", marks: 0, oldestSeconds: 0 },
    { kind: "effects", marks: 2, oldestSeconds: 6 },
    { kind: "timers", marks: 1, oldestSeconds: 3 },
  ]);
  for (let nth = 0; nth <= MAX_DUE; nth++) await store.append(commitOf(`cluster/${nth}`, 1, { publish: true, metadata }));
  assert.deepEqual((await dueIn(store, clock))[0], { kind: "publish", marks: MAX_DUE, oldestSeconds: 6 });
});

test("a subscription has been behind since it was last at the end, or as long as the event is old that it is at", async () => {
  const now = { at: 100_000 };
  const clock = { ...systemClock, now: () => now.at };
  const at = { progress: new Map([["pitrix.app/0", 5]]), latest: () => new Date(60_000).toISOString() };
  const ends = { offset: 7 };
  const ask = lagIn(() => new Map([["model", at]]), { ends: async () => [{ partition: 0, offset: ends.offset }] }, clock);
  assert.deepEqual(await ask(), [{ subscription: "model", events: 2, seconds: 40, ageSeconds: 40 }]);
  at.progress.set("pitrix.app/0", 7);
  assert.deepEqual(await ask(), [{ subscription: "model", events: 0, seconds: 0, ageSeconds: 40 }]);
  now.at += 3_600_000;
  assert.deepEqual((await ask())[0]?.seconds, 0, "idle is not behind");
  now.at += 5_000;
  ends.offset = 8;
  assert.deepEqual(await ask(), [{ subscription: "model", events: 1, seconds: 5, ageSeconds: 3_645 }]);
});

test("a store that does not answer costs a scrape its figures and no more than a second", async (t) => {
  const world = await watched(t);
  const held = holding("store.due");
  assert.equal(await world.figure("pitrix_due_marks", { kind: "publish" }), 0);
  world.fate.before = held.before;
  world.time.pass(LATER);
  const began = Date.now();
  assert.equal(await world.figure("pitrix_due_marks", { kind: "publish" }), 0, "as it was seconds ago");
  assert.ok(Date.now() - began < 5_000);
  world.time.pass(60_000);
  assert.equal(await world.figure("pitrix_due_marks", { kind: "publish" }), undefined, "no figure rather than an old one");
  assert.equal(
    await world.figure("pitrix_subscription_lag_events", { subscription: "categories__v1" }),
    0,
    "the log is asked all the same",
  );
  held.open();
});

test("however many scrape, the store is asked once in some seconds, and once at a time", async () => {
  const now = { at: 0 };
  let asked = 0;
  const held = gate();
  const ask = measured({ ...systemClock, now: () => now.at }, async () => {
    asked += 1;
    if (asked === 2) await held.closed;
    return asked;
  });
  assert.deepEqual(await Promise.all([ask(), ask(), ask()]), [1, 1, 1]);
  now.at += 5_000;
  const second = ask();
  now.at += 60_000;
  const third = ask();
  held.open();
  assert.deepEqual(await Promise.all([second, third]), [undefined, undefined], "what was asked for a minute ago is too old");
  assert.deepEqual([asked, await ask(), await ask()], [2, 3, 3]);
});

test("neither paths nor instances make series of their own", async (t) => {
  const world = await watched(t);
  for (let nth = 0; nth < 30; nth++) await world.ask(`/v1/none/${nth}`);
  assert.equal(await world.figure("pitrix_http_request_seconds_count", { operation: "-", status: "404" }), 30);
  const measured = metrics("a");
  for (let nth = 0; nth < 30; nth++) {
    measured.breaker(`blobs of http://10.0.0.${nth}:9100`, "closed");
    measured.breaker(`provider-local to runtime-${nth}`, "closed");
    measured.call(`provider-local to runtime-${nth}`, "done");
    measured.call(`blobs of http://10.0.0.${nth}:9100`, "done");
  }
  measured.breaker("blobs of http://10.0.0.7:9100", "open");
  measured.breaker("repo.RepoIndexingRequested", "closed");
  const lines = (await measured.text()).split("\n").filter((line) => line.startsWith("pitrix_breaker"));
  assert.deepEqual(lines, [
    'pitrix_breaker_state{breaker="blobs of http://10.0.0.7:9100",service="a"} 2',
    'pitrix_breaker_state{breaker="repo.RepoIndexingRequested",service="a"} 0',
    'pitrix_breaker_calls_total{breaker="provider-local to *",outcome="done",service="a"} 30',
    'pitrix_breaker_calls_total{breaker="blobs of *",outcome="done",service="a"} 30',
  ]);
});

/** The example with an effect of what is created. */
const withEffect = (run: () => Promise<{ type: string; categoryId: string; name: string }>): Service => {
  const { category } = example.aggregates;
  if (!category) throw new Error("the example has no categories");
  return { ...example, aggregates: { category: { ...category, effects: { CategoryCreated: { ends: ["RenameCategory"], run } } } } };
};
