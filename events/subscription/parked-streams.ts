import { type Codec, UnknownSchema } from "../codec/codec.ts";
import { alarm, backOff, eachOf, keyedTurns } from "../concurrency.ts";
import { asError } from "../error.ts";
import { typeOf } from "../log/record.ts";
import type { LogRecord, Parked, Ports } from "../ports.ts";
import { deadLetter } from "./dead-letter.ts";
import { type Delivered, decode, eventIdIn, versionOf } from "./delivered.ts";
import type { Failure, Handler, Subscriber } from "./subscription.ts";

/** How often an owner of parked streams looks whether somebody asked, and how often it compares what it knows with what is stored. */
const POLL = 2_000;
const SWEEP = 30_000;
const CHUNK = 100;
const AT_ONCE = 4;
/** Streams that one instance holds parked. More of them are no longer events that are bad: the subscription waits for a build that is not. */
const MOST = 100_000;
const WAITS = "waits behind an earlier event of its stream";

/** What the owner of a partition knows of a stream that it has parked: its first event and the version of its last. */
export type Held = { head: Pick<Parked, "eventId" | "version" | "reason" | "attempts" | "unknownSchema" | "time">; tail: number };
/** The parked streams of one partition. */
export type HeldStreams = Map<string, Held>;
/** Events of a stream that are to wait, and why the first of them cannot be handled, unless it waits behind another. */
type ToPark = { readonly stream: string; readonly records: readonly LogRecord[]; readonly error?: Error };
type Place = { readonly topic: string; readonly partition: number };

/** Without its record, whose bytes would keep all that came in one fetch. */
const headOf = ({ eventId, version, reason, attempts, unknownSchema, time }: Held["head"]): Held["head"] => {
  return { eventId, version, reason, attempts, unknownSchema, time };
};

/**
 * The parked streams of a subscription, on one instance. Whoever parks an event has handled all that come before it in its stream or has
 * parked them too, so whatever is parked may be tried in its order at any time, by any number of owners. What an owner takes for parked
 * changes only in a turn of the partition, in which no batch is handled.
 */
export const parkedStreams = (
  service: string,
  { name, open }: Pick<Subscriber, "name" | "open">,
  { log, parking, clock }: Pick<Ports, "log" | "parking" | "clock">,
  codec: Codec,
  onParked: (reason: string, record: LogRecord) => void,
  onError: (error: Error) => void,
) => {
  const owned = new Map<string, { readonly streams: HeldStreams; readonly handler: Handler; readonly signal: AbortSignal }>();
  const discarded = new Set<string>();
  const unswept = new Set<string>();
  const turns = keyedTurns();
  const wake = alarm(clock);
  let called = false;

  const placeOf = ({ topic, partition }: Place): string => `${topic}/${partition}`;
  const now = (): string => new Date(clock.now()).toISOString();
  const size = (): number => [...owned.values()].reduce((sum, { streams }) => sum + streams.size, 0);

  /** A partition is this instance's until the signal. */
  const own = (place: Place, signal: AbortSignal): Promise<void> =>
    turns(placeOf(place), async () => {
      for (const id of await parking.discarded(name)) discarded.add(id);
      const found = await parking.streams(name, place);
      const streams: HeldStreams = new Map(
        found.map(({ stream, first, last, ...head }) => [stream, { head: { ...head, version: first, time: "" }, tail: last }]),
      );
      if (signal.aborted) return;
      const entry = { streams, handler: open(), signal };
      owned.set(placeOf(place), entry);
      const lose = () => void (owned.get(placeOf(place)) === entry && owned.delete(placeOf(place)));
      signal.addEventListener("abort", lose, { once: true });
      if (streams.size === 0) return;
      unswept.add(placeOf(place));
      wake.ring();
    });

  /** Lets a batch of a partition be handled while nothing of it is tried again. */
  const inTurn = <T>(place: Place, signal: AbortSignal, work: (streams: HeldStreams, handler: Handler) => Promise<T>): Promise<T> =>
    turns(placeOf(place), () => {
      const { streams, handler } = owned.get(placeOf(place)) ?? {};
      if (!streams || !handler || signal.aborted) throw new Error(`${placeOf(place)} belongs to another instance now`);
      return work(streams, handler);
    });

  const entry = (record: LogRecord, after: number, head: Omit<Held["head"], "version" | "eventId">): Parked => ({
    ...{ subscription: name, record, eventId: eventIdIn(record), stream: record.key, version: versionOf(record) || after },
    ...{ row: typeOf(record) ?? "", reason: head.reason, time: head.time || now() },
    ...{ attempts: head.attempts, unknownSchema: head.unknownSchema, asked: null },
  });

  /** What is new to a parked stream; it is taken for parked from now on. */
  const join = (streams: HeldStreams, { stream, records, error }: ToPark): readonly Parked[] => {
    let held = streams.get(stream);
    const events: Parked[] = [];
    for (const record of records) {
      // A repeat of what was handled before the first one.
      if (held && versionOf(record) > 0 && versionOf(record) < held.head.version) continue;
      const first = held === undefined || held.head.eventId === eventIdIn(record);
      const head = held?.head ?? {
        reason: error?.message ?? WAITS,
        attempts: 1,
        unknownSchema: error instanceof UnknownSchema,
        time: now(),
      };
      const event = entry(record, held?.tail ?? 0, first ? head : { reason: WAITS, attempts: 0, unknownSchema: false, time: "" });
      events.push(event);
      held ??= { head: headOf(event), tail: event.version };
      held.tail = Math.max(held.tail, event.version);
    }
    if (!held || events.length === 0) return [];
    if (!streams.has(stream) && size() >= MOST) throw new Error(`${MOST} streams are parked: ${held.head.reason}`);
    streams.set(stream, held);
    return events;
  };

  /**
   * Parks events, those of a stream in their order; with the error, the first of them is why. Nothing is forgotten before it is both in the
   * store and on the dead letter topic: until then the batch comes again.
   */
  const park = async (streams: HeldStreams, toPark: readonly ToPark[]): Promise<void> => {
    const isNew = size() === 0;
    const events = toPark.flatMap((each) => join(streams, each));
    if (events.length === 0) return;
    await parking.add(events);
    await log.publish(events.map((event) => deadLetter(service, event)));
    for (const { reason, record } of events) onParked(reason, record);
    if (isNew) wake.ring();
  };

  /** The first event of a chunk that cannot be handled, once all before it are. */
  const firstFailure = async (
    handler: Handler,
    stream: string,
    events: readonly Parked[],
  ): Promise<{ readonly at: number; readonly error: Error } | undefined> => {
    const good: Delivered[] = [];
    let unread: Error | undefined;
    for (const { record } of events) {
      const delivered = decode(record, codec);
      if (delivered instanceof Error) {
        unread = delivered;
        break;
      }
      good.push(delivered);
    }
    let failures: readonly Failure[] = [];
    do failures = good.length === 0 ? [] : await handler.handle(new Map([[stream, good]]));
    while (!(await handler.flush()));
    const [failure] = failures;
    if (failure) return { at: good.indexOf(failure.delivered), error: failure.error };
    return unread && { at: good.length, error: unread };
  };

  /** Tries the first events of a parked stream; true if more may follow. */
  const attempt = async (handler: Handler, held: Held, stream: string, events: readonly Parked[], retry: boolean): Promise<boolean> => {
    const [head] = events;
    if (!head) return false;
    held.head = headOf(head);
    if (head.asked?.action === "discard") {
      await log.publish([deadLetter(service, head)]);
      await parking.discard(head);
      discarded.add(head.eventId);
      return true;
    }
    if (discarded.has(head.eventId)) {
      await parking.remove([head]);
      return true;
    }
    if (head.attempts > 0 && !head.asked && !retry) return false;
    const stop = events.findIndex(({ attempts, asked, eventId }, at) => at > 0 && (attempts > 0 || asked || discarded.has(eventId)));
    const chunk = stop < 0 ? events : events.slice(0, stop);
    const failure = await firstFailure(handler, stream, chunk);
    const failed = failure && chunk[failure.at];
    const done = failure ? chunk.slice(0, failure.at) : chunk;
    if (done.length > 0) {
      // Should the answer get lost, a repeat that is parked now is one that nobody has tried: the next sweep finds it.
      held.head = { ...held.head, reason: WAITS, attempts: 0, unknownSchema: false };
      await parking.remove(done);
    }
    if (!failure || !failed) return true;
    held.head = headOf(failed);
    const unknownSchema = failure.error instanceof UnknownSchema;
    // Nobody asked, and nothing is new: it waits for its schema as before.
    if (failed.unknownSchema && unknownSchema && !failed.asked) return false;
    const again: Parked = {
      ...failed,
      reason: failure.error.message,
      time: now(),
      attempts: failed.attempts + 1,
      unknownSchema,
      asked: null,
    };
    await log.publish([deadLetter(service, again)]);
    await parking.again(again);
    held.head = headOf(again);
    onParked(again.reason, again.record);
    return false;
  };

  /** Works off a parked stream as far as it goes: try, remove, next. Batches of the partition take turns with it. */
  const drain = async (place: Place, stream: string, retry: boolean): Promise<void> => {
    for (let more = true, first = true; more; first = false)
      more = await turns(placeOf(place), async () => {
        const { streams, handler, signal } = owned.get(placeOf(place)) ?? {};
        if (!streams || !handler || !signal || signal.aborted) return false;
        const events = await parking.of(name, stream, CHUNK);
        const [head] = events;
        if (!head) {
          streams.delete(stream);
          return false;
        }
        const held = streams.get(stream) ?? { head: headOf(head), tail: events.at(-1)?.version ?? head.version };
        streams.set(stream, held);
        return attempt(handler, held, stream, events, retry && first);
      });
  };

  type Due = { readonly place: Place; readonly stream: string; readonly retry: boolean };

  /** Streams where what is stored differs from what is known here, and those that nothing holds back any more. */
  const sweep = async (): Promise<readonly Due[]> => {
    const fresh = new Set(unswept);
    const found = await parking.streams(name);
    const stored = new Set(found.map(({ stream, ...place }) => `${placeOf(place)} ${stream}`));
    const gone = [...owned].flatMap(([at, { streams }]) => {
      const split = at.lastIndexOf("/");
      const place = { topic: at.slice(0, split), partition: Number(at.slice(split + 1)) };
      return [...streams.keys()].filter((stream) => !stored.has(`${at} ${stream}`)).map((stream) => ({ place, stream, retry: false }));
    });
    const due = found.flatMap(({ stream, topic, partition, attempts, unknownSchema }): readonly Due[] => {
      const place = { topic, partition };
      const known = owned.get(placeOf(place))?.streams;
      if (!known) return [];
      // Parked by an owner from before: here it was handled, or will be found to be parked.
      const foreign = !known.has(stream);
      const retry = foreign || (unknownSchema && fresh.has(placeOf(place)));
      return retry || attempts === 0 ? [{ place, stream, retry }] : [];
    });
    for (const id of await parking.discarded(name)) discarded.add(id);
    return [...gone, ...due];
  };

  const work = async (due: readonly Due[]): Promise<void> =>
    eachOf(due, AT_ONCE, ({ place, stream, retry }) => drain(place, stream, retry));

  /** Until the signal: does what is asked, resumes what a dead owner began, and tries again what waited for a schema that is known now. */
  const run = async (signal: AbortSignal): Promise<void> => {
    let swept = clock.now();
    for (let failures = 0; ; ) {
      await wake.wait(failures > 0 ? backOff(clock, failures, 500) : size() > 0 ? POLL : SWEEP, signal);
      if (signal.aborted) return;
      try {
        const late = Math.abs(clock.now() - swept) >= SWEEP;
        if (late || unswept.size > 0) {
          const fresh = [...unswept];
          await work(await sweep());
          for (const place of fresh) unswept.delete(place);
          swept = clock.now();
        }
        if (called || size() > 0) {
          called = false;
          const streams = new Map(
            (await parking.asked(name)).map(({ stream, record }) => [stream, { place: record, stream, retry: false }]),
          );
          await work([...streams.values()]);
        }
        failures = 0;
      } catch (error) {
        failures++;
        // What failed may be done all the same: what is stored is looked at next.
        swept = Number.NEGATIVE_INFINITY;
        onError(asError(error));
      }
    }
  };

  return {
    own,
    inTurn,
    park,
    run,
    isDiscarded: (record: LogRecord): boolean => discarded.size > 0 && discarded.has(eventIdIn(record)),
    has: (stream: string): boolean => [...owned.values()].some(({ streams }) => streams.has(stream)),
    get size(): number {
      return size();
    },
    /** Somebody has asked for something: look at once. */
    wake: (): void => {
      called = true;
      wake.ring();
    },
  };
};
export type ParkedStreams = ReturnType<typeof parkedStreams>;
