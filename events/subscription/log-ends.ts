import type { Codec } from "../codec/codec.ts";
import { schemaIdIn } from "../codec/framing.ts";
import { type Contract, topicsOf } from "../contract.ts";
import { nameOf } from "../log/partition.ts";
import type { Log, LogBatch, LogEnd, LogRange } from "../ports.ts";
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

/** For each partition the offset of the first record published at this time (milliseconds since 1970) or later, or its end. */
export const offsetsAt = async (log: Pick<Log, "offsets">, topics: readonly string[], time: number): Promise<readonly LogEnd[]> => {
  const all = topics.map(async (topic) =>
    (await log.offsets(topic, time)).map(({ partition, offset }) => ({ topic, partition, end: offset })),
  );
  return (await Promise.all(all)).flat();
};

/** Whether a topic does not exist: nobody has announced an event there, or somebody has deleted it. */
export const isMissingTopic = (error: unknown): error is Error => error instanceof Error && /there is no topic/i.test(error.message);

/** The partitions whose last event is of a schema that this build does not know: a newer build writes there. */
export const unknownSchemas = async (log: Pick<Log, "read">, codec: Codec, ranges: readonly LogRange[]): Promise<readonly string[]> => {
  const found = new Set<string>();
  const last = ranges.filter(({ from, to }) => from < to).map((range) => ({ ...range, from: range.to - 1 }));
  const take = async ({ records, next, ...place }: LogBatch): Promise<number> => {
    for (const { value } of records) if (value !== null && isUnknown(codec, value)) found.add(nameOf(place));
    return next;
  };
  if (last.length > 0) await log.read(last, take, new AbortController().signal);
  return [...found];
};

const isUnknown = (codec: Codec, value: Uint8Array): boolean => {
  try {
    return codec.aggregateOf(schemaIdIn(value)) === undefined;
  } catch {
    return false;
  }
};
