import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test } from "node:test";
import { codec } from "../../../events/codec/codec.ts";
import { deadLetterTopic } from "../../../events/contract.ts";
import { kafkaLog } from "../../../events/kafka/log.ts";
import { mongo } from "../../../events/mongo/connect.ts";
import type { LogRecord, Ports, Running } from "../../../events/ports.ts";
import { seeded } from "../../../events/simulation/time.ts";
import { executor } from "../../../events/store/execute.ts";
import { projector } from "../../../events/subscription/projections.ts";
import { reactor } from "../../../events/subscription/reactions.ts";
import { askFor, parkedIn } from "../../../events/subscription/redrive.ts";
import { defaultHooks, subscribe } from "../../../events/subscription/subscription.ts";
import { embedded } from "../../../infra/embedded/shared.ts";
import { schemas } from "../../../schemas/generated/schemas.ts";
import { contract } from "../../../services/chassis/contract.ts";
import { systemClock } from "../../../services/chassis/process/clock.ts";
import { eventually } from "../../eventually.ts";
import { catalog, changes, type Poison, REACTIONS, READ_MODEL } from "../../world/toys/catalog.ts";

const STREAMS = 400;
const EACH = 5;
const LIMIT = 150_000;
const released = codec(schemas);

test("100 poison in 2,000 events: 100 streams wait, all others go on, and after the fix a redrive makes it all equal to a fresh fold", async (t) => {
  const { kafka, store } = await embedded();
  const run = randomUUID().slice(0, 8);
  const keys = Array.from({ length: STREAMS }, (_, index) => `${run}-${index}`);
  const random = seeded(Number.parseInt(run, 16));
  const poison: Poison = new Set(keys.slice(0, 100).map((key) => `category/${key}@${1 + Math.floor(random() * EACH)}`));
  const poisoned = [...poison].map((id) => ({ stream: id.slice(0, id.indexOf("@")), version: Number(id.slice(id.indexOf("@") + 1)) }));

  const log = kafkaLog({ ...kafka.connection, clientId: run });
  const database = mongo({ url: store.urlFor(`parking_${run}`), database: `parking_${run}` });
  const running: Running[] = [];
  t.after(async () => {
    await Promise.all(running.map(({ stop }) => stop()));
    await log.close();
    await database.close();
  });
  const ports: Ports = { ...database, log, clock: systemClock };
  const { documents, parking } = ports;
  const { service: tables, names } = catalog(poison);
  const service = { ...tables, name: `catalog-${run}` };
  await log.ensureTopics([
    { name: "pitrix.category", partitions: 6, compacted: false },
    { name: deadLetterTopic(contract, service.name), partitions: 1, compacted: false },
  ]);
  await documents.ensure(READ_MODEL, []);
  await documents.ensure("names__v2", []);
  const executing = executor(service, ports, released, () => {});
  const begin = async (subscriber: Parameters<typeof subscribe>[2]) => {
    const subscription = await subscribe(contract, service.name, { ...subscriber, begin: "start" }, ports, released, defaultHooks());
    running.push(subscription);
    return subscription;
  };
  const mine = new Set(keys.map((key) => `category/${key}`));
  const countsOf = async (): Promise<number> => {
    const found = await documents.get(READ_MODEL, keys);
    return found.reduce((sum, { value }) => sum + Object(value).names.length, 0);
  };

  const deadLetters: LogRecord[] = [];
  running.push(await log.follow(deadLetterTopic(contract, service.name), (record) => void deadLetters.push(record)));
  const subscriptions = await Promise.all([
    begin(projector(names, READ_MODEL, documents, () => {}, contract)),
    begin(reactor(service, executing, contract)),
  ]);
  const started = Date.now();
  for (let from = 1; from <= EACH; from++) await log.publish(keys.flatMap((key) => changes(key, from, from)));

  // What comes before the poison of a stream is applied, what comes after waits.
  const waiting = poisoned.reduce((sum, { version }) => sum + EACH - version + 1, 0);
  await eventually("all that can be applied is", async () => (await countsOf()) === STREAMS * EACH - waiting, LIMIT);
  for (const subscription of [READ_MODEL, REACTIONS]) {
    await eventually(
      "the rest waits",
      async () => (await parking.streams(subscription)).reduce((sum, { events }) => sum + events, 0) === waiting,
      LIMIT,
    );
    const parked = await parking.streams(subscription);
    assert.deepEqual(
      parked.map(({ stream, first, last, events, attempts }) => ({ stream, first, last, events, attempts })),
      poisoned
        .map(({ stream, version }) => ({ stream, first: version, last: EACH, events: EACH - version + 1, attempts: 1 }))
        .sort((a, b) => (a.stream < b.stream ? -1 : 1)),
    );
    for (const { eventId, reason, row, topic, partition, offset } of parked) {
      assert.match(reason, new RegExp(`cannot digest ${eventId}`));
      assert.equal(row, "CategoryModified");
      const origin = `${topic}/${partition}/${offset}`;
      const copied = () =>
        deadLetters.some(({ headers }) => headers["pitrix-origin"] === origin && headers["pitrix-subscription"] === subscription);
      await eventually(`a copy of ${eventId}`, copied);
    }
  }
  assert.equal([...mine].filter((stream) => deadLetters.some(({ key }) => key === stream)).length, 100);
  t.diagnostic(`parked and applied in ${Date.now() - started} ms`);

  poison.clear();
  const mended = Date.now();
  const all = await parkedIn(parking, [READ_MODEL, REACTIONS], { reason: "cannot digest" }, Date.now());
  const asked = { action: "redrive", by: "usr-admin", reason: "", time: new Date().toISOString() } as const;
  assert.equal((await askFor(parking, all, asked)).length, 200);
  for (const { redrive } of subscriptions) redrive();
  await eventually("nothing is parked any more", async () => (await parking.list(1)).length === 0, LIMIT);
  assert.equal(await countsOf(), STREAMS * EACH);
  t.diagnostic(`worked off in ${Date.now() - mended} ms`);

  await begin(projector({ ...names, version: 2 }, "names__v2", documents, () => {}, contract));
  const filled = async () => (await documents.get("names__v2", keys)).filter(({ version }) => version === EACH).length === STREAMS;
  await eventually("a fresh fold is full", filled, LIMIT);
  const sorted = async (collection: string) => (await documents.get(collection, keys)).toSorted((a, b) => (a.id < b.id ? -1 : 1));
  assert.deepEqual(await sorted(READ_MODEL), await sorted("names__v2"));
  for (const key of keys) {
    const commits = await ports.store.read(`group/${key}`, 0);
    const told = commits.flatMap(({ events }) =>
      events.map(({ schemaId, bytes }) => Reflect.get(released.decode(schemaId, bytes), "name")),
    );
    assert.deepEqual(told, ["1", "2", "3", "4", "5"], key);
  }
});
