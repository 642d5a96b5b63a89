import assert from "node:assert/strict";
import { test } from "node:test";
import { memoryLogBroker } from "../../../events/memory/log.ts";
import { systemClock } from "../../../services/chassis/process/clock.ts";
import { kafkaNotifications } from "../../../services/chassis/process/kafka-notifications.ts";
import { type Logger, silent } from "../../../services/chassis/process/logging.ts";

const world = () => {
  const said: string[] = [];
  let now = 0;
  const note = (level: string) => (_: object, message: string) => void said.push(`${level}: ${message}`);
  const logger: Logger = { ...silent, info: note("info"), warn: note("warn") };
  const notifications = kafkaNotifications(logger, { now: () => now });
  const log = notifications.watched(memoryLogBroker({ clock: systemClock }).connect());
  return {
    ...{ said, notifications },
    pass: (milliseconds: number) => {
      now += milliseconds;
    },
    publish: () => log.publish([]),
  };
};
const refusal = "Connection error: connect ECONNREFUSED 127.0.0.1:9092";

test("a broker that is away is told of once when it goes and once when it is back", async () => {
  const { said, notifications, pass, publish } = world();
  await publish();
  for (let each = 0; each < 20; each++) {
    notifications.logger.warn({ namespace: "Connection", broker: "127.0.0.1:9092" }, refusal);
    notifications.logger.warn({ namespace: "BrokerPool" }, "Failed to connect to broker, reconnecting");
    notifications.logger.warn({ namespace: "Consumer" }, "Crash: KafkaJSNumberOfRetriesExceeded: The group coordinator is not available");
    pass(500);
  }
  await publish();
  assert.deepEqual(said, ["warn: Kafka does not answer; retrying until it does"]);
  pass(5_000);
  await publish();
  await publish();
  assert.deepEqual(said.slice(1), ["info: Kafka answers again"]);
  notifications.logger.warn({ namespace: "Connection" }, refusal);
  assert.equal(said.length, 3);
});

test("a warning that is not about a lost connection is logged each time", async () => {
  const { said, notifications } = world();
  for (let each = 0; each < 2; each++)
    notifications.logger.warn({ namespace: "Runner" }, "The coordinator is not aware of this member, re-joining the group");
  assert.equal(said.length, 2);
});

test("what Kafka answers to a single request, and that a client was thrown away, is logged at debug level only", () => {
  const { said, notifications } = world();
  notifications.logger.warn({ namespace: "Connection" }, "Response Metadata(key: 3, version: 6)");
  notifications.logger.warn(
    { namespace: "Connection", stack: "Error: This client was thrown away\n at" },
    "Connection error: This client was thrown away",
  );
  assert.deepEqual(said, []);
});
