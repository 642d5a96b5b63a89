import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { topicOf } from "../../events/contract.ts";
import { kafkaLog } from "../../events/kafka/log.ts";
import { relay } from "../../events/log/relay.ts";
import { mongo } from "../../events/mongo/connect.ts";
import { startKafka } from "../../infra/embedded/kafka/server.ts";
import { sharedStore } from "../../infra/embedded/shared.ts";
import { kafkaAccess, kafkaUsers, THIRD_PARTY } from "../../infra/platform/kafka.ts";
import { api } from "../../services/api/service.ts";
import { contract } from "../../services/chassis/contract.ts";
import { loadServices } from "../../services/chassis/list.ts";
import { systemClock } from "../../services/chassis/process/clock.ts";
import { type Sample, samplesOf } from "../../services/cli/samples.ts";
import { services } from "../../services/index.ts";
import { eventually } from "../eventually.ts";
import { temporaryDirectory } from "../infra/embedded/temporary-directory.ts";
import { endingWithProcess } from "../world/servers.ts";
import { served } from "../world/world.ts";

/** What a third party is told. */
export type Access = {
  readonly KAFKA_BROKERS: string;
  readonly KAFKA_USER: string;
  readonly KAFKA_PASSWORD: string;
  readonly PITRIX_URL: string;
};

/**
 * A Kafka with the users and rights of a platform, a gateway, and one event of every version of every event, which the stores and relays of their
 * services have published.
 */
export const platform = async () => {
  const loaded = await loadServices(services);
  const passwords = Object.fromEntries(kafkaUsers(Object.keys(services)).map((user) => [user, `secret-of-${user}`]));
  const [kafka, store, gateway] = await Promise.all([
    startKafka({ directory: temporaryDirectory(), background: true, ...kafkaAccess(loaded, passwords) }).then(endingWithProcess),
    sharedStore(),
    served(api),
  ]);
  const { url } = gateway.of();
  const samples = samplesOf(loaded);
  for (const [service, owned] of samples) if (owned.length > 0) await publish(service, owned);

  async function publish(service: string, owned: readonly Sample[]): Promise<void> {
    const { store: events, close } = mongo({ url: store.url, database: `third_party_${randomUUID().slice(0, 8)}_${service}` });
    const log = kafkaLog({ ...kafka.as(service), clientId: `pitrix.${service}` });
    const topics = new Set(owned.map(({ commit }) => topicOf(contract, commit.stream.split("/")[0] ?? "")));
    await log.ensureTopics([...topics].map((name) => ({ name, partitions: 2, compacted: false })));
    for (const { commit } of owned) assert.equal(await events.append(commit), 1);
    const failures: unknown[] = [];
    const stop = new AbortController();
    const running = relay({ ...contract, registry: url }, service, "one", { store: events, log, clock: systemClock }, (error) =>
      failures.push(error),
    ).run(stop.signal);
    await eventually(`${service} has published all`, async () => (await events.due("publish", undefined, 1)).length === 0);
    stop.abort();
    await running;
    assert.deepEqual(failures, []);
    await log.close();
    await close();
  }

  const access: Access = {
    KAFKA_BROKERS: kafka.connection.brokers.join(","),
    KAFKA_USER: THIRD_PARTY,
    KAFKA_PASSWORD: passwords[THIRD_PARTY] ?? "",
    PITRIX_URL: url,
  };
  return {
    access,
    reader: kafka.as(THIRD_PARTY),
    samples: [...samples.values()].flat(),
    stop: async (): Promise<void> => {
      await gateway.stop();
      await kafka.stop();
    },
  };
};
export type ThirdPartyPlatform = Awaited<ReturnType<typeof platform>>;
