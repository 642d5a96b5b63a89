import { createHash } from "node:crypto";
import { mapOf } from "../concurrency.ts";
import type { Contract } from "../contract.ts";
import { headerOf, recordsOf } from "../log/record.ts";
import type { EventStore, LogRecord } from "../ports.ts";
import { belongsTo, originOf, versionOf } from "./delivered.ts";

/** A broken promise of the log. `origin` is the record that shows it: topic, partition and offset. */
export type Finding =
  /** Missing versions of a stream that has a later one. */
  | { readonly kind: "missing"; readonly stream: string; readonly from: number; readonly to: number; readonly origin: string }
  /** A version whose first occurrence follows a later version. */
  | { readonly kind: "late"; readonly stream: string; readonly version: number; readonly origin: string }
  /** A record without a version. */
  | { readonly kind: "unversioned"; readonly stream: string; readonly origin: string }
  /** A record that the service of its topic has not published, and one whose commit is missing among those of its stream. */
  | { readonly kind: "forged" | "removed"; readonly stream: string; readonly version: number; readonly origin: string };
type Missing = Extract<Finding, { kind: "missing" }>;

export type Audit = {
  readonly records: number;
  readonly streams: number;
  /** Repeated records, which are allowed. */
  readonly repeats: number;
  readonly findings: readonly Finding[];
};

/** An event on the log, by what its readers take from it; the digest covers type, time, actor and content. */
export type PublishedEvent = { readonly stream: string; readonly version: number; readonly digest: string };

const digested = ["ce_type", "ce_time", "ce_actor", "ce_ownerpath"];

const publishedIn = (record: Pick<LogRecord, "headers" | "header" | "key" | "value">, version: number): PublishedEvent => {
  const hash = createHash("sha256").update(JSON.stringify(digested.map((name) => headerOf(record, name) ?? "")));
  return { stream: record.key, version, digest: hash.update(record.value ?? "").digest("base64url") };
};

const READS = 16;
/** The number of streams whose last version an audit with `--watch` remembers. */
const REMEMBERED = 100_000;

/** An event that the store does not have. `removed`: it has later ones of the stream. */
export type UnknownEvent = PublishedEvent & { readonly removed: boolean };

/** Those of some events on the log that a service's store does not have, and which it therefore has not published. */
export const forgedAmong = async (
  { contract, service, store }: { readonly contract: Contract; readonly service: string; readonly store: Pick<EventStore, "read"> },
  events: readonly PublishedEvent[],
): Promise<readonly UnknownEvent[]> => {
  const streams = new Map<string, PublishedEvent[]>();
  for (const event of events) {
    const others = streams.get(event.stream) ?? [];
    others.push(event);
    streams.set(event.stream, others);
  }
  const found = await mapOf([...streams], READS, async ([stream, asked]) => {
    const commits = await store.read(stream, Math.min(...asked.map(({ version }) => version)) - 1);
    const known = new Map<number, string>();
    for (const commit of commits)
      for (const [index, record] of recordsOf(contract, service, commit).entries())
        known.set(commit.version + index, publishedIn(record, commit.version + index).digest);
    const last = Math.max(0, ...known.keys());
    const unknown = asked.filter(({ version, digest }) => known.get(version) !== digest);
    return unknown.map((event) => ({ ...event, removed: !known.has(event.version) && event.version < last }));
  });
  return found.flat();
};

/**
 * Audits the log by its headers: every version of every stream is present, and first occurrences are in order. Takes the records of each
 * partition in order from its start. Remembers one number for each stream, and the findings.
 */
export const auditor = () => {
  const highest = new Map<string, number>();
  const missing = new Map<string, readonly Missing[]>();
  let others: Finding[] = [];
  let records = 0;
  let repeats = 0;
  let goesOn = false;

  const remember = (stream: string, version: number): void => {
    highest.set(stream, version);
    if (!goesOn || highest.size <= REMEMBERED) return;
    const [oldest = stream] = highest.keys();
    highest.delete(oldest);
  };

  return {
    /**
     * Forgets what was found, and how much was read. From now on a stream may begin at any version, and the streams that were seen first are forgotten
     * beyond a bound.
     */
    goOn: (): void => {
      goesOn = true;
      [records, repeats, others] = [0, 0, []];
      missing.clear();
    },
    /** Returns what its service must have published; undefined if no service can have. */
    take: (record: LogRecord): PublishedEvent | undefined => {
      records += 1;
      const { key: stream } = record;
      const origin = originOf(record);
      const version = versionOf(record);
      if (version === 0) {
        others.push({ kind: "unversioned", stream, origin });
        return undefined;
      }
      if (!belongsTo(stream, record.topic)) {
        others.push({ kind: "forged", stream, version, origin });
        return undefined;
      }
      const last = highest.get(stream) ?? (goesOn ? version - 1 : 0);
      if (version > last) {
        remember(stream, version);
        const gap: Missing = { kind: "missing", stream, from: last + 1, to: version - 1, origin };
        if (gap.from <= gap.to) missing.set(stream, [...(missing.get(stream) ?? []), gap]);
      } else {
        const gaps = missing.get(stream) ?? [];
        if (!gaps.some((gap) => isIn(gap, version))) repeats += 1;
        else {
          others.push({ kind: "late", stream, version, origin });
          missing.set(
            stream,
            gaps.flatMap((gap) => without(gap, version)),
          );
        }
      }
      return publishedIn(record, version);
    },
    /** Adds that the service has not published what `take` returned for this record. */
    unknown: ({ stream, version, removed }: UnknownEvent, origin: string): void =>
      void others.push({ kind: removed ? "removed" : "forged", stream, version, origin }),
    /** Adds that a service had published the stream up to this version before the log was read. */
    published: (stream: string, version: number, service: string): void => {
      const from = (highest.get(stream) ?? 0) + 1;
      if (from <= version) others.push({ kind: "missing", stream, from, to: version, origin: `the store of ${service}` });
    },
    /** The findings sorted by stream, independent of the order in which the partitions were read. */
    result: (): Audit => {
      const findings = [...[...missing.values()].flat(), ...others];
      const sorted = findings.toSorted((one, other) => (one.stream < other.stream ? -1 : one.stream > other.stream ? 1 : 0));
      return { records, streams: highest.size, repeats, findings: sorted };
    },
  };
};

const isIn = ({ from, to }: Missing, version: number): boolean => from <= version && version <= to;

const without = (gap: Missing, version: number): readonly Missing[] =>
  isIn(gap, version)
    ? [
        { ...gap, to: version - 1 },
        { ...gap, from: version + 1 },
      ].filter(({ from, to }) => from <= to)
    : [gap];
