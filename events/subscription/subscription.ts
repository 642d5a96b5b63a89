import { type Codec, InvalidEvent } from "../codec/codec.ts";
import { unframe } from "../codec/framing.ts";
import { backOff } from "../concurrency.ts";
import { metaOf, typeOf } from "../log/record.ts";
import type { Message, Meta } from "../message.ts";
import type { LogBatch, LogRecord, Ports, Running } from "../ports.ts";
import { TableError } from "../store/execute.ts";

/** An event as a subscription gets it. */
export type Delivered = {
  readonly event: Message;
  readonly meta: Meta;
  readonly hops: number;
  readonly traceparent: string | null;
  readonly record: LogRecord;
};

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

/** An error that trying again cannot mend: its stream is parked. */
export const isBug = (error: unknown): error is Error => error instanceof TableError || error instanceof InvalidEvent;

export const group = (service: string, subscriber: string): string => `pitrix.${service}.${subscriber}`;
export const deadLetterTopic = (service: string): string => `pitrix.deadLetter.${service}`;

/** Runs a subscriber over the log. Its positions live in the service's store; a stream that cannot go on is parked and all others go on. */
export const subscribe = async (
  service: string,
  subscriber: Subscriber,
  ports: Ports,
  codec: Codec,
  onParked: (reason: string, delivered: LogRecord) => void,
  onError: (error: Error) => void,
): Promise<Running & Progress> => {
  const { log, documents, parking, clock } = ports;
  const { name, types } = subscriber;
  const parkedStreams = new Set<string>();
  const progress = new Map<string, number>();
  const saved = new Map<string, number>();

  const park = async (record: LogRecord, reason: string): Promise<void> => {
    const meta = metaOf(record);
    const time = new Date(clock.now()).toISOString();
    await parking.add({ subscription: name, record, eventId: meta.eventId, stream: meta.stream, version: meta.version, reason, time });
    parkedStreams.add(meta.stream);
    const { topic, partition, offset } = record;
    const origin = {
      "pitrix-origin": `${topic}/${partition}/${offset}`,
      "pitrix-subscription": name,
      "pitrix-reason": reason.slice(0, 1_000),
    };
    await log.publish([
      { topic: deadLetterTopic(service), key: record.key, value: record.value, headers: { ...record.headers, ...origin } },
    ]);
    onParked(reason, record);
  };

  const position = async (topic: string, partition: number): Promise<number | undefined> => {
    // The position first: a former owner parks before it saves, so what it saved past is in the parked streams read after.
    const known = await documents.position(name, topic, partition);
    for (const stream of await parking.streams(name)) parkedStreams.add(stream);
    if (known !== undefined || subscriber.begin === "start") return known;
    const end = (await log.ends(topic)).find((each) => each.partition === partition)?.offset ?? 0;
    await documents.savePosition(name, topic, partition, end);
    return end;
  };

  const handle = async (batch: LogBatch): Promise<void> => {
    const streams = new Map<string, Delivered[]>();
    for (const record of batch.records) {
      const type = typeOf(record);
      if (type === undefined || !types.has(type)) continue;
      if (parkedStreams.has(record.key)) await park(record, "waits behind an earlier event of its stream");
      else {
        const delivered = decode(record, codec);
        if (delivered instanceof Error) await park(record, delivered.message);
        else {
          const events = streams.get(record.key);
          if (events) events.push(delivered);
          else streams.set(record.key, [delivered]);
        }
      }
    }
    const failures = streams.size === 0 ? [] : await subscriber.handle(streams);
    for (const { delivered, error } of failures) {
      await park(delivered.record, error.message);
      const later = streams.get(delivered.meta.stream)?.filter(({ record }) => record.offset > delivered.record.offset) ?? [];
      for (const { record } of later) await park(record, "waits behind an earlier event of its stream");
    }
    const place = `${batch.topic}/${batch.partition}`;
    progress.set(place, batch.next);
    // What a subscriber does not read may be read again: such positions are saved now and then only.
    if (streams.size > 0 || batch.next - (saved.get(place) ?? 0) >= 1_000) {
      await documents.savePosition(name, batch.topic, batch.partition, batch.next);
      saved.set(place, batch.next);
    }
  };

  for (let attempt = 1; ; attempt++) {
    try {
      const running = await log.subscribe({ group: group(service, name), topics: subscriber.topics, position, handle, onError });
      return { stop: running.stop, progress, parked: parkedStreams };
    } catch (error) {
      if (attempt >= 5) throw error;
      await clock.sleep(backOff(clock, attempt, 500));
    }
  }
};

/** How far a subscription is: the next offset by `topic/partition`, and the streams it has parked. */
export type Progress = { readonly progress: ReadonlyMap<string, number>; readonly parked: ReadonlySet<string> };

const decode = (record: LogRecord, codec: Codec): Delivered | Error => {
  try {
    const { schemaId, bytes } = unframe(record.value);
    const meta = metaOf(record);
    return {
      event: codec.decode(schemaId, bytes),
      meta,
      hops: Number(record.headers.ce_hops ?? 0),
      traceparent: record.headers.traceparent ?? null,
      record,
    };
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
};
