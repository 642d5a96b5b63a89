import { setTimeout as pause } from "node:timers/promises";
import { MongoClient } from "mongodb";
import { kafkaLog } from "../../../../events/kafka/log.ts";
import { mongo } from "../../../../events/mongo/connect.ts";
import { instance } from "../../../../events/run.ts";
import { contract } from "../../../../services/chassis/contract.ts";
import { systemClock } from "../../../../services/chassis/process/clock.ts";
import { cluster as clusterService } from "../../../../services/cluster/service.ts";
import { contestant } from "../../harness/contestant.ts";
import { plainKafka } from "../../harness/kafka.ts";
import { type Input, published } from "./backlog.ts";

/** An instance of a service that comes up and finds a backlog: its relay walks the marks. */
await contestant(async (input: Input) => {
  const { connection, url, database, aggregate, topic, events } = input;
  const kept = mongo({ url, database });
  const log = kafkaLog({ ...connection, clientId: "pitrix-bench" });
  const { cluster } = clusterService.aggregates;
  if (!cluster) throw new Error("the cluster service has no clusters");
  const failures: unknown[] = [];
  const failed = (where: string, error: unknown) => failures.push(`${where}: ${error instanceof Error ? error.stack : error}`);
  const bench = { name: "bench", aggregates: { [aggregate]: cluster } };
  const running = instance(bench, { ...kept, log, clock: systemClock }, contract, {
    instance: "bench",
    observer: { failed },
    outside: { destroyKey: async () => {}, runs: () => false, inquire: async () => undefined },
  });

  const admin = plainKafka(connection).admin();
  await admin.connect();
  const watcher = await new MongoClient(url).connect();
  const commits = watcher.db(database).collection("commits");
  const onLog = async (): Promise<number> => (await admin.fetchTopicOffsets(topic)).reduce((sum, { high }) => sum + Number(high), 0);
  const isMarked = async (): Promise<boolean> => (await commits.findOne({ publish: true }, { projection: { _id: 1 } })) !== null;

  return {
    work: async () => {
      await running.start();
      // Seldom, since who looks takes from the same cores.
      while ((await onLog()) < events) {
        if (failures.length > 0) throw new Error(failures.join("\n"));
        await pause(50);
      }
      while (await isMarked()) await pause(10);
      return events;
    },
    check: async () => {
      await running.stop();
      await log.close();
      await kept.close();
      await admin.disconnect();
      await watcher.close();
      return published(input);
    },
  };
});
