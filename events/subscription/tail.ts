import { budget } from "../concurrency.ts";
import { nameOf } from "../log/partition.ts";
import type { Clock, Log, LogRecord, Running, TopicPartition } from "../ports.ts";
import { endsOf, startsOf } from "./log-ends.ts";

/** The next offset to read of each partition, by topic. */
export type Offsets = { readonly [topic: string]: readonly number[] };
export type PageRequest = {
  readonly from: Offsets;
  /** Milliseconds since 1970: where a topic begins that `from` does not name. */
  readonly since: number;
  /** Milliseconds to wait for a record if there is none. */
  readonly wait: number;
  readonly signal: AbortSignal;
};
export type Page = {
  /** In the order of each partition. */
  readonly records: readonly LogRecord[];
  /** Where the page begins, and where the next one does. */
  readonly from: Offsets;
  readonly next: Offsets;
  /** Topics that do not hold what was asked for any more: the page goes on with what they hold. */
  readonly lost: readonly string[];
};

/** What a process keeps in memory of the latest records. */
export const RECENT = { records: 5_000, bytes: 16 * 1024 * 1024 };
/** Records of a partition that are read when the tail begins: for readers who were here a moment ago. */
const BACK = 200;
/** A page: bytes after which it ends, records, and those of one partition that are read from the log. */
const PAGE = { bytes: 2 * 1024 * 1024, records: 1_000, partition: 500 };
/** Milliseconds after the last page that the log is followed. */
const IDLE = 60_000;
/** Pages that are read from the log at once. */
const READING = 2;

type Following = ReturnType<typeof recent>;

/**
 * The latest records of some topics, for any number of readers: one reading of the log keeps them in memory, while anybody asks. Who asks for older
 * ones gets a page from the log.
 */
export const tail = (topics: readonly string[], { log, clock }: { readonly log: Log; readonly clock: Clock }, stopping: AbortSignal) => {
  let following: Promise<Following> | undefined;
  let asked = 0;
  const reading = budget(READING);

  const open = async (): Promise<Following> => {
    const [starts, ends] = await Promise.all([startsOf(log, topics), endsOf(log, topics)]);
    const begins = ends.map(({ end, ...place }) => ({ ...place, offset: Math.max(starts.get(nameOf(place)) ?? 0, end - BACK) }));
    const held = recent(begins);
    const running: Running[] = [];
    const stop = async (): Promise<void> => void (await Promise.all(running.map((each) => each.stop())));
    const followed = topics.map(async (topic) => {
      const from = begins.filter((each) => each.topic === topic);
      const follower = await log.follow(topic, held.take, from);
      running.push(follower);
      await follower.caughtUp;
    });
    const failed = (await Promise.allSettled(followed)).find((each) => each.status === "rejected");
    if (failed) {
      await stop().catch(() => {});
      throw failed.reason;
    }
    void whileAsked(stop);
    return held;
  };
  const whileAsked = async (stop: () => Promise<void>): Promise<void> => {
    while (!stopping.aborted && clock.now() - asked < IDLE) await clock.sleep(IDLE / 4, stopping);
    following = undefined;
    await stop().catch(() => {});
  };
  const opened = (): Promise<Following> => {
    asked = clock.now();
    following ??= open();
    const mine = following;
    mine.catch(() => {
      if (following === mine) following = undefined;
    });
    return mine;
  };

  /** Where to read on, also in topics that the reader does not know yet. */
  const placesOf = async ({ from, since }: PageRequest): Promise<Places> => {
    const all = topics.map(async (topic) => {
      const offsets = from[topic] ?? (await log.offsets(topic, since)).map(({ offset }) => offset);
      return offsets.map((offset, partition) => [nameOf({ topic, partition }), { topic, partition, offset }] as const);
    });
    return new Map((await Promise.all(all)).flat());
  };

  /** A page of those partitions whose next records are not in memory; undefined if there is nothing to read. */
  const older = async (at: Places, held: Following, signal: AbortSignal): Promise<Page | undefined> => {
    const wanted = [...new Set([...at.values()].filter((place) => !held.reaches(place)).map(({ topic }) => topic))];
    const [starts, ends] = await Promise.all([startsOf(log, wanted), endsOf(log, wanted)]);
    const lost = new Set<string>();
    const from = new Map(at);
    const next = new Map(at);
    const ranges = ends.flatMap(({ topic, partition, end }) => {
      const name = nameOf({ topic, partition });
      const start = starts.get(name) ?? 0;
      const asked = at.get(name)?.offset ?? start;
      const isThere = asked >= start && asked <= end;
      const offset = isThere ? asked : start;
      if (!isThere) lost.add(topic);
      from.set(name, { topic, partition, offset });
      next.set(name, { topic, partition, offset });
      const to = Math.min(end, offset + PAGE.partition);
      return offset < to && !held.reaches({ topic, partition, offset }) ? [{ topic, partition, from: offset, to }] : [];
    });
    if (ranges.length === 0 && lost.size === 0) return undefined;
    const records: LogRecord[] = [];
    let bytes = 0;
    await log
      .read(
        ranges,
        async ({ topic, partition, records: batch, next: after }) => {
          for (const record of batch) {
            if (bytes > PAGE.bytes || records.length >= PAGE.records) throw FULL;
            records.push(record);
            bytes += sizeOf(record);
            next.set(nameOf(record), { topic, partition, offset: record.offset + 1 });
          }
          next.set(nameOf({ topic, partition }), { topic, partition, offset: after });
          return after;
        },
        signal,
      )
      .catch((error: unknown) => {
        if (error !== FULL) throw error;
      });
    return { records, from: offsetsOf(from), next: offsetsOf(next), lost: [...lost].sort() };
  };

  return {
    /** The records after some offsets, as far as they fit into a page. */
    page: async (request: PageRequest): Promise<Page> => {
      const held = await opened();
      const at = await placesOf(request);
      const isRecent = [...at.values()].every(held.reaches);
      const page = isRecent ? undefined : await reading(1, () => older(at, held, request.signal));
      if (page) return page;
      if (!held.has(at) && request.wait > 0) await held.changed(clock, request.wait, request.signal);
      return { ...held.after(at), lost: [] };
    },
  };
};
export type Tail = ReturnType<typeof tail>;

type Place = TopicPartition & { readonly offset: number };
type Places = ReadonlyMap<string, Place>;
const FULL = new Error("the page is full");

const sizeOf = ({ value, key }: LogRecord): number => (value?.byteLength ?? 0) + key.length + 500;

const offsetsOf = (places: Places): Offsets => {
  const offsets: { [topic: string]: number[] } = {};
  for (const { topic, partition, offset } of places.values()) {
    offsets[topic] ??= [];
    offsets[topic][partition] = offset;
  }
  return offsets;
};

/** The latest records, in the order in which they came. */
const recent = (begins: readonly Place[]) => {
  const starts = new Map(begins.map((place) => [nameOf(place), place.offset]));
  const ends = new Map(starts);
  const latest: { readonly record: LogRecord; readonly name: string }[] = [];
  const waiting = new Set<() => void>();
  let bytes = 0;
  const startOf = (at: Places, name: string): number => at.get(name)?.offset ?? Number.POSITIVE_INFINITY;

  return {
    take: (record: LogRecord): void => {
      const name = nameOf(record);
      latest.push({ record, name });
      bytes += sizeOf(record);
      ends.set(name, record.offset + 1);
      for (let [oldest] = latest; oldest && (latest.length > RECENT.records || bytes > RECENT.bytes); [oldest] = latest) {
        latest.shift();
        bytes -= sizeOf(oldest.record);
        starts.set(oldest.name, oldest.record.offset + 1);
      }
      for (const wake of waiting) wake();
    },
    /** Whether all records of the partition from this offset on are here. */
    reaches: (place: Place): boolean => {
      const name = nameOf(place);
      return place.offset >= (starts.get(name) ?? Number.POSITIVE_INFINITY) && place.offset <= (ends.get(name) ?? 0);
    },
    has: (at: Places): boolean => [...ends].some(([name, end]) => end > startOf(at, name)),
    after: (at: Places): Omit<Page, "lost"> => {
      // From the newest back to the oldest that is asked for: most readers ask for the last few.
      let left = [...ends].reduce((sum, [name, end]) => sum + Math.max(0, end - startOf(at, name)), 0);
      let first = latest.length;
      for (let each = latest.at(-1); each && left > 0; each = latest[first - 1]) {
        if (each.record.offset >= startOf(at, each.name)) left -= 1;
        first -= 1;
      }
      const next = new Map(at);
      const records: LogRecord[] = [];
      let size = 0;
      for (const { record, name } of latest.slice(first)) {
        if (records.length >= PAGE.records || size > PAGE.bytes) break;
        if (record.offset < startOf(at, name)) continue;
        records.push(record);
        size += sizeOf(record);
        next.set(name, { topic: record.topic, partition: record.partition, offset: record.offset + 1 });
      }
      return { records, from: offsetsOf(at), next: offsetsOf(next) };
    },
    /** Resolves when a record has come, or when the time is up. */
    changed: async (clock: Clock, milliseconds: number, signal: AbortSignal): Promise<void> => {
      const enough = new AbortController();
      const wake = (): void => enough.abort("changed");
      waiting.add(wake);
      signal.addEventListener("abort", wake, { once: true });
      await clock.sleep(milliseconds, enough.signal);
      signal.removeEventListener("abort", wake);
      waiting.delete(wake);
    },
  };
};
