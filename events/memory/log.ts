import { publishQueue } from "../log/publish-queue.ts";
import type { Clock, Log, LogEnd, LogRecord, Running } from "../ports.ts";
import { type Fate, kind, under } from "./fate.ts";
import { memoryGroups } from "./log-groups.ts";
import { readRanges } from "./log-ranges.ts";
import { followTopic, type Instance } from "./log-reading.ts";
import { memoryTopics } from "./log-topics.ts";

export type MemoryLogOptions = {
  readonly clock: Clock;
  /** Faults of the calls of all instances, in addition to those of `connect`. */
  readonly fate?: Fate;
  /** The number of partitions of a topic that is created on first use. By default an unknown topic is an error. */
  readonly partitions?: number;
};
export type MemoryLogBroker = {
  readonly connect: (fate?: Fate) => Log;
  /** Moves the partitions of a crashed instance to the other members of its groups. */
  readonly disconnect: (log: Log) => void;
  /** The records of each topic by partition, not copied. */
  readonly contents: () => ReadonlyMap<string, readonly (readonly LogRecord[])[]>;
};

const both = (outer: Fate, inner: Fate): Fate => ({
  before: async (call) => {
    await outer.before(call);
    await inner.before(call);
  },
  after: async (call) => {
    await inner.after(call);
    await outer.after(call);
  },
});

/** Kafka in memory. Every step that takes time uses a fate or the clock, so that a seeded scheduler can drive it. */
export const memoryLogBroker = ({ clock, fate = kind, partitions }: MemoryLogOptions): MemoryLogBroker => {
  const topics = memoryTopics(partitions, clock.now);
  const reading = { clock, topics };
  const groups = memoryGroups(reading);
  const instances = new Map<Log, Instance>();

  const connect = (own: Fate = kind): Log => {
    const instance: Instance = { fate: both(fate, own), isCrashed: false };
    const open = new Set<Running>();
    const closing = new AbortController();
    let isClosed = false;
    const demandOpen = (): void => {
      if (isClosed) throw new Error("The log is closed");
    };
    const tracked = <R extends Running>(running: R): R => {
      let stopping: Promise<void> | undefined;
      const stop = (): Promise<void> => {
        open.delete(entry);
        stopping ??= running.stop();
        return stopping;
      };
      const entry = { ...running, stop };
      open.add(entry);
      return entry;
    };
    const publish = publishQueue({
      partitions: async (topic) => topics.partitions(topic).length,
      // One partition after another, so that a failure can leave some slices stored.
      send: async (slices) => {
        const ends: LogEnd[] = [];
        for (const { topic, partition, records } of slices) {
          const append = (): number => topics.partitions(topic)[partition]?.append(records) ?? 0;
          ends.push({ topic, partition, end: await under(instance.fate, `log.publish ${topic}/${partition}`, append) });
        }
        return ends;
      },
    });
    const log: Log = {
      ensureTopics: (specs) =>
        under(instance.fate, "log.ensureTopics", () => {
          demandOpen();
          for (const spec of specs) topics.ensure(spec);
        }),
      publish: async (records) => {
        demandOpen();
        return publish(records);
      },
      subscribe: async (subscription) => {
        demandOpen();
        await instance.fate.before("log.subscribe");
        for (const topic of subscription.topics) await topics.created(topic);
        demandOpen();
        return tracked(groups.join(instance, subscription));
      },
      follow: async (topic, handle, from) => {
        demandOpen();
        await instance.fate.before("log.follow");
        demandOpen();
        return tracked(followTopic(reading, instance, topic, handle, from));
      },
      read: async (ranges, handle, signal) => {
        demandOpen();
        await readRanges(reading, instance, ranges, handle, AbortSignal.any([signal, closing.signal]));
      },
      describe: (names) => under(instance.fate, "log.describe", () => names.map(topics.describe)),
      ends: (topic) =>
        under(instance.fate, "log.ends", () => topics.partitions(topic).map((log, partition) => ({ partition, offset: log.end() }))),
      offsets: (topic, time) =>
        under(instance.fate, "log.offsets", () =>
          topics.partitions(topic).map((log, partition) => ({ partition, offset: log.since(time) })),
        ),
      close: async () => {
        isClosed = true;
        closing.abort(new Error("The log is closed"));
        await Promise.all([...open].map(({ stop }) => stop()));
      },
    };
    instances.set(log, instance);
    return log;
  };

  const disconnect = (log: Log): void => {
    const instance = instances.get(log);
    if (!instance) return;
    instance.isCrashed = true;
    groups.remove(instance);
    instances.delete(log);
  };
  const contents = () => new Map([...topics.all()].map(([topic, partitions]) => [topic, partitions.map(({ stored }) => stored)]));
  return { connect, disconnect, contents };
};
