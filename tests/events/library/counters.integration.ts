import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, test } from "node:test";
import type { Clock } from "../../../events/index.ts";
import { kafkaLog } from "../../../events/kafka/index.ts";
import { mongo } from "../../../events/mongo/index.ts";
import { instance } from "../../../events/runtime.ts";
import { embedded } from "../../../infra/embedded/shared.ts";
import { systemClock } from "../../../services/chassis/process/clock.ts";
import { eventually } from "../../eventually.ts";
import { contract, counting } from "./counters.ts";

const run = randomUUID().slice(0, 8);
// Topics of its own, since the servers are shared with other tests.
const own = { ...contract, prefix: `toys-${run}` };
const clock: Clock = systemClock;
let servers: Awaited<ReturnType<typeof embedded>>;
before(async () => {
  servers = await embedded();
});
after(async () => {
  await servers.kafka.server?.stop();
  await servers.store.server?.stop();
});

test("the same service runs on Kafka and MongoDB", { timeout: 120_000 }, async () => {
  const store = mongo({ url: servers.store.url, database: `counting_${run}` });
  const log = kafkaLog({ ...servers.kafka.connection, clientId: "toys" });
  const running = instance(counting, { ...store, log, clock }, own, { instance: "one", partitions: 2 });
  try {
    await running.start();
    const because = { cause: null, row: "test", actor: { userId: "u", ownerPath: "" }, correlationId: "r-1", causationId: null };
    const count = (by: number) =>
      running.execute({ type: "Count", counterId: "a", by } as never, { ...because, actionId: null, traceparent: null, hops: 0 });
    await count(4);
    await count(6);
    const documents = await eventually("the reaction's counter", async () => {
      const found = await store.documents.get(await running.collections.of("counters"), ["a", "a-next"]);
      return found.length === 2 && found.some(({ value }) => value.full === true) && found;
    });
    assert.deepEqual(Object.fromEntries(documents.map(({ id, value }) => [id, value])), {
      a: { count: 10, full: true },
      "a-next": { count: 1, full: false },
    });
  } finally {
    await running.stop();
    await log.close();
    await store.close();
  }
});
