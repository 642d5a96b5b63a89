import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { kafkaLog } from "../../../events/kafka/log.ts";
import type { Log } from "../../../events/ports.ts";
import { type KafkaServer, startKafka } from "../../../infra/embedded/kafka.ts";
import { collect, eventually, newTopic, positionsOf, record, textOf } from "../../contract/log-world.ts";

const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

describe("the only broker is killed", { concurrency: false }, () => {
  const directory = mkdtempSync(join(tmpdir(), "pitrix-restart-"));
  let server: KafkaServer;
  let log: Log;
  before(async () => {
    server = await startKafka({ directory });
    log = kafkaLog({ brokers: server.brokers, clientId: "restart" });
  });
  after(async () => {
    await log?.close();
    await server?.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  test("after the broker was killed and came back, reading and publishing go on by themselves", async () => {
    const topic = await newTopic(log);
    const positions = positionsOf();
    const errors: Error[] = [];
    const seen = new Set<string | null>();
    const reading = await collect(log, [topic], {
      position: positions.position,
      onError: (error) => errors.push(error),
      handle: async (batch) => {
        for (const one of batch.records) seen.add(textOf(one));
        positions.save(batch);
      },
    });
    const followed = new Set<string | null>();
    const following = await log.follow(topic, (one) => followed.add(textOf(one)));
    const publish = async (text: string) => {
      const until = Date.now() + 60_000;
      for (let isDone = false; !isDone; ) {
        isDone = await log.publish(range(20).map((key) => record(topic, `key-${key}`, `${text}.${key}`))).then(
          () => true,
          () => false,
        );
        assert.ok(isDone || Date.now() < until, "publishing works again");
      }
    };
    await publish("before");
    await eventually(() => seen.size === 20, "all arrive before");
    await server.kill();
    // As long as the subscription needs to notice: it has failed for good by then, and is replaced.
    await eventually(() => errors.length > 0, "the subscription says that it failed", 60_000);
    await server.restart();
    await publish("after");
    await eventually(() => seen.size === 40 && followed.size === 40, "all arrive after", 60_000);
    await following.stop();
    await reading.stop();
  });
});
