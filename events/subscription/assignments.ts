import type { Codec } from "../codec/codec.ts";
import { nameOf } from "../log/partition.ts";
import { headerOf, typeOf } from "../log/record.ts";
import type { LogBatch, LogRecord, LogSubscription, Ports, TopicPartition } from "../ports.ts";
import type { Delivered } from "./delivered.ts";
import type { HeldBack } from "./held-back.ts";
import { type FailurePolicy, openPartition, type Partition, type PartitionOptions } from "./partition.ts";
import type { Positions } from "./position.ts";
import type { Subscriber } from "./subscriber.ts";
import { troubles } from "./troubles.ts";

/** What a subscription shares with the others of its instance. */
export type Sharing = {
  /** The last event of each batch that is done with. */
  readonly onHandled: (delivered: Delivered) => void;
  /** So many records behind the end of a partition, writes may be held back, while there is room. */
  readonly far: number;
  readonly room: HeldBack;
};

/** The partitions of a subscription that this instance reads, each from its assignment until the signal. */
export const assignments = (
  subscriber: Subscriber,
  ports: Pick<Ports, "documents" | "log" | "clock">,
  codec: Codec,
  failures: FailurePolicy,
  { onHandled, far, room }: Sharing,
) => {
  const { name, types, open } = subscriber;
  const partitions = new Map<string, Partition>();
  const progress = new Map<string, number>();
  const watched = troubles(ports.clock);
  let latest = "";

  const optionsFor = (place: TopicPartition, signal: AbortSignal): PartitionOptions => {
    const at = nameOf(place);
    return {
      ...{ open, selects: selector(types), positions: positionsOf(subscriber, ports, place), failures, codec, clock: ports.clock },
      mayHoldBack: ({ next, end = 0 }, handler) => end - next > far && room.isRoomFor(`${name} ${at}`, handler.weight()),
      flushed: (handled) => {
        if (handled) onHandled(handled);
        room.release(`${name} ${at}`);
      },
      passed: (batch) => {
        if (!signal.aborted) progress.set(at, batch.next);
        const time = timeOf(batch);
        if (time > latest) latest = time;
        watched.handled(batch, signal);
      },
    };
  };

  const begin = async (place: TopicPartition, signal: AbortSignal): Promise<number | undefined> => {
    const at = nameOf(place);
    // An assignment that follows another one here goes on where that one saved.
    await partitions.get(at)?.settled();
    const partition = await openPartition(place, signal, optionsFor(place, signal));
    // One that is over by now has nothing to tell: the next one may be further.
    if (signal.aborted) return partition.begin;
    partitions.set(at, partition);
    progress.set(at, partition.begin ?? 0);
    const end = (): void => {
      // What others read from now on is not told any more.
      progress.delete(at);
      room.release(`${name} ${at}`);
      void partition.settled().then(() => partitions.get(at) === partition && partitions.delete(at));
    };
    signal.addEventListener("abort", end, { once: true });
    return partition.begin;
  };

  const handle = (batch: LogBatch, signal: AbortSignal): Promise<number> => {
    const partition = partitions.get(nameOf(batch));
    if (partition?.signal !== signal) throw new Error(`${nameOf(batch)} is not assigned`);
    return partition.batch(batch);
  };

  return {
    progress,
    latest: (): string => latest,
    troubles: watched.now,
    begin: ((topic, partition, signal) =>
      watched.during(nameOf({ topic, partition }), signal, () =>
        begin({ topic, partition }, signal),
      )) satisfies LogSubscription["position"],
    handle: ((batch, signal) =>
      watched.during(nameOf(batch), signal, async () => handle(batch, signal))) satisfies LogSubscription["handle"],
    /** Resolves when all that was handled is saved. Nothing is to be assigned any more. */
    settled: async (): Promise<void> => {
      await Promise.all([...partitions.values()].map(({ settled }) => settled()));
    },
  };
};

/** Events of other types are passed over. What is no event at all is not: its stream cannot go on. */
const selector =
  (types: ReadonlySet<string>) =>
  (record: LogRecord): boolean => {
    const type = typeOf(record);
    return type === undefined || types.has(type);
  };

const timeOf = ({ records }: LogBatch): string => {
  const last = records.at(-1);
  return (last && headerOf(last, "ce_time")) ?? "";
};

const positionsOf = (
  { name, begin }: Subscriber,
  { documents, log }: Pick<Ports, "documents" | "log">,
  { topic, partition }: TopicPartition,
): Positions => {
  const save = (next: number): Promise<void> => documents.savePosition(name, topic, partition, next);
  return {
    load: async () => {
      const known = await documents.position(name, topic, partition);
      if (known !== undefined || begin === "start") return known;
      const end = (await log.ends(topic)).find((each) => each.partition === partition)?.offset ?? 0;
      await save(end);
      return end;
    },
    save,
  };
};
