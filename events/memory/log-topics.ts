import type { LogBatch, LogRecord, OutgoingRecord, TopicSpec, TopicState } from "../ports.ts";

/** One partition: its records, and the readers that wait for more. */
export type MemoryPartition = {
  /** Returns the offset after them. */
  readonly append: (records: readonly OutgoingRecord[]) => number;
  readonly end: () => number;
  /** The offset of the first record that was appended at this time or later, or the end. */
  readonly since: (time: number) => number;
  /** All records, not copied. */
  readonly stored: readonly LogRecord[];
  /** The records from this offset, at most one batch. */
  readonly batch: (from: number) => LogBatch;
  /** Resolves when a record exists at this offset, or when the signal aborts. */
  readonly reaches: (offset: number, signal: AbortSignal) => Promise<void>;
};
export type MemoryTopics = {
  readonly ensure: (spec: TopicSpec) => void;
  /** The partitions of a topic. Throws if the topic does not exist. */
  readonly partitions: (topic: string) => readonly MemoryPartition[];
  /** Resolves when the topic exists. */
  readonly created: (topic: string) => Promise<void>;
  readonly all: () => ReadonlyMap<string, readonly MemoryPartition[]>;
  readonly describe: (topic: string) => TopicState;
};

/** Small, so that most batches are followed by another one. */
const batchRecords = 4;

const copy = <R extends OutgoingRecord>(record: R): R => ({
  ...record,
  value: record.value === null ? null : Uint8Array.from(record.value),
  headers: { ...record.headers },
});

const memoryPartition = (topic: string, partition: number, now: () => number): MemoryPartition => {
  const stored: LogRecord[] = [];
  const times: number[] = [];
  const waiting = new Set<() => void>();
  return {
    append: (records) => {
      for (const record of records) {
        stored.push({ ...copy(record), partition, offset: stored.length });
        times.push(now());
      }
      for (const wake of [...waiting]) wake();
      return stored.length;
    },
    end: () => stored.length,
    since: (time) => {
      const first = times.findIndex((each) => each >= time);
      return first < 0 ? stored.length : first;
    },
    stored,
    batch: (from) => {
      const records = stored.slice(from, from + batchRecords).map(copy);
      return { topic, partition, records, next: from + records.length, end: stored.length };
    },
    reaches: (offset, signal) =>
      new Promise((resolve) => {
        const look = () => {
          if (stored.length <= offset && !signal.aborted) return;
          waiting.delete(look);
          signal.removeEventListener("abort", look);
          resolve();
        };
        waiting.add(look);
        signal.addEventListener("abort", look);
        look();
      }),
  };
};

/** The topics of a broker, with copied records. `unknown` is the number of partitions of a topic that is created on first use. */
export const memoryTopics = (unknown: number | undefined, now: () => number): MemoryTopics => {
  const topics = new Map<string, readonly MemoryPartition[]>();
  const waiting = new Map<string, (() => void)[]>();

  const make = (name: string, count: number): readonly MemoryPartition[] => {
    const made = Array.from({ length: count }, (_, partition) => memoryPartition(name, partition, now));
    topics.set(name, made);
    for (const wake of waiting.get(name) ?? []) wake();
    waiting.delete(name);
    return made;
  };
  const partitionsOf = (name: string): readonly MemoryPartition[] => {
    const found = find(name);
    if (!found) throw new Error(`there is no topic ${name}`);
    return found;
  };
  const find = (name: string) => topics.get(name) ?? (unknown === undefined ? undefined : make(name, unknown));

  return {
    ensure: ({ name, partitions }) => {
      const found = topics.get(name) ?? make(name, partitions);
      if (found.length !== partitions) {
        throw new Error(`Topic ${name} has ${found.length} partitions, not ${partitions}: their number never changes`);
      }
    },
    partitions: partitionsOf,
    describe: (name) => ({
      name,
      id: `id of ${name}`,
      ranges: partitionsOf(name).map((log, partition) => ({ topic: name, partition, from: 0, to: log.end() })),
    }),
    all: () => topics,
    created: (name) =>
      new Promise((resolve) => {
        if (find(name)) resolve();
        else waiting.set(name, [...(waiting.get(name) ?? []), resolve]);
      }),
  };
};
