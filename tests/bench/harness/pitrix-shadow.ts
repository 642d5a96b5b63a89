import { setTimeout as pause } from "node:timers/promises";
import { kafkaLog } from "../../../events/kafka/log.ts";
import { mongo } from "../../../events/mongo/connect.ts";
import type { Pointer, Verdict } from "../../../events/ports.ts";
import { instance } from "../../../events/run.ts";
import { rebuilding, verifying } from "../../../events/subscription/pointer.ts";
import { contract } from "../../../services/chassis/contract.ts";
import { systemClock } from "../../../services/chassis/process/clock.ts";
import { clusters } from "../../../services/cluster/read-models/clusters.ts";
import type { ReadModelInput } from "./read-model.ts";

const MODEL = clusters.name;

/** The platform with its read model of clusters filled and live, which rebuilds it, and compares the two. */
export const pitrixShadow = async ({ connection, url, database, group }: ReadModelInput) => {
  const kept = mongo({ url, database });
  const log = kafkaLog({ ...connection, clientId: "pitrix-bench" });
  const failures: unknown[] = [];
  const failed = (where: string, error: unknown) => failures.push(`${where}: ${error instanceof Error ? error.stack : error}`);
  const bench = { name: group, aggregates: {}, projections: [clusters] };
  const running = instance(bench, { ...kept, log, clock: systemClock }, contract, {
    instance: "bench",
    observer: { failed, parked: failed },
  });
  const pointer = async (): Promise<Pointer> => {
    if (failures.length > 0) throw new Error(failures.join("\n"));
    const found = (await kept.documents.pointers()).find(({ model }) => model === MODEL);
    if (!found) throw new Error("there is no pointer");
    return found;
  };
  const until = async <T>(done: () => Promise<T | undefined>): Promise<T> => {
    for (;;) {
      const found = await done();
      if (found !== undefined) return found;
      await pause(10);
    }
  };
  await running.start();
  const live = await until(async () => (await pointer()).active ?? undefined);
  const { ends } = await running.readModels.sources(MODEL);
  const change = async (changed: (pointer: Pointer, fold: number) => Pointer): Promise<Pointer> => {
    const moved = await running.readModels.change(MODEL, changed);
    if (typeof moved === "string") throw new Error(moved);
    return moved;
  };
  return {
    live,
    /** Begins a rebuild; resolves with its collection once all of the log is in it. */
    fill: async (): Promise<string> => {
      const { feeds } = await change((now, fold) => rebuilding(now, fold, { ends, rate: null }));
      const collection = feeds.at(-1)?.collection ?? "";
      for (const { topic, partition, end } of ends)
        await until(async () => ((await kept.documents.position(collection, topic, partition)) ?? 0) >= end || undefined);
      return collection;
    },
    verdict: (collection: string): Promise<Verdict> =>
      until(async () => (await pointer()).feeds.find((feed) => feed.collection === collection)?.rebuild?.verdict ?? undefined),
    verify: (collection: string) => change((now) => verifying(now, collection, ends)),
    close: async (): Promise<void> => {
      await running.stop();
      await log.close();
      await kept.close();
    },
  };
};

/** What a comparison came to: equal, or rejected. */
export const judged = ({ compared, differences }: Pick<Verdict, "compared" | "differences">): string =>
  `${compared} documents, ${differences} differences`;
