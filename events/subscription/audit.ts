import type { LogRecord } from "../ports.ts";
import { originOf, versionOf } from "./delivered.ts";

/** A broken promise of the log. `origin` is the record that shows it: topic, partition and offset. */
export type Finding =
  /** Missing versions of a stream that has a later one. */
  | { readonly kind: "missing"; readonly stream: string; readonly from: number; readonly to: number; readonly origin: string }
  /** A version whose first occurrence follows a later version. */
  | { readonly kind: "late"; readonly stream: string; readonly version: number; readonly origin: string }
  /** A record without a version. */
  | { readonly kind: "unversioned"; readonly stream: string; readonly origin: string };
type Missing = Extract<Finding, { kind: "missing" }>;

export type Audit = {
  readonly records: number;
  readonly streams: number;
  /** Repeated records, which are allowed. */
  readonly repeats: number;
  readonly findings: readonly Finding[];
};

/**
 * Audits the log by its headers: every version of every stream is present, and first occurrences are in order. Takes the records of each
 * partition in order from its start. Remembers one number for each stream, and the findings.
 */
export const auditor = () => {
  const highest = new Map<string, number>();
  const missing = new Map<string, readonly Missing[]>();
  const others: Finding[] = [];
  let records = 0;
  let repeats = 0;

  return {
    take: (record: LogRecord): void => {
      records += 1;
      const { key: stream } = record;
      const origin = originOf(record);
      const version = versionOf(record);
      const last = highest.get(stream) ?? 0;
      if (version === 0) others.push({ kind: "unversioned", stream, origin });
      else if (version > last) {
        highest.set(stream, version);
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
