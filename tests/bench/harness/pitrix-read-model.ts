import { setTimeout as pause } from "node:timers/promises";
import { kafkaLog } from "../../../events/kafka/log.ts";
import { mongo } from "../../../events/mongo/connect.ts";
import type { Log } from "../../../events/ports.ts";
import { instance } from "../../../events/run.ts";
import { collections } from "../../../events/subscription/collections.ts";
import { contract } from "../../../services/chassis/contract.ts";
import { systemClock } from "../../../services/chassis/process/clock.ts";
import { clusters } from "../../../services/cluster/read-models/clusters.ts";
import { contentOf } from "./content.ts";
import type { Ready } from "./contestant.ts";
import { endsOf } from "./kafka.ts";
import type { ReadModelInput } from "./read-model.ts";

/**
 * The platform fills the read model of clusters from the log: the cluster service's own fold, run by `events/run.ts` with the adapters for Kafka
 * and MongoDB, by a service to whose store the events do not belong. `live`: the read model has positions, as one that was up to date when the backlog came; else it has
 * none, as after a new version of the fold.
 */
export const pitrixReadModel = async (
  { connection, url, database, topic, group, events }: ReadModelInput,
  live: boolean,
): Promise<Ready> => {
  const kept = mongo({ url, database });
  const log = kafkaLog({ ...connection, clientId: "pitrix-bench" });
  const name = collections([clusters]).of(clusters.name);
  const ends = await endsOf(connection, topic);
  if (live) for (const partition of ends.keys()) await kept.documents.savePosition(name, topic, partition, 0);
  const failures: unknown[] = [];
  const failed = (where: string, error: unknown) => failures.push(`${where}: ${error instanceof Error ? error.stack : error}`);
  const bench = { name: group, aggregates: {}, projections: [clusters] };
  let begin = (): void => {};
  const ports = { ...kept, log: heard(log, () => begin()), clock: systemClock };
  const running = instance(bench, ports, contract, {
    instance: "bench",
    observer: { failed, parked: failed },
  });

  const isDone = (): boolean => {
    const progress = running.subscriptions().get(name)?.progress;
    return [...ends].every(([partition, end]) => end === 0 || (progress?.get(`${topic}/${partition}`) ?? 0) >= end);
  };
  return {
    work: async (start) => {
      begin = start;
      await running.start();
      while (!isDone()) {
        if (failures.length > 0) throw new Error(failures.join("\n"));
        await pause(5);
      }
      for (const [partition, end] of ends)
        while (end > 0 && ((await kept.documents.position(name, topic, partition)) ?? 0) < end) await pause(5);
      return events;
    },
    check: async () => {
      await running.stop();
      return contentOf(url, database, name);
    },
    close: async () => {
      await log.close();
      await kept.close();
    },
  };
};

/** Tells when partitions are assigned, from where on everybody's time counts. */
const heard = (log: Log, assigned: () => void): Log => {
  let isFirst = true;
  return {
    ...log,
    subscribe: (subscription) =>
      log.subscribe({
        ...subscription,
        position: (...place) => {
          if (isFirst) assigned();
          isFirst = false;
          return subscription.position(...place);
        },
      }),
  };
};
