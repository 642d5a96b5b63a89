import { type Codec, UnknownSchema } from "../codec/codec.ts";
import { schemaIdIn } from "../codec/framing.ts";
import { eachOf } from "../concurrency.ts";
import type { Contract } from "../contract.ts";
import { nameOf } from "../log/partition.ts";
import { headerOf, sourceOf } from "../log/record.ts";
import { aggregateOf, eventIdOf } from "../message.ts";
import type { Clock, Commit, EventStore, Log, LogBatch, LogRange, LogRecord, TopicState } from "../ports.ts";
import { type AnyService, topicsOfService } from "../service.ts";
import { cachedStates } from "../store/cached-states.ts";
import { holderOf } from "../store/execute.ts";
import { decode, originOf } from "../subscription/delivered.ts";
import { boundsOf, commitIn, type Recorded, recordedIn, sameEvent } from "./recorded.ts";

/** The log and the store of a service contradict each other: the service must not decide anything. */
export class CannotRestore extends Error {
  override name = "CannotRestore";
  /** The record that contradicts the store: topic, partition and offset. */
  readonly origin: string | undefined;
  constructor(message: string, record?: LogRecord) {
    super(message);
    this.origin = record && originOf(record);
  }
}

/** What a start found on the log that the store did not have. */
export type Restored = {
  /** Records that were compared with the store. */
  readonly compared: number;
  readonly commits: number;
  readonly events: number;
  /** Restored commits under an idempotency key: their answers are lost. */
  readonly keyed: number;
  /** Commits whose last events are missing on the log: the store was lost while they were published. */
  readonly torn: readonly string[];
  /** Records that were left out, since an operator had said so. */
  readonly skipped: readonly string[];
};

export type Restoring = {
  readonly service: AnyService;
  readonly contract: Contract;
  readonly codec: Codec;
  readonly ports: { readonly store: EventStore; readonly log: Pick<Log, "describe" | "read">; readonly clock: Clock };
  readonly instance: string;
  /** The settings that `after` of timers receives. */
  readonly settings: unknown;
  /** Records that an operator knows to be forged, by topic, partition and offset: they are left out. */
  readonly skips: ReadonlySet<string>;
  readonly signal: AbortSignal;
  readonly failed: (error: unknown) => void;
};

/** Duration of the lease in milliseconds; it is renewed after a third of it. */
const LEASE = 15_000;
const LOOK = 500;
/** Streams that are compared at once. */
const STREAMS = 16;

const nothing: Restored = { compared: 0, commits: 0, events: 0, keyed: 0, torn: [], skipped: [] };

/**
 * Adds to the store what the log has of the service's own topics behind the watermarks, before the service does anything else. A store that lost
 * nothing has nothing there, or what was published in the last seconds. One instance does it, under a lease; two at once would do the same.
 * Returns the ids of the topics. Throws `CannotRestore` if the store has other events than the log, or if the log has a gap.
 */
export const restore = async (
  options: Restoring,
): Promise<{ readonly topics: ReadonlyMap<string, string>; readonly restored: Restored }> => {
  const { ports, instance, signal } = options;
  const { store, clock } = ports;
  const topics = topicsOfService(options.contract, options.service).events;
  const found = await unknownRanges(options, topics);
  if (found.ranges.length === 0) return { topics: idsOf(found.states), restored: nothing };
  while (!(await store.lease("restore", instance, LEASE))) {
    await clock.sleep(LOOK, signal);
    signal.throwIfAborted();
  }
  const over = new AbortController();
  const renewing = (async () => {
    for (;;) {
      await clock.sleep(LEASE / 3, over.signal);
      if (over.signal.aborted) return;
      await store.lease("restore", instance, LEASE).catch(options.failed);
    }
  })();
  try {
    // Another instance may have been faster.
    const { states, ranges } = await unknownRanges(options, topics);
    return { topics: idsOf(states), restored: await restoreRanges(options, states, ranges) };
  } finally {
    over.abort("over");
    await renewing;
    await store.release("restore", instance).catch(() => {});
  }
};

const idsOf = (states: readonly TopicState[]): ReadonlyMap<string, string> => new Map(states.map(({ name, id }) => [name, id]));

/** What the topics hold that the store may not have: all of a topic that is not the one of the watermark, or that lost its end. */
const unknownRanges = async ({ ports: { store, log } }: Restoring, topics: readonly string[]) => {
  const [states, saved] = await Promise.all([log.describe(topics), store.watermarks()]);
  const watermarks = new Map(saved.map((watermark) => [nameOf(watermark), watermark]));
  const ranges = states.flatMap(({ id, ranges }) =>
    ranges.map((range): LogRange => {
      const { topicId, offset = 0 } = watermarks.get(nameOf(range)) ?? {};
      return topicId === id && offset <= range.to ? { ...range, from: Math.max(range.from, offset) } : range;
    }),
  );
  return { states, ranges: ranges.filter(({ from, to }) => from < to) };
};

const restoreRanges = async (options: Restoring, states: readonly TopicState[], ranges: readonly LogRange[]): Promise<Restored> => {
  const { service, contract, codec, ports, settings, skips, signal } = options;
  const { store, log } = ports;
  const source = sourceOf(contract, service.name);
  const streams = new Set<string>();
  /** Commits whose last events have not come yet. */
  const open = new Map<string, readonly Recorded[]>();
  const figures = { compared: 0, commits: 0, events: 0, keyed: 0 };
  const torn: string[] = [];
  const skipped: string[] = [];

  const append = async (commits: readonly Commit[]): Promise<void> => {
    for (let left = commits; left.length > 0; ) {
      const done = await store.append(...left);
      for (const { cause, events, metadata } of left.slice(0, done)) {
        figures.commits += 1;
        figures.events += events.length;
        if (cause !== null && metadata.causationId === null) figures.keyed += 1;
      }
      left = left.slice(done);
      const [refused] = left;
      if (!refused) return;
      // Another instance was faster, or an attempt whose reply was lost.
      const [there] = await store.read(refused.stream, refused.version - 1);
      const isSame = there?.version === refused.version && there.events.every((event, at) => isEvent(refused.events[at], event));
      if (!isSame || there.events.length !== refused.events.length)
        throw new CannotRestore(
          `${eventIdOf(refused.stream, refused.version)} is on the log, but the store refuses it: its cause is taken by another commit`,
        );
      left = left.slice(1);
    }
  };

  const complete = (stream: string, events: readonly Recorded[]): Commit => {
    const [first, ...others] = events;
    if (!first) throw new Error(`${stream}: a commit without events`);
    const commit = commitIn(contract, service.aggregates[aggregateOf(stream)], [first, ...others], settings);
    if (typeof commit === "string")
      throw new CannotRestore(`${eventIdOf(stream, first.version)} cannot be restored: ${commit}`, first.record);
    return commit;
  };

  /** Compares the events of a stream with the store, and appends the commits that it does not have. */
  const compare = async (stream: string, events: readonly Recorded[]): Promise<void> => {
    const lowest = Math.min(...events.map(({ version }) => version));
    const known = new Map<number, Recorded["stored"]>();
    // The one before shows that there is no gap.
    for (const commit of await store.read(stream, Math.max(0, lowest - 2)))
      for (const [index, event] of commit.events.entries()) known.set(commit.version + index, event);
    let parts = open.get(stream) ?? [];
    for (const { version, stored } of parts) known.set(version, stored);
    const commits: Commit[] = [];
    for (const event of events) {
      const { version, stored, record } = event;
      const there = known.get(version);
      if (there && !sameEvent(there, stored))
        throw new CannotRestore(
          `${eventIdOf(stream, version)} has other content in the store than at ${originOf(record)}: which of them happened?`,
          record,
        );
      if (there) continue;
      if (version > 1 && !known.has(version - 1)) {
        const last = Math.max(0, ...[...known.keys()].filter((each) => each < version), ...(await heads(stream)));
        throw new CannotRestore(
          `${eventIdOf(stream, last + 1)}${last + 1 < version - 1 ? ` to @${version - 1}` : ""} is missing: the store ends before it, and the log goes on with ${originOf(record)}`,
          record,
        );
      }
      const bounds = boundsOf(record);
      if (!bounds)
        throw new CannotRestore(
          `${eventIdOf(stream, version)} at ${originOf(record)} is not in the store, and cannot be restored: a release published it that did not tell its cause. Take a later backup`,
          record,
        );
      if (bounds.first !== (parts[0]?.version ?? version) || bounds.last < version)
        throw new CannotRestore(
          `${eventIdOf(stream, version)} at ${originOf(record)} belongs to a commit that the store has in part`,
          record,
        );
      known.set(version, stored);
      parts = [...parts, event];
      if (version < bounds.last) continue;
      commits.push(complete(stream, parts));
      parts = [];
    }
    if (parts.length > 0) open.set(stream, parts);
    else open.delete(stream);
    await append(commits);
  };
  const heads = async (stream: string): Promise<readonly number[]> =>
    (await store.read(stream, 0)).map(({ version, events }) => version + events.length - 1);

  const take = async ({ records, next }: LogBatch): Promise<number> => {
    const found = new Map<string, Recorded[]>();
    for (const record of records) {
      // Somebody else wrote it, which `pitrix audit` tells.
      if (headerOf(record, "ce_source") !== source) continue;
      if (skips.has(originOf(record))) {
        skipped.push(originOf(record));
        continue;
      }
      const event = eventIn(codec, record);
      const others = found.get(record.key);
      if (others) others.push(event);
      else found.set(record.key, [event]);
    }
    figures.compared += records.length;
    for (const stream of found.keys()) streams.add(stream);
    await eachOf(found, STREAMS, ([stream, events]) => compare(stream, events));
    return next;
  };
  await log.read(ranges, take, signal);
  // Nobody was answered for a commit that was not published whole; but who reads the log has seen its beginning.
  for (const [stream, parts] of open) {
    await append([complete(stream, parts)]);
    torn.push(`${stream}@${(parts.at(-1)?.version ?? 0) + 1}`);
  }
  await claim(options, streams);
  await store.saveWatermarks(
    states.flatMap(({ id: topicId, ranges }) => ranges.map(({ topic, partition, to: offset }) => ({ topic, partition, topicId, offset }))),
  );
  return { ...figures, torn, skipped };
};

const isEvent = (one: Commit["events"][number] | undefined, other: Commit["events"][number]): boolean =>
  one !== undefined && sameEvent(one, other);

/** Decodes a record of an own topic. */
const eventIn = (codec: Codec, record: LogRecord): Recorded => {
  const decoded = decode(record, codec);
  if (decoded instanceof UnknownSchema)
    throw new CannotRestore(`${originOf(record)} was written by a newer build: ${decoded.message}. Start that build`, record);
  if (decoded instanceof Error)
    throw new CannotRestore(`${originOf(record)} was not published by this service: ${decoded.message}`, record);
  return recordedIn(record, decoded, schemaIdIn(record.value ?? new Uint8Array()));
};

/** The claims of the streams are those of their states. In this order of the streams others may still hold a claim that they gave up later. */
const claim = async ({ service, codec, ports: { store } }: Restoring, streams: ReadonlySet<string>): Promise<void> => {
  const states = cachedStates(store, codec);
  await eachOf(streams, STREAMS, async (stream) => {
    const { decider } = service.aggregates[aggregateOf(stream)] ?? {};
    if (!decider?.claims) return;
    const { state, version } = await states.fold(stream, decider);
    for (const claim of decider.claims(state)) {
      const found = await store.findClaim(claim);
      if (found?.stream === stream) continue;
      const holder = await holderOf(service, store, states, claim, stream);
      const last = (await store.read(stream, version - 1)).at(-1);
      if (holder !== undefined || !last || !(await store.addClaim(last, claim)))
        // Not the claim itself, which may be an address.
        throw new CannotRestore(`${stream} and ${holder ?? "another stream"} both hold a value that one stream may hold`);
    }
  });
};
