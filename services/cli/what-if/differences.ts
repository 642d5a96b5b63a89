import type { LogRecord } from "../../../events/index.ts";
import { fieldDigests } from "../../../events/runtime.ts";
import type { AnyService } from "../../chassis/service.ts";
import type { Build } from "../build.ts";

/** How often two builds give different results for some part of their tables. */
export type Compared = {
  readonly what: "read model" | "state" | "reaction" | "decision";
  readonly service: string;
  /** The read model, the aggregate, or the event that is reacted to. */
  readonly name: string;
  readonly compared: number;
  readonly differ: number;
  /** The first differences. */
  readonly examples: readonly Example[];
};
export type Example = {
  /** A document, a stream, an event that is reacted to, or the first event of a decision. */
  readonly id: string;
  /** The event with which the two began to differ. */
  readonly event: string;
  /** In this build and in the other one: fields that differ, or types of commands or events, or why there are none. */
  readonly here: string;
  readonly there: string;
};

/** The tables of this build and of the other one, by service. */
export type Builds = {
  readonly here: Build;
  readonly there: Build;
  readonly mine: ReadonlyMap<string, AnyService>;
  readonly theirs: ReadonlyMap<string, AnyService>;
};
export type Commit = { readonly stream: string; readonly first: number; readonly mark: string; readonly records: LogRecord[] };

/** Differences of a part that are told as examples. */
export const EXAMPLES = 5;
type Tally = { what: Compared["what"]; service: string; name: string; compared: number; differ: number; examples: Example[] };

export const tallies = () => {
  const all = new Map<string, Tally>();
  const of = (what: Compared["what"], service: string, name: string): Tally => {
    const key = `${what} ${service} ${name}`;
    const known = all.get(key) ?? { what, service, name, compared: 0, differ: 0, examples: [] };
    all.set(key, known);
    return known;
  };
  return {
    all: (): readonly Compared[] => [...all.values()],
    note: (what: Compared["what"], service: string, name: string, example: Example | undefined): void => {
      const tally = of(what, service, name);
      tally.compared++;
      if (!example) return;
      tally.differ++;
      if (tally.examples.length < EXAMPLES) tally.examples.push(example);
    },
  };
};

export const canonical = (value: unknown): string =>
  JSON.stringify(value, (_, each: unknown) =>
    each !== null && typeof each === "object" && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).toSorted(([one], [other]) => (one < other ? -1 : 1)))
      : each,
  ) ?? "";

/** Names of fields whose values differ. Values are not told: they may be what nobody is to see. */
export const fieldsThatDiffer = (one: unknown, other: unknown): string => {
  const [a, b] = [one, other].map((value) => fieldDigests({ value: Object(value) })) as [Fields, Fields];
  return [...new Set([...Object.keys(a), ...Object.keys(b)])]
    .filter((field) => a[field] !== b[field])
    .toSorted()
    .join(", ");
};
type Fields = { readonly [field: string]: string };
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** A document or a state in both builds. */
export type Pair<T> = { here: T | undefined; there: T | undefined; stopped: { here?: string; there?: string }; event: string };
export type Tallies = ReturnType<typeof tallies>;
