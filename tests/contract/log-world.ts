import { randomUUID } from "node:crypto";
import type { Log, LogBatch, LogRecord, LogSubscription, OutgoingRecord, Running } from "../../events/ports.ts";

/** What a contract test runs on: as many instances of the log as it likes. */
export type LogWorld = { readonly log: () => Log; readonly close: () => Promise<void> };

export const partitions = 6;

/** A topic that no other test uses. */
export const newTopic = async (log: Log, options: { partitions?: number; compacted?: boolean } = {}): Promise<string> => {
  const name = `contract.${randomUUID()}`;
  await log.ensureTopics([{ name, partitions: options.partitions ?? partitions, compacted: options.compacted ?? false }]);
  return name;
};

export const record = (topic: string, key: string, text: string | null): OutgoingRecord => ({
  topic,
  key,
  value: text === null ? null : Buffer.from(text),
  headers: { "content-type": "text/plain" },
});

export const textOf = ({ value }: { readonly value: Uint8Array | null }): string | null =>
  value === null ? null : Buffer.from(value).toString();

/** The texts of each key in the order in which they came. */
export const byKey = (records: readonly LogRecord[]): Map<string, (string | null)[]> => {
  const keys = new Map<string, (string | null)[]>();
  for (const one of records) keys.set(one.key, [...(keys.get(one.key) ?? []), textOf(one)]);
  return keys;
};

/** A group's positions, as a service keeps them, shared by its members. */
export const positionsOf = (): {
  readonly asked: string[];
  readonly at: Map<string, number>;
  readonly position: LogSubscription["position"];
  readonly save: (batch: LogBatch) => void;
} => {
  const asked: string[] = [];
  const at = new Map<string, number>();
  return {
    asked,
    at,
    position: async (topic, partition) => {
      asked.push(`${topic}/${partition}`);
      return at.get(`${topic}/${partition}`);
    },
    save: ({ topic, partition, next }) => at.set(`${topic}/${partition}`, Math.max(next, at.get(`${topic}/${partition}`) ?? 0)),
  };
};

export type Collected = Running & { readonly records: LogRecord[]; readonly batches: LogBatch[] };

/** A handler that does not say where to go on goes on after its batch. */
export type Collecting = Partial<Omit<LogSubscription, "handle">> & {
  readonly handle?: (batch: LogBatch, signal: AbortSignal) => Promise<unknown>;
};

/** Reads topics in a group of its own (or a given one), from the start, and keeps what comes. */
export const collect = async (log: Log, topics: readonly string[], { handle, ...options }: Collecting = {}): Promise<Collected> => {
  const records: LogRecord[] = [];
  const batches: LogBatch[] = [];
  const positions = positionsOf();
  const { stop } = await log.subscribe({
    group: `contract.${randomUUID()}`,
    topics,
    position: positions.position,
    ...options,
    handle: async (batch, signal) => {
      if (handle) return Number((await handle(batch, signal)) ?? batch.next);
      batches.push(batch);
      records.push(...batch.records);
      positions.save(batch);
      return batch.next;
    },
  });
  return { stop, records, batches };
};
