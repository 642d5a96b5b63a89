import type { Rejection } from "./decider.ts";
import type { Actor } from "./message.ts";

/** Time and chance, given so that a simulation can be exact. */
export type Clock = {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Resolves after the time or, without an error, as soon as the signal aborts. */
  readonly sleep: (milliseconds: number, signal?: AbortSignal) => Promise<void>;
  /** 0 <= x < 1, for jitter and new ids. */
  readonly random: () => number;
};

/** An event as it is kept: Avro bytes without framing, and the schema they were written with. */
export type EncodedEvent = { readonly type: string; readonly schemaId: number; readonly bytes: Uint8Array };

export type CommitMetadata = {
  readonly time: string;
  readonly actor: Actor;
  readonly correlationId: string;
  readonly causationId: string | null;
  readonly actionId: string | null;
  /** The table row that decided: the operation, the event or the effect. */
  readonly row: string;
  readonly traceparent: string | null;
  /** Reactions between the request and this decision. */
  readonly hops: number;
  /** Hash of the request body, to notice another body under the same idempotency key. */
  readonly fingerprint: string | null;
};

/** All that is atomic with a decision, in one document. Without events it is a receipt: "nothing to do", or a "no". */
export type Commit = {
  readonly stream: string;
  /** Version of the first event; of a receipt, the version it was decided on. Streams begin at 1. */
  readonly version: number;
  readonly events: readonly EncodedEvent[];
  /** The inbox: unique in the service. */
  readonly cause: string | null;
  readonly rejection: Rejection | null;
  /** Values unique in the service that the stream takes with this commit. */
  readonly claims: readonly string[];
  /** Due marks: still to be published; versions whose effect is to run; timers to fire. */
  readonly publish: boolean;
  readonly effects: readonly number[];
  readonly timers: readonly Timer[];
  readonly metadata: CommitMetadata;
};
export type Timer = { readonly version: number /** Milliseconds since 1970. */; readonly at: number };

/** The service's own event store. Everything is read from the primary, as a majority has it. */
export type EventStore = {
  /** Commits of a stream that hold events beyond `after`, ascending. */
  readonly read: (stream: string, after: number) => Promise<readonly Commit[]>;
  /**
   * Inserts commits of one stream, each atomically, in their order, up to the first whose version, cause or claim is taken: ask which. How many
   * are in? An error may hide a success.
   */
  readonly append: (...commits: readonly Commit[]) => Promise<number>;
  readonly findCause: (cause: string) => Promise<Commit | undefined>;
  readonly findClaim: (claim: string) => Promise<Commit | undefined>;
  /** What came of a request (correlation id) or an action: commits and receipts by their time, the first so many. */
  readonly caused: (id: string, limit: number) => Promise<readonly Commit[]>;
  /**
   * All commits and receipts, a page after another: those that follow the last of the page before. The order is always the same, and a stream's
   * versions ascend in it. What is committed meanwhile may be left out.
   */
  readonly scan: (after: Commit | undefined, limit: number) => Promise<readonly Commit[]>;
  /** Takes a claim off the commit that made it. */
  readonly releaseClaim: (commit: Commit, claim: string) => Promise<void>;
  /** Commits with the mark, ascending by (stream, version), beyond `after`. */
  readonly due: (mark: "publish" | "effects", after: Place | undefined, limit: number) => Promise<readonly Commit[]>;
  /** Commits of one stream with the mark, below a version, ascending, the first so many. */
  readonly dueBelow: (mark: "publish" | "effects", stream: string, version: number, limit: number) => Promise<readonly Commit[]>;
  /** Commits with a timer due until then, earliest first. */
  readonly dueTimers: (until: number, limit: number) => Promise<readonly Commit[]>;
  /** Lets the timer of an event fire at another time. */
  readonly postpone: (commit: Commit, version: number, at: number) => Promise<void>;
  /** The work is acknowledged: takes the marks off. For `publish` the place is the commit's, else the event's own version. */
  readonly clear: (
    mark: "publish" | "effects" | "timers",
    done: readonly { readonly commit: Commit; readonly version: number }[],
  ) => Promise<void>;
  /** Takes or renews a lease; false while somebody else holds it. Economy, not safety. */
  readonly lease: (name: string, holder: string, milliseconds: number) => Promise<boolean>;
  readonly release: (name: string, holder: string) => Promise<void>;
};
export type Place = { readonly stream: string; readonly version: number };

/** A read-model document with the stream it belongs to and the version it was folded to. */
export type StoredDocument = {
  readonly id: string;
  readonly stream: string;
  readonly version: number;
  readonly deleted: boolean;
  readonly value: { readonly [field: string]: unknown };
};
export type DocumentWrite = {
  readonly document: StoredDocument /** The version it was folded from; 0 = it was absent. */;
  readonly expected: number;
};

export type Scalar = string | number | boolean;
/** Conditions on the fields of `value`: equal to one of a list, or a range. All must hold. */
export type Condition =
  | { readonly field: string; readonly in: readonly Scalar[] }
  | { readonly field: string; readonly from?: Scalar; readonly below?: Scalar };
export type DocumentFilter = {
  readonly where: readonly Condition[];
  /** At least one of these must hold (each a list that must all hold). Absent: no condition. */
  readonly anyOf?: readonly (readonly Condition[])[];
  /** Contains the word, ignoring case, in any of the fields; `exact` fields must equal it. */
  readonly search?: { readonly word: string; readonly fields: readonly string[]; readonly exact: readonly string[] };
};
export type DocumentQuery = DocumentFilter & {
  readonly sort?: { readonly field: string; readonly descending: boolean };
  readonly offset: number;
  readonly limit: number;
};

/** Which documents to count, and by what. */
export type CountQuery = DocumentFilter & {
  /** Counts the documents of each value of this field; it holds no lists. Documents without it count under null. */
  readonly field: string;
  /** Counts texts only, by their first so many characters: the date of a time. */
  readonly prefix?: number;
  /** How many values to name; the most frequent come first, those of one frequency in their order. */
  readonly limit: number;
};
export type Counts = {
  /** Documents, and different values among them, named or not. */
  readonly total: number;
  readonly values: number;
  readonly counts: readonly { readonly value: Scalar | null; readonly count: number }[];
};

/** The service's read models, and where its subscriptions stand. */
export type Documents = {
  readonly ensure: (collection: string, indexes: readonly string[]) => Promise<void>;
  /** Also tombstones; absent ids are left out. */
  readonly get: (collection: string, ids: readonly string[]) => Promise<readonly StoredDocument[]>;
  /** Compare-and-set of each; false where one was not as expected, be it that it has our version already. The others are written then, too. */
  readonly write: (collection: string, writes: readonly DocumentWrite[]) => Promise<boolean>;
  /** Without tombstones. Ties in the sort are broken by id, in its direction. */
  readonly find: (
    collection: string,
    query: DocumentQuery,
  ) => Promise<{ readonly total: number; readonly documents: readonly StoredDocument[] }>;
  /** Counts in the database, without tombstones, however many documents there are. */
  readonly count: (collection: string, query: CountQuery) => Promise<Counts>;
  /** All documents by id, tombstones too, a page after another: those that follow an id. */
  readonly scan: (collection: string, after: string | undefined, limit: number) => Promise<readonly StoredDocument[]>;
  /** Removes a collection with all its documents; nothing happens if it does not exist. */
  readonly drop: (collection: string) => Promise<void>;
  readonly position: (subscription: string, topic: string, partition: number) => Promise<number | undefined>;
  readonly savePosition: (subscription: string, topic: string, partition: number, offset: number) => Promise<void>;
  /** Removes all positions of a subscription. */
  readonly forgetPositions: (subscription: string) => Promise<void>;
};

/** What somebody wants done with a parked event: try it again, or leave it out for good. */
export type Asked = {
  readonly action: "redrive" | "discard";
  readonly by: string;
  /** Why it is left out. */
  readonly reason: string;
  readonly time: string;
};

/** One event of a parked stream: the one at which its row threw, or one that waits behind it. */
export type Parked = {
  readonly subscription: string;
  readonly record: LogRecord;
  readonly eventId: string;
  readonly stream: string;
  /** Where it stands in its stream. A record that does not tell has the version of the event that it came after. */
  readonly version: number;
  /** The row of the table: the event's type. */
  readonly row: string;
  readonly reason: string;
  readonly time: string;
  /** How often it was tried in vain; 0 = it waits behind an earlier event of its stream. */
  readonly attempts: number;
  /** It waits for a build that knows its schema. */
  readonly unknownSchema: boolean;
  readonly asked: Asked | null;
};
export type ParkedKey = Pick<Parked, "subscription" | "stream" | "version" | "eventId">;
/** A stream that a subscription has parked, and how its first event stands. */
export type ParkedStream = {
  readonly subscription: string;
  readonly stream: string;
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly first: number;
  readonly last: number;
  readonly events: number;
} & Pick<Parked, "eventId" | "row" | "reason" | "time" | "attempts" | "unknownSchema" | "asked">;

/** What a service's subscriptions have parked. Whoever owns a partition writes; anybody may ask. */
export type Parking = {
  /** One after the other, so that an error leaves a beginning of them. What is there, or was discarded, is not changed. */
  readonly add: (parked: readonly Parked[]) => Promise<void>;
  /** What is parked of a subscription, or of one of its partitions, by stream. */
  readonly streams: (subscription: string, place?: TopicPartition) => Promise<readonly ParkedStream[]>;
  /** The parked events of one stream in their order, the first so many. */
  readonly of: (subscription: string, stream: string, limit?: number) => Promise<readonly Parked[]>;
  readonly remove: (parked: readonly ParkedKey[]) => Promise<void>;
  /** Tried in vain once more: takes over reason, time and attempts, and what was asked is done. Nothing if it is not parked any more. */
  readonly again: (parked: Parked) => Promise<void>;
  /** Leaves a wish with an event; false if it is not parked any more. */
  readonly ask: (parked: ParkedKey, asked: Asked) => Promise<boolean>;
  /** The events of a subscription with a wish. */
  readonly asked: (subscription: string) => Promise<readonly Parked[]>;
  /** Takes it out for good, and remembers that. */
  readonly discard: (parked: ParkedKey) => Promise<void>;
  /** Ids of the events that were taken out. */
  readonly discarded: (subscription: string) => Promise<readonly string[]>;
  readonly list: (limit: number) => Promise<readonly Parked[]>;
  /** Removes everything that a subscription has parked or discarded. */
  readonly forget: (subscription: string) => Promise<void>;
};

export type OutgoingRecord = {
  readonly topic: string;
  readonly key: string;
  /** Null is a tombstone of a compacted topic. */
  readonly value: Uint8Array | null;
  readonly headers: { readonly [name: string]: string };
};
export type LogRecord = OutgoingRecord & {
  readonly partition: number;
  readonly offset: number;
  /** One header alone, where reading all of them costs more. */
  readonly header?: (name: string) => string | undefined;
};
export type LogBatch = {
  readonly topic: string;
  readonly partition: number;
  readonly records: readonly LogRecord[];
  /** Where to go on after this batch. */
  readonly next: number;
  /** The offset after the last record of the partition, as it was when this batch was read. */
  readonly end?: number;
};

export type LogSubscription = {
  readonly group: string;
  readonly topics: readonly string[];
  /** Where to begin in a partition that was just assigned; undefined = the start. Asked once an assignment, which ends with the signal. */
  readonly position: (topic: string, partition: number, signal: AbortSignal) => Promise<number | undefined>;
  /** One batch at a time a partition. An error is an outage: the same batch comes again, after a back-off. */
  readonly handle: (batch: LogBatch, signal: AbortSignal) => Promise<number>;
  readonly onError?: (error: Error) => void;
};
export type TopicPartition = { readonly topic: string; readonly partition: number };
/** Records of a partition, from an offset up to another one, which is not included. */
export type LogRange = TopicPartition & { readonly from: number; readonly to: number };
export type Offset = { readonly partition: number; readonly offset: number };
export type Running = {
  readonly stop: () => Promise<void>;
  /** Why nothing can be read just now. */
  readonly trouble?: () => string | undefined;
};

export type TopicSpec = { readonly name: string; readonly partitions: number; readonly compacted: boolean };

/** The log that all services share. */
export type Log = {
  /** Creates what is missing; a topic that exists with another number of partitions is an error. */
  readonly ensureTopics: (topics: readonly TopicSpec[]) => Promise<void>;
  /** Resolves when every record is acknowledged by all in-sync replicas. On an error some may have been stored. One key's records keep their order. */
  readonly publish: (records: readonly OutgoingRecord[]) => Promise<void>;
  /** Resolves once the subscription runs. Partitions are shared out over the members of the group. */
  readonly subscribe: (subscription: LogSubscription) => Promise<Running>;
  /** Reads every partition from its start and follows it, without a group: for compacted topics that each instance holds whole. `caughtUp` resolves at the ends seen at the start. */
  readonly follow: (topic: string, handle: (record: LogRecord) => void) => Promise<Running & { readonly caughtUp: Promise<void> }>;
  /**
   * Reads ranges of partitions once, without a group, and resolves when all are handled. The batches of a range come in order and end exactly
   * with it: `end` is where the range ends. The handler returns where to go on, as in a subscription; its error ends the reading. Rejects if a
   * range is not there, if the log stays away, and with the signal's reason.
   */
  readonly read: (ranges: readonly LogRange[], handle: LogSubscription["handle"], signal: AbortSignal) => Promise<void>;
  /** The offset after the last record of each partition. */
  readonly ends: (topic: string) => Promise<readonly Offset[]>;
  /** The offset of the first record of each partition that was published at this time or later (milliseconds since 1970); its end if there is none. */
  readonly offsets: (topic: string, time: number) => Promise<readonly Offset[]>;
  readonly close: () => Promise<void>;
};

/** A content-addressed store of packages, charts and attachments; the digest is `sha256:<hex>`. */
export type Blobs = {
  readonly put: (bytes: Uint8Array) => Promise<string>;
  readonly get: (digest: string) => Promise<Uint8Array | undefined>;
  /** Which of these digests it has. */
  readonly has: (digests: readonly string[]) => Promise<ReadonlySet<string>>;
};

/** Everything a service runs on. */
export type Ports = {
  readonly store: EventStore;
  readonly documents: Documents;
  readonly parking: Parking;
  readonly log: Log;
  readonly clock: Clock;
};
