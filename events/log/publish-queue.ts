import { asError } from "../error.ts";
import { Outage } from "../outage.ts";
import type { LogEnd, OutgoingRecord } from "../ports.ts";
import { nameOf, partitionOf } from "./partition.ts";

/** Records of one partition, to be stored in this order. */
export type Slice = { readonly topic: string; readonly partition: number; readonly records: OutgoingRecord[] };

export type PublishQueueOptions = {
  readonly partitions: (topic: string) => Promise<number>;
  /** Stores all slices, or rejects. Calls never overlap. Returns the offsets after them, as far as they are known. */
  readonly send: (slices: readonly Slice[]) => Promise<readonly LogEnd[]>;
  /** Limits of one send: bytes for each partition (the broker rejects larger batches), and records. */
  readonly partitionBytes?: number;
  readonly sendRecords?: number;
  /** Maximum bytes of all waiting calls; beyond it a call fails with an `Outage`, unless it is the only one. */
  readonly waitingBytes?: number;
};

type Placed = { readonly record: OutgoingRecord; readonly partition: number; readonly bytes: number };
type Call = {
  readonly records: readonly OutgoingRecord[];
  placed: readonly Placed[];
  sent: number;
  /** Where its records end, by partition. */
  readonly ends: Map<string, LogEnd>;
  readonly places: Set<string>;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
};

const overhead = 40;
const bytesOf = ({ key, value, headers }: OutgoingRecord): number => {
  let bytes = overhead + Buffer.byteLength(key) + (value?.length ?? 0);
  for (const name in headers) bytes += 10 + Buffer.byteLength(name) + Buffer.byteLength(headers[name] ?? "");
  return bytes;
};
const keyOf = ({ topic, key }: OutgoingRecord): string => `${topic}\n${key}`;

/**
 * Group commit: records that are published while a send is under way share the next one, in the order of the calls. If a send fails, its calls are
 * rejected, and so are waiting calls with a record of the same keys: otherwise a later record would overtake an earlier one.
 */
export const publishQueue = (options: PublishQueueOptions): ((records: readonly OutgoingRecord[]) => Promise<readonly LogEnd[]>) => {
  const { partitionBytes = 250_000, sendRecords = 4_000, waitingBytes = 32_000_000 } = options;
  let waiting: Call[] = [];
  let held = 0;
  let running = false;

  const fail = (failed: ReadonlySet<Call>, error: Error): void => {
    const keys = new Set<string>();
    const rest: Call[] = [];
    for (const call of waiting) {
      if (failed.has(call) || call.records.some((record) => keys.has(keyOf(record)))) {
        for (const record of call.records) keys.add(keyOf(record));
        call.reject(error);
      } else rest.push(call);
    }
    waiting = rest;
  };

  const place = async (call: Call): Promise<boolean> => {
    if (call.placed.length > 0) return true;
    try {
      const counts = new Map<string, number>();
      for (const { topic } of call.records) if (!counts.has(topic)) counts.set(topic, await options.partitions(topic));
      call.placed = call.records.map((record) => {
        const partition = partitionOf(record.key, counts.get(record.topic) ?? 1);
        call.places.add(nameOf({ topic: record.topic, partition }));
        return { record, partition, bytes: bytesOf(record) };
      });
      return true;
    } catch (error) {
      fail(new Set([call]), asError(error));
      return false;
    }
  };

  /** The longest prefix of the waiting records that fits into one send. */
  const nextSend = async (): Promise<{ slices: Slice[]; calls: Map<Call, number> }> => {
    const slices = new Map<string, Slice & { bytes: number }>();
    const calls = new Map<Call, number>();
    let count = 0;
    for (let at = 0; at < waiting.length; ) {
      const call = waiting[at];
      if (!call || !(await place(call))) continue;
      for (const { record, partition, bytes } of call.placed.slice(call.sent)) {
        const name = `${record.topic}/${partition}`;
        const slice = slices.get(name) ?? { topic: record.topic, partition, records: [], bytes: 0 };
        const isFull = slice.records.length > 0 && slice.bytes + bytes > partitionBytes;
        // A record that exceeds the limit may be too large for the broker: it is sent alone, and fails alone.
        const isAlone = bytes > partitionBytes;
        if (isFull || count === sendRecords || (isAlone && count > 0)) return { slices: [...slices.values()], calls };
        slice.records.push(record);
        slice.bytes += bytes;
        slices.set(name, slice);
        calls.set(call, (calls.get(call) ?? call.sent) + 1);
        count += 1;
        if (isAlone) return { slices: [...slices.values()], calls };
      }
      at += 1;
    }
    return { slices: [...slices.values()], calls };
  };

  const run = async (): Promise<void> => {
    running = true;
    while (waiting.length > 0) {
      const { slices, calls } = await nextSend();
      if (slices.length === 0) continue;
      try {
        const ends = await options.send(slices);
        for (const [call, sent] of calls) {
          call.sent = sent;
          for (const end of ends) if (call.places.has(nameOf(end))) call.ends.set(nameOf(end), end);
        }
        const isDone = (call: Call) => call.placed.length > 0 && call.sent === call.placed.length;
        const done = waiting.filter(isDone);
        waiting = waiting.filter((call) => !isDone(call));
        for (const call of done) call.resolve();
      } catch (error) {
        fail(new Set(calls.keys()), asError(error));
      }
    }
    running = false;
  };

  return async (records) => {
    if (records.length === 0) return [];
    const bytes = records.reduce((sum, record) => sum + bytesOf(record), 0);
    if (held > 0 && held + bytes > waitingBytes) throw new Outage(`the log is slow: ${held} bytes wait to be published`);
    held += bytes;
    try {
      const ends = new Map<string, LogEnd>();
      await new Promise<void>((resolve, reject) => {
        waiting.push({ records, placed: [], sent: 0, ends, places: new Set(), resolve, reject });
        // Records that are published in the same turn share a send.
        if (!running) {
          running = true;
          queueMicrotask(() => void run());
        }
      });
      return [...ends.values()];
    } finally {
      held -= bytes;
    }
  };
};
