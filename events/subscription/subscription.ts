import { type Codec, InvalidEvent, UnknownSchema } from "../codec/codec.ts";
import { backOff } from "../concurrency.ts";
import { headerOf, typeOf } from "../log/record.ts";
import type { LogBatch, LogRecord, Ports, Running } from "../ports.ts";
import { TableError } from "../store/table-error.ts";
import { type Delivered, decode } from "./delivered.ts";
import { FAR, type HeldBack, heldBack } from "./held-back.ts";
import { type HeldStreams, parkedStreams } from "./parked-streams.ts";
import { troubles } from "./troubles.ts";

export { deadLetterTopic } from "./dead-letter.ts";
export type { Delivered } from "./delivered.ts";

/** A stream's event at which a pure function threw. */
export type Failure = { readonly delivered: Delivered; readonly error: Error };

/** What a read model and the reactions of a service have in common: they read topics, lag, fail and are replayed alone. */
export type Subscriber = {
  readonly name: string;
  readonly topics: readonly string[];
  readonly types: ReadonlySet<string>;
  /** Where to begin when no position is known: the first event ever, or only what comes after the first deployment. */
  readonly begin: "start" | "end";
  /** Begins to handle a partition: once for each time that it is assigned. */
  readonly open: () => Handler;
};

/** Handles one partition for as long as it is assigned. What it has handled counts once it is flushed. */
export type Handler = {
  /** Each stream's events in order. Returns the streams whose table threw, at the first such event; throws when a port is down. */
  readonly handle: (streams: ReadonlyMap<string, readonly Delivered[]>) => Promise<readonly Failure[]>;
  /** Writes what was held back. False: somebody else wrote in between, and all since the last flush is to be handled again. */
  readonly flush: () => Promise<boolean>;
  /** What is held back, in bytes, roughly. */
  readonly weight: () => number;
};

/** An error that trying again at once cannot mend: its stream is parked. */
export const isBug = (error: unknown): error is Error =>
  error instanceof TableError || error instanceof InvalidEvent || error instanceof UnknownSchema;

export const group = (service: string, subscriber: string): string => `pitrix.${service}.${subscriber}`;

/** A position that is to be saved, in milliseconds from when the first batch asked for it. */
const SOON = 100;
type Saving = { next: number; over: Promise<void>; failure?: { readonly error: unknown } };

/** Who is told what, and what a subscription shares with the others of its instance. */
export type Around = {
  readonly onParked: (reason: string, record: LogRecord) => void;
  readonly onError: (error: Error) => void;
  /** The last event of each batch that is done with. */
  readonly onHandled: (delivered: Delivered) => void;
  /** So many records behind the end of a partition, writes may be held back, while there is room. */
  readonly far: number;
  readonly room: HeldBack;
};

/** What is around a subscription of which nobody asks anything. */
export const alone = (): Around => ({ onParked: () => {}, onError: () => {}, onHandled: () => {}, far: FAR, room: heldBack() });

/** Runs a subscriber over the log. Its positions live in the service's store; a stream that cannot go on is parked and all others go on. */
export const subscribe = async (
  service: string,
  subscriber: Subscriber,
  ports: Ports,
  codec: Codec,
  { onParked, onError, onHandled, far, room }: Around,
): Promise<Running & Progress> => {
  const { log, documents, clock } = ports;
  const { name, types } = subscriber;
  const parked = parkedStreams(service, subscriber, ports, codec, onParked, onError);
  const progress = new Map<string, number>();
  const saved = new Map<string, number>();
  const saving = new Map<string, Saving>();
  const ending = new AbortController();
  const watched = troubles(clock);
  let latest = "";

  const position = async (topic: string, partition: number, signal: AbortSignal): Promise<number | undefined> => {
    // The position first: a former owner parks before it saves, so what it saved past is in the parked streams read after.
    const known = await documents.position(name, topic, partition);
    await parked.own({ topic, partition }, signal);
    // An assignment that is over by now has nothing to say: the one after it may be further.
    const place = `${topic}/${partition}`;
    const began = (offset: number): void => {
      if (signal.aborted) return;
      progress.set(place, offset);
      saved.set(place, offset);
      room.release(`${name} ${place}`);
    };
    // What others read from now on is not told any more.
    const over = (): void => {
      progress.delete(place);
      room.release(`${name} ${place}`);
    };
    signal.addEventListener("abort", over, { once: true });
    began(known ?? 0);
    if (known !== undefined || subscriber.begin === "start") return known;
    const end = (await log.ends(topic)).find((each) => each.partition === partition)?.offset ?? 0;
    await documents.savePosition(name, topic, partition, end);
    began(end);
    return end;
  };

  /** What a batch holds for this subscriber, by stream: all that is left to do of it. */
  const relevant = (batch: LogBatch): ReadonlyMap<string, readonly LogRecord[]> => {
    const streams = new Map<string, LogRecord[]>();
    for (const record of batch.records) {
      const type = typeOf(record);
      if ((type !== undefined && !types.has(type)) || parked.isDiscarded(record)) continue;
      const records = streams.get(record.key);
      if (records) records.push(record);
      else streams.set(record.key, [record]);
    }
    return streams;
  };

  const handleAll = async (
    streams: ReadonlyMap<string, readonly LogRecord[]>,
    held: HeldStreams,
    handler: Handler,
    mayHoldBack: () => boolean,
  ): Promise<"done" | "held back" | "again"> => {
    const good = new Map<string, Delivered[]>();
    const failed = new Map<string, { readonly at: number; readonly error: Error }>();
    for (const [stream, records] of streams) {
      if (held.has(stream)) continue;
      const events: Delivered[] = [];
      for (const [at, record] of records.entries()) {
        const delivered = decode(record, codec);
        if (delivered instanceof Error) {
          failed.set(stream, { at, error: delivered });
          break;
        }
        events.push(delivered);
      }
      if (events.length > 0) good.set(stream, events);
    }
    const failures = good.size === 0 ? [] : await handler.handle(good);
    for (const { delivered, error } of failures)
      failed.set(delivered.meta.stream, { at: good.get(delivered.meta.stream)?.indexOf(delivered) ?? 0, error });
    const parks = failed.size > 0 || [...streams.keys()].some((stream) => held.has(stream));
    if (!parks && mayHoldBack()) return "held back";
    // What comes before an event is written before that event is parked.
    if (!(await handler.flush())) return "again";
    const done = [...good].flatMap(([stream, events]) => events.slice(0, failed.get(stream)?.at).slice(-1));
    const latest = done.reduce<Delivered | undefined>(
      (last, each) => ((last?.record?.offset ?? -1) > (each.record?.offset ?? -1) ? last : each),
      undefined,
    );
    if (latest) onHandled(latest);
    const toPark = [...streams].flatMap(([stream, records]) => {
      const failure = failed.get(stream);
      if (failure) return [{ stream, records: records.slice(failure.at), error: failure.error }];
      return held.has(stream) ? [{ stream, records }] : [];
    });
    await parked.park(held, toPark);
    return "done";
  };

  /** Soon and beside the next batches, which have its error if there is one: what comes again until then changes nothing. */
  const save = ({ topic, partition, next }: LogBatch): void => {
    const place = `${topic}/${partition}`;
    const under = saving.get(place);
    if (under?.failure) {
      saving.delete(place);
      throw under.failure.error;
    }
    if (under) {
      under.next = next;
      return;
    }
    const one: Saving = { next, over: Promise.resolve() };
    const write = async (): Promise<void> => {
      for (let written = -1; written !== one.next; ) {
        await clock.sleep(SOON, ending.signal);
        written = one.next;
        await documents.savePosition(name, topic, partition, written);
        saved.set(place, written);
      }
      saving.delete(place);
    };
    one.over = write().catch((error: unknown) => {
      one.failure = { error };
    });
    saving.set(place, one);
  };

  const handle = (batch: LogBatch, signal: AbortSignal): Promise<number> => {
    const place = `${batch.topic}/${batch.partition}`;
    const work = async (held: HeldStreams, handler: Handler): Promise<number> => {
      const streams = relevant(batch);
      const isFar = (batch.end ?? 0) - batch.next > far;
      const outcome = await handleAll(streams, held, handler, () => isFar && room.isRoomFor(`${name} ${place}`, handler.weight()));
      if (outcome === "again") return saved.get(place) ?? 0;
      if (!signal.aborted) progress.set(place, batch.next);
      const [last] = batch.records.slice(-1);
      const time = (last && headerOf(last, "ce_time")) ?? "";
      if (time > latest) latest = time;
      watched.handled(batch, signal);
      if (outcome === "held back") return batch.next;
      room.release(`${name} ${place}`);
      // What a subscriber does not read may be read again: such positions are saved now and then only.
      if (streams.size > 0 || batch.next - (saved.get(place) ?? 0) >= 1_000) save(batch);
      return batch.next;
    };
    return watched.during(place, signal, () => parked.inTurn(batch, signal, work));
  };

  for (let attempt = 1; ; attempt++) {
    try {
      const standing: typeof position = (topic, partition, signal) =>
        watched.during(`${topic}/${partition}`, signal, () => position(topic, partition, signal));
      const running = await log.subscribe({ group: group(service, name), topics: subscriber.topics, position: standing, handle, onError });
      const stopping = new AbortController();
      const redriving = parked.run(stopping.signal);
      const stop = async (): Promise<void> => {
        await running.stop();
        ending.abort();
        await Promise.all([...saving.values()].map(({ over }) => over));
        stopping.abort();
        await redriving;
      };
      const now = (): readonly string[] => {
        const unread = running.trouble?.();
        return unread === undefined ? watched.now() : [`cannot read the log: ${unread}`];
      };
      return { stop, progress, latest: () => latest, parked, troubles: now, redrive: parked.wake };
    } catch (error) {
      if (attempt >= 5) throw error;
      await clock.sleep(backOff(clock, attempt, 500));
    }
  }
};

/** How far a subscription is: the next offset by `topic/partition` that it has, and the streams of its partitions that are parked. */
export type Progress = {
  readonly progress: ReadonlyMap<string, number>;
  /** When the latest event was committed that it has gone past; empty: none yet. */
  readonly latest: () => string;
  readonly parked: { readonly has: (stream: string) => boolean; readonly size: number };
  /** What keeps it from going on; empty = nothing. */
  readonly troubles: () => readonly string[];
  /** Somebody asked for a parked stream: looks at once. */
  readonly redrive: () => void;
};
