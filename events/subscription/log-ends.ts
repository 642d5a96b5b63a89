import { type Contract, topicsOf } from "../contract.ts";
import { nameOf } from "../log/partition.ts";
import type { Log, LogEnd } from "../ports.ts";
import type { AnyProjection } from "../projection.ts";

/** The topics that a read model reads. */
export const sourcesOf = ({ evolve, of }: AnyProjection, contract: Contract): readonly string[] =>
  topicsOf(contract, Object.keys(evolve), of);

/** The ends of all partitions of some topics. */
export const endsOf = async (log: Pick<Log, "ends">, topics: readonly string[]): Promise<readonly LogEnd[]> => {
  const all = topics.map(async (topic) => (await log.ends(topic)).map(({ partition, offset }) => ({ topic, partition, end: offset })));
  return (await Promise.all(all)).flat();
};

/** The offset of the first record that each partition still holds, by the partition's name. */
export const startsOf = async (log: Pick<Log, "offsets">, topics: readonly string[]): Promise<ReadonlyMap<string, number>> => {
  const all = topics.map(async (topic) =>
    (await log.offsets(topic, 0)).map(({ partition, offset }) => [nameOf({ topic, partition }), offset] as const),
  );
  return new Map((await Promise.all(all)).flat());
};

/** Whether a topic does not exist: nobody has announced an event there, or somebody has deleted it. */
export const isMissingTopic = (error: unknown): error is Error => error instanceof Error && /there is no topic/i.test(error.message);
