import type { Codec } from "../../codec/codec.ts";
import type { Contract } from "../../contract.ts";
import type { MemoryDatabase } from "../../memory/database.ts";
import type { Message, Meta } from "../../message.ts";
import type { Commit, LogRecord } from "../../ports.ts";
import type { AnyService } from "../../service.ts";
import type { Exchange } from "../exchange.ts";
import type { Attempt, PerformedCall } from "../outside.ts";
import type { Bad } from "../poison.ts";
import type { Committed, Loss } from "../process.ts";

/** A broken promise. `about` is the stream concerned, or empty. */
export type Violation = { readonly rule: string; readonly about: string; readonly message: string };

/** An event as stored in the event store or on the log. */
export type Fact = { readonly event: Message; readonly meta: Meta };

/** The data that a run leaves. The checks interpret it with their own code, so that they share no mistake with the code under test. */
export type Evidence = {
  readonly services: readonly AnyService[];
  /** The settings of each service, which `after` of its timers received. */
  readonly settings: ReadonlyMap<string, unknown>;
  readonly contract: Contract;
  readonly codec: Codec;
  /** The events of a commit, decoded once. */
  readonly factsIn: (commit: Commit) => readonly Fact[];
  readonly databases: ReadonlyMap<string, MemoryDatabase>;
  readonly contents: ReadonlyMap<string, readonly (readonly LogRecord[])[]>;
  /** In the order of their creation. */
  readonly commits: readonly Committed[];
  readonly exchanges: readonly Exchange[];
  /** Absent: no store was lost. */
  readonly loss: Loss | undefined;
  readonly ledger: readonly PerformedCall[];
  readonly attempts: readonly Attempt[];
  readonly bad: Bad;
  /** The call that this event reports as completed, in addition to the recorded outcomes of effects. */
  readonly finishes: (event: Message) => string | undefined;
};

/** Memoizes a function by its object argument. */
export const once = <O extends object, T>(make: (object: O) => T): ((object: O) => T) => {
  const made = new WeakMap<O, T>();
  return (object) => {
    const found = made.get(object) ?? make(object);
    made.set(object, found);
    return found;
  };
};

/** The streams of a service, each with its commits that contain events, in ascending order. */
export const streamsOf = once((database: MemoryDatabase): ReadonlyMap<string, readonly Commit[]> => {
  const streams = new Map<string, Commit[]>();
  for (const commit of database.commits.values()) {
    if (commit.events.length === 0) continue;
    const commits = streams.get(commit.stream);
    if (commits) commits.push(commit);
    else streams.set(commit.stream, [commit]);
  }
  for (const commits of streams.values()) commits.sort((a, b) => a.version - b.version);
  return streams;
});

export const factsOf = (codec: Codec) =>
  once((commit: Commit): readonly Fact[] =>
    commit.events.map(({ schemaId, bytes }, index) => {
      const version = commit.version + index;
      const { time, actor, correlationId, causationId, actionId } = commit.metadata;
      const meta = {
        eventId: `${commit.stream}@${version}`,
        stream: commit.stream,
        version,
        time,
        actor,
        correlationId,
        causationId,
        actionId,
      };
      return { event: codec.decode(schemaId, bytes), meta };
    }),
  );

export const aggregateOf = (stream: string): string => stream.split("/")[0] ?? "";
export const keyOf = (stream: string): string => stream.split("/")[1] ?? "";
