import assert from "node:assert/strict";
import { test } from "node:test";
import kafkajs from "kafkajs";
import {
  MongoBulkWriteError,
  MongoInvalidArgumentError,
  MongoNetworkError,
  MongoNetworkTimeoutError,
  MongoServerError,
  MongoServerSelectionError,
} from "mongodb";
import { isKafkaOutage } from "../../events/kafka/outages.ts";
import { isMongoOutage } from "../../events/mongo/outages.ts";
import { isOutage, Outage, withOutages } from "../../events/outage.ts";

const wrapped = (cause: unknown) => new Error("a call failed", { cause });

test("an error that comes from an outage is one, and no other error is", () => {
  assert.ok(isOutage(new Outage("the store is out")));
  assert.ok(isOutage(wrapped(wrapped(new Outage("the store is out")))));
  for (const error of [
    undefined,
    "Outage",
    { name: "Outage" },
    Object.assign(new Error("no"), { name: "Outage" }),
    wrapped(new Error("no")),
  ])
    assert.ok(!isOutage(error));
});

test("a store that cannot be reached, or says that it cannot answer now, is an outage", () => {
  const bulk = (error: object, concern?: object) =>
    new MongoBulkWriteError(error as never, { insertedCount: 0, getWriteConcernError: () => concern } as never);
  const outages = [
    new MongoNetworkError("the connection was closed"),
    new MongoNetworkTimeoutError("the connection timed out"),
    new MongoServerSelectionError("no server answers", {} as never),
    new MongoServerError({ message: "not primary", code: 10_107 }),
    new MongoServerError({ message: "shutting down", code: 91 }),
    bulk(new MongoNetworkError("the connection was closed")),
    bulk(new MongoServerError({ message: "not primary", code: 10_107 })),
    bulk({ message: "not written by a majority", code: 1 }, { code: 91 }),
    wrapped(new MongoNetworkError("the connection was closed")),
  ];
  for (const error of outages) assert.ok(isMongoOutage(error), String(error));
  const others = [
    new MongoServerError({ message: "duplicate key", code: 11_000 }),
    new MongoServerError({ message: "wrong password", code: 18 }),
    new MongoInvalidArgumentError("an option is missing"),
    bulk({ message: "duplicate key", code: 11_000, writeErrors: [{ index: 0, code: 11_000 }] }),
    new TypeError("undefined is not a function"),
  ];
  for (const error of others) assert.ok(!isMongoOutage(error), String(error));
});

test("a cluster that cannot be reached is an outage, a wrong password is none", () => {
  const { KafkaJSConnectionError, KafkaJSNumberOfRetriesExceeded, KafkaJSSASLAuthenticationError, KafkaJSProtocolError } = kafkajs;
  const refused = new KafkaJSConnectionError("connection refused");
  assert.ok(isKafkaOutage(refused));
  assert.ok(isKafkaOutage(new KafkaJSNumberOfRetriesExceeded(refused, { retryCount: 5, retryTime: 1_000 })));
  // Its type takes no message, its constructor needs one.
  assert.ok(!isKafkaOutage(Reflect.construct(KafkaJSSASLAuthenticationError, ["wrong password"])));
  assert.ok(!isKafkaOutage(new KafkaJSProtocolError({ name: "x", message: "invalid partitions" })));
  assert.ok(!isKafkaOutage(new TypeError("undefined is not a function")));
});

test("a port fails with an outage where its adapter recognizes one, and with the error itself otherwise", async () => {
  const broken = new MongoNetworkError("the connection was closed");
  const port = withOutages(
    { read: async (id: string) => `${id} is here`, write: (error: Error) => Promise.reject(error) },
    (error) => error === broken,
  );
  assert.equal(await port.read("a"), "a is here");
  await assert.rejects(port.write(broken), (error: Error) => error instanceof Outage && error.cause === broken);
  const bug = new Error("a bug");
  await assert.rejects(port.write(bug), bug);
});
