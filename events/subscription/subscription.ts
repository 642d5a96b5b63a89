import { type Codec, InvalidEvent, UnknownSchema } from "../codec/codec.ts";
import { backOff } from "../concurrency.ts";
import { typeOf } from "../log/record.ts";
import type { LogBatch, LogRecord, Ports, Running } from "../ports.ts";
import { TableError } from "../store/execute.ts";
import { type Delivered, decode } from "./delivered.ts";
import { type HeldStreams, parkedStreams } from "./parked-streams.ts";

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
  /** Each stream's events in order. Returns the streams whose table threw, at the first such event; throws when a port is down. */
  readonly handle: (streams: ReadonlyMap<string, readonly Delivered[]>) => Promise<readonly Failure[]>;
};

/** An error that trying again at once cannot mend: its stream is parked. */
export const isBug = (error: unknown): error is Error =>
  error instanceof TableError || error instanceof InvalidEvent || error instanceof UnknownSchema;

export const group = (service: string, subscriber: string): string => `pitrix.${service}.${subscriber}`;

/** Runs a subscriber over the log. Its positions live in the service's store; a stream that cannot go on is parked and all others go on. */
export const subscribe = async (
  service: string,
  subscriber: Subscriber,
  ports: Ports,
  codec: Codec,
  onParked: (reason: string, delivered: LogRecord) => void,
  onError: (error: Error) => void,
): Promise<Running & Progress> => {
  const { log, documents, clock } = ports;
  const { name, types } = subscriber;
  const parked = parkedStreams(service, subscriber, ports, codec, onParked, onError);
  const progress = new Map<string, number>();
  const saved = new Map<string, number>();

  const position = async (topic: string, partition: number, signal: AbortSignal): Promise<number | undefined> => {
    // The position first: a former owner parks before it saves, so what it saved past is in the parked streams read after.
    const known = await documents.position(name, topic, partition);
    await parked.own({ topic, partition }, signal);
    // An assignment that is over by now has nothing to say: the one after it may be further.
    const began = (offset: number) => void (signal.aborted || progress.set(`${topic}/${partition}`, offset));
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

  const handleAll = async (streams: ReadonlyMap<string, readonly LogRecord[]>, held: HeldStreams): Promise<void> => {
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
    // What comes before an event is handled before that event is parked.
    const failures = good.size === 0 ? [] : await subscriber.handle(good);
    for (const { delivered, error } of failures)
      failed.set(delivered.meta.stream, { at: good.get(delivered.meta.stream)?.indexOf(delivered) ?? 0, error });
    for (const [stream, records] of streams) {
      const failure = failed.get(stream);
      if (failure) await parked.park(held, stream, records.slice(failure.at), failure.error);
      else if (held.has(stream)) await parked.park(held, stream, records);
    }
  };

  const handle = (batch: LogBatch, signal: AbortSignal): Promise<void> =>
    parked.inTurn(batch, signal, async (held) => {
      const streams = relevant(batch);
      await handleAll(streams, held);
      const place = `${batch.topic}/${batch.partition}`;
      progress.set(place, batch.next);
      // What a subscriber does not read may be read again: such positions are saved now and then only.
      if (streams.size > 0 || batch.next - (saved.get(place) ?? 0) >= 1_000) {
        await documents.savePosition(name, batch.topic, batch.partition, batch.next);
        saved.set(place, batch.next);
      }
    });

  for (let attempt = 1; ; attempt++) {
    try {
      const running = await log.subscribe({ group: group(service, name), topics: subscriber.topics, position, handle, onError });
      const stopping = new AbortController();
      const redriving = parked.run(stopping.signal);
      const stop = async (): Promise<void> => {
        await running.stop();
        stopping.abort();
        await redriving;
      };
      return { stop, progress, parked, redrive: parked.wake };
    } catch (error) {
      if (attempt >= 5) throw error;
      await clock.sleep(backOff(clock, attempt, 500));
    }
  }
};

/** How far a subscription is: the next offset by `topic/partition`, and the streams of its partitions that are parked. */
export type Progress = {
  readonly progress: ReadonlyMap<string, number>;
  readonly parked: { readonly has: (stream: string) => boolean; readonly size: number };
  /** Somebody asked for a parked stream: looks at once. */
  readonly redrive: () => void;
};
