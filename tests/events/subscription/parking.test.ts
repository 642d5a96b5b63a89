import assert from "node:assert/strict";
import { test } from "node:test";
import { frame } from "../../../events/codec/framing.ts";
import type { OutgoingRecord } from "../../../events/ports.ts";
import { schemas } from "../../../schemas/generated/schemas.ts";
import { change, changes, REACTIONS, READ_MODEL, versions } from "../../world/toys/catalog.ts";
import { catalogWorld } from "./catalog-world.ts";

const both = [READ_MODEL, REACTIONS] as const;

test("an event whose function throws parks its stream at once; later events wait in order and all other streams go on", async () => {
  const { publish, launch, until, shown, told, held } = await catalogWorld();
  const one = await launch({ poison: new Set(["category/a@2"]) });
  await publish([...changes("a", 1, 3), ...changes("b", 1, 3)]);
  await publish([...changes("a", 4, 5), ...changes("b", 4, 5)]);
  await until(() => shown("b").length === 5 && told("b").length === 5, "the other stream goes on");
  assert.deepEqual([shown("a"), told("a")], [["1"], ["1"]]);
  for (const subscription of both) {
    const parked = await held(subscription, "category/a");
    assert.deepEqual(
      parked.map(({ version, attempts, row }) => [version, attempts, row]),
      [2, 3, 4, 5].map((version) => [version, version === 2 ? 1 : 0, "CategoryModified"]),
    );
    assert.match(parked[0]?.reason ?? "", /CategoryModified threw: cannot digest category\/a@2/);
    assert.match(parked[1]?.reason ?? "", /waits behind/);
  }
  assert.equal(
    one.subscriptions.every(({ parked }) => parked.size === 1 && parked.has("category/a")),
    true,
  );
  await one.stop();
});

test("what is parked stands on the dead letter topic as it was, with its origin and its reason", async () => {
  const { publish, launch, until, deadLetters, broker } = await catalogWorld();
  const one = await launch({ poison: new Set(["category/a@2"]) });
  await publish(changes("a", 1, 3));
  await until(() => deadLetters().length === 4, "two events are copied by each of two subscriptions");
  const originals = (broker.contents().get("pitrix.category") ?? []).flat();
  for (const subscription of both)
    for (const version of [2, 3]) {
      const original = originals.find(({ headers }) => headers.ce_id === `category/a@${version}`);
      const copy = deadLetters().find(
        ({ headers }) => headers["pitrix-event-id"] === `category/a@${version}` && headers["pitrix-subscription"] === subscription,
      );
      assert.ok(original && copy);
      assert.deepEqual([copy.key, copy.value], [original.key, original.value]);
      assert.deepEqual(Object.fromEntries(Object.entries(copy.headers).filter(([name]) => !name.startsWith("pitrix-"))), original.headers);
      assert.equal(copy.headers["pitrix-origin"], `pitrix.category/${original.partition}/${original.offset}`);
      assert.equal(copy.headers["pitrix-service"], "catalog");
      assert.equal(copy.headers["pitrix-row"], "CategoryModified");
      assert.match(copy.headers["pitrix-reason"] ?? "", version === 2 ? /cannot digest category\/a@2/ : /waits behind/);
      assert.equal(copy.headers["pitrix-attempts"], version === 2 ? "1" : "0");
    }
  await one.stop();
});

test("while a port is down the subscription pauses and parks nothing", async () => {
  for (const port of [/^documents\.write/, /^store\.append/]) {
    const { publish, launch, until, pass, shown, told, parking, errors } = await catalogWorld();
    let isDown = true;
    const fate = {
      before: async (call: string) => {
        if (isDown && port.test(call)) throw new Error("the store is down");
      },
      after: async () => {},
    };
    const one = await launch({ fate });
    await publish([...changes("a", 1, 3), ...changes("b", 1, 3)]);
    await pass(60_000);
    assert.equal(shown("a").length < 3 || told("a").length < 3, true);
    assert.ok(errors.length >= 3, "it tries again and again");
    assert.deepEqual(await parking.list(10), []);
    isDown = false;
    await until(() => [shown, told].every((of) => of("a").length === 3 && of("b").length === 3), "it goes on when the port is back");
    await one.stop();
  }
});

const broken: { readonly [what: string]: (record: OutgoingRecord) => OutgoingRecord } = {
  "no value": (record) => ({ ...record, value: null }),
  "another format": (record) => ({ ...record, value: Buffer.from('{"name":"x"}') }),
  "the beginning of a value": (record) => ({ ...record, value: record.value?.subarray(0, 8) ?? null }),
  "bytes behind the value": (record) => ({ ...record, value: Buffer.concat([record.value ?? Buffer.alloc(0), Buffer.of(0)]) }),
  "a length beyond the end": (record) => ({ ...record, value: frame(record.value?.[4] ?? 0, Buffer.of(0x7e, 1, 2)) }),
  "a schema that nobody knows": (record) => ({ ...record, value: frame(9_999, record.value?.subarray(5) ?? Buffer.alloc(0)) }),
  "an event of another type": (record) => {
    const other = schemas.find(({ event }) => event === "CategoryDeleted")?.id ?? 0;
    return { ...record, value: frame(other, Buffer.of(2, 0x61)) };
  },
  "no version": (record) => ({ ...record, headers: { ...record.headers, ce_sequence: "soon" } }),
  "no headers": (record) => ({ ...record, headers: {} }),
};
for (const [what, spoil] of Object.entries(broken))
  test(`a record with ${what} is parked, and the stream with it`, async () => {
    const { publish, launch, until, shown, told, held } = await catalogWorld();
    const one = await launch();
    await publish([change("a", 1), spoil(change("a", 2)), ...changes("a", 3, 4), ...changes("b", 1, 4)]);
    await until(() => shown("b").length === 4 && told("b").length === 4, "the other stream goes on");
    assert.deepEqual([shown("a"), told("a")], [["1"], ["1"]]);
    for (const subscription of both) {
      const parked = await held(subscription, "category/a");
      assert.deepEqual(
        parked.map(({ attempts }) => attempts),
        [1, 0, 0],
        parked.map(({ reason }) => reason).join(),
      );
      assert.deepEqual(
        parked.slice(1).map(({ version }) => version),
        [3, 4],
      );
    }
    await one.stop();
  });

test("an event of a schema from the future waits until a build comes that knows it, and loses no field", async () => {
  const { publish, launch, until, pass, shown, told, held, deadLetters } = await catalogWorld();
  const known = schemas.find(({ event }) => event === "CategoryModified");
  assert.ok(known);
  const earlier = schemas.map((schema) => (schema === known ? { ...schema, id: 9_999 } : schema));
  const old = await launch({ schemas: earlier });
  await publish([...changes("a", 1, 3)]);
  await until(() => deadLetters().length === 6, "it is parked in both");
  const [first] = await held(READ_MODEL, "category/a");
  assert.equal(first?.unknownSchema, true);
  assert.match(first?.reason ?? "", new RegExp(`schema id ${known.id}`));
  await old.stop();
  const same = await launch({ schemas: earlier });
  await pass(60_000);
  assert.deepEqual([shown("a"), (await held(READ_MODEL, "category/a"))[0]?.attempts, deadLetters().length], [[], 1, 6], "nothing is new");
  await same.stop();
  const next = await launch();
  await until(() => shown("a").length === 3 && told("a").length === 3, "it drains by itself");
  await publish(changes("a", 4, 4));
  await until(() => shown("a").length === 4 && told("a").length === 4, "and goes on");
  assert.deepEqual([shown("a"), told("a")], [versions(1, 4), versions(1, 4)]);
  await next.stop();
});

test("repeats of what was handled before are not taken for what waits", async () => {
  for (const together of [true, false]) {
    const { publish, launch, until, pass, held } = await catalogWorld();
    const one = await launch({ poison: new Set(["category/a@3"]) });
    const [once, again] = [changes("a", 1, 4), [...changes("a", 1, 4), ...changes("a", 2, 5)]];
    await publish(together ? [...once, ...again] : once);
    await until(async () => (await held(REACTIONS, "category/a")).length >= 2, "it is parked");
    if (!together) await publish(again);
    await pass();
    for (const subscription of both) {
      const parked = await held(subscription, "category/a");
      assert.deepEqual(
        parked.map(({ version }) => version),
        [3, 4, 5],
      );
      assert.match(parked[0]?.reason ?? "", /cannot digest/);
    }
    await one.stop();
  }
});

test("who takes over a partition finds its parked streams, and skips no event", async () => {
  const { publish, launch, until, shown, told, held } = await catalogWorld();
  const poison = new Set(["category/a@2"]);
  const one = await launch({ poison });
  await publish([...changes("a", 1, 3), ...changes("b", 1, 1)]);
  await until(async () => (await held(REACTIONS, "category/a")).length === 2, "it is parked");
  one.crash();
  const two = await launch({ poison });
  await publish([...changes("a", 4, 6), ...changes("b", 2, 6)]);
  await until(() => shown("b").length === 6 && told("b").length === 6, "the other goes on");
  await until(
    async () => (await held(REACTIONS, "category/a")).length === 5 && (await held(READ_MODEL, "category/a")).length === 5,
    "all wait",
  );
  assert.deepEqual([shown("a"), told("a")], [["1"], ["1"]]);
  await two.stop();
});
