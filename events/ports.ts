import type { Rejection } from "./decider.ts";
import type { Actor } from "./message.ts";

/** Time and randomness. A simulation replaces both. */
export type Clock = {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Resolves after the time, or when the signal aborts; it never rejects. */
  readonly sleep: (milliseconds: number, signal?: AbortSignal) => Promise<void>;
  /** 0 <= x < 1, for jitter and new ids. */
  readonly random: () => number;
};

/** A stored event: Avro bytes without framing, and the id of the schema that wrote them. */
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
  /** Number of reactions between the request and this decision. */
  readonly hops: number;
  /** Keyed hash of the request body. It detects another body under the same idempotency key. */
  readonly fingerprint: string | null;
};

/** Everything that is stored atomically with a decision. A commit without events is a receipt: nothing to do, or a rejection. */
export type Commit = {
  readonly stream: string;
  /** The version of the first event; for a receipt, the version that was decided on. Streams begin at 1. */
  readonly version: number;
  readonly events: readonly EncodedEvent[];
  /** The inbox key, unique in the service. */
  readonly cause: string | null;
  readonly rejection: Rejection | null;
  /** Unique values that the stream takes with this commit. */
  readonly claims: readonly string[];
  /** Due marks: not yet published; versions whose effect must run; timers that must fire. */
  readonly publish: boolean;
  readonly effects: readonly number[];
  readonly timers: readonly Timer[];
  readonly metadata: CommitMetadata;
};
export type Timer = { readonly version: number /** Milliseconds since 1970. */; readonly at: number };

/** Everything before this offset of a partition of the service's own topics is in its store. It counts for the topic with this id only. */
export type Watermark = TopicPartition & { readonly topicId: string; readonly offset: number };

/** The service's own event store. Reads go to the primary and see majority-committed data. */
export type EventStore = {
  /** Commits of a stream that contain events after version `after`, ascending. */
  readonly read: (stream: string, after: number) => Promise<readonly Commit[]>;
  /**
   * Inserts commits of one stream, each atomically, in order, up to the first whose version, cause or claim is taken. Returns the number
   * inserted; `findCause` and `findClaim` show what was taken. After an error, the commits may be stored all the same.
   */
  readonly append: (...commits: readonly Commit[]) => Promise<number>;
  readonly findCause: (cause: string) => Promise<Commit | undefined>;
  readonly findClaim: (claim: string) => Promise<Commit | undefined>;
  /** The commits and receipts of a request (correlation id) or an action, ordered by time, at most `limit`. */
  readonly caused: (id: string, limit: number) => Promise<readonly Commit[]>;
  /**
   * All commits and receipts in pages: each page starts after the last commit of the previous page. The order is stable, and ascends by version in
   * each stream. Commits that are added meanwhile may be missing.
   */
  readonly scan: (after: Commit | undefined, limit: number) => Promise<readonly Commit[]>;
  /** Removes a claim from the commit that took it. */
  readonly releaseClaim: (commit: Commit, claim: string) => Promise<void>;
  /** Adds a claim to a stored commit. Returns false if another commit has it. */
  readonly addClaim: (commit: Commit, claim: string) => Promise<boolean>;
  /** Commits with the mark after the position `after`, ascending by stream and version. */
  readonly due: (mark: "publish" | "effects", after: StreamPosition | undefined, limit: number) => Promise<readonly Commit[]>;
  /** Commits of one stream with the mark below a version, ascending, at most `limit`. */
  readonly dueBelow: (mark: "publish" | "effects", stream: string, version: number, limit: number) => Promise<readonly Commit[]>;
  /** Commits with a timer due by `until` (milliseconds since 1970), earliest first. */
  readonly dueTimers: (until: number, limit: number) => Promise<readonly Commit[]>;
  /** Moves the timer of an event to another time. */
  readonly postpone: (commit: Commit, version: number, at: number) => Promise<void>;
  /** Removes due marks whose work is acknowledged. For `publish` the version is the commit's, otherwise the event's. */
  readonly clear: (
    mark: "publish" | "effects" | "timers",
    done: readonly { readonly commit: Commit; readonly version: number }[],
  ) => Promise<void>;
  readonly watermarks: () => Promise<readonly Watermark[]>;
  /** Saves each watermark that is higher than the saved one of the same topic id. */
  readonly saveWatermarks: (watermarks: readonly Watermark[]) => Promise<void>;
  /** Takes or renews a lease; false while another holder has it. Leases save work, or keep requests apart; what may not fail is decided by an append. */
  readonly lease: (name: string, holder: string, milliseconds: number) => Promise<boolean>;
  readonly release: (name: string, holder: string) => Promise<void>;
  /** The first leases that are held, by name. */
  readonly leases: (limit: number) => Promise<readonly Lease[]>;
};
/** What one instance does alone for now. Times are in milliseconds since 1970; `since` is null if a build took it that did not note that. */
export type Lease = { readonly name: string; readonly holder: string; readonly since: number | null; readonly until: number };
export type StreamPosition = { readonly stream: string; readonly version: number };

/** A read-model document, the stream that it belongs to, and the version of the last folded event. */
export type StoredDocument = {
  readonly id: string;
  readonly stream: string;
  readonly version: number;
  readonly deleted: boolean;
  readonly value: { readonly [field: string]: unknown };
};
export type DocumentWrite = {
  readonly document: StoredDocument /** The version that the store must have; 0 = the document must be absent. */;
  readonly expected: number;
};

export type Scalar = string | number | boolean;
/** A condition on a field of `value`: equal to one of a list, or within a range. */
export type Condition =
  | { readonly field: string; readonly in: readonly Scalar[] }
  | { readonly field: string; readonly from?: Scalar; readonly below?: Scalar };
export type DocumentFilter = {
  readonly where: readonly Condition[];
  /** At least one of these lists of conditions must hold as a whole. Absent: no condition. */
  readonly anyOf?: readonly (readonly Condition[])[];
  /** One of `fields` contains the word, ignoring case, or one of `exact` equals it. */
  readonly search?: { readonly word: string; readonly fields: readonly string[]; readonly exact: readonly string[] };
};
export type DocumentQuery = DocumentFilter & {
  readonly sort?: { readonly field: string; readonly descending: boolean };
  readonly offset: number;
  readonly limit: number;
};

/** Which documents to count, and by what. */
export type CountQuery = DocumentFilter & {
  /** Counts the documents of each value of this field, which must not contain lists. Documents without the field count under null. */
  readonly field: string;
  /** Counts only texts, by their first `prefix` characters, such as the date of a time. */
  readonly prefix?: number;
  /** Maximum number of values to return, most frequent first; values of equal frequency are sorted. */
  readonly limit: number;
};
export type Counts = {
  /** The number of all counted documents, and of all distinct values. */
  readonly total: number;
  readonly values: number;
  readonly counts: readonly { readonly value: Scalar | null; readonly count: number }[];
};

/** The value of a counter, and when it starts anew (milliseconds since 1970). */
export type Counted = { readonly count: number; readonly until: number };

/** The service's read models, the positions of its subscriptions, and counters that expire. */
export type Documents = {
  readonly ensure: (collection: string, indexes: readonly string[]) => Promise<void>;
  /** Returns tombstones, too. Ids without a document are omitted. */
  readonly get: (collection: string, ids: readonly string[]) => Promise<readonly StoredDocument[]>;
  /** Compare-and-set for each document. Returns false if any document had another version; the rest are still written. */
  readonly write: (collection: string, writes: readonly DocumentWrite[]) => Promise<boolean>;
  /** Without tombstones. Ties in the sort are broken by id, in its direction. */
  readonly find: (
    collection: string,
    query: DocumentQuery,
  ) => Promise<{ readonly total: number; readonly documents: readonly StoredDocument[] }>;
  /** Counts documents in the database, without tombstones. */
  readonly count: (collection: string, query: CountQuery) => Promise<Counts>;
  /** All documents in the order of their ids, with tombstones, in pages: each page follows `after`. */
  readonly scan: (collection: string, after: string | undefined, limit: number) => Promise<readonly StoredDocument[]>;
  /** The approximate number of documents of a collection, with tombstones, and the bytes of disk that they and their indexes take. */
  readonly size: (collection: string) => Promise<{ readonly documents: number; readonly bytes: number }>;
  /** Removes a collection with all its documents; nothing happens if it does not exist. */
  readonly drop: (collection: string) => Promise<void>;
  /**
   * Adds to a counter and returns its value, never below 0, and when it starts anew at 0: so many milliseconds after the first addition. It is
   * removed some time after that. To add 0 is to read, and makes no counter.
   */
  readonly add: (counter: string, amount: number, now: number, milliseconds: number) => Promise<Counted>;
  readonly position: (subscription: string, topic: string, partition: number) => Promise<number | undefined>;
  readonly savePosition: (subscription: string, topic: string, partition: number, offset: number) => Promise<void>;
  /** Saves a position unless there is one. */
  readonly beginPosition: (subscription: string, topic: string, partition: number, offset: number) => Promise<void>;
  /**
   * Notes the id of a topic that positions are about. If it is another one than before, the topic was lost and made again: all positions in it go
   * to its start, since old offsets would soon look valid and skip events. Returns how many do.
   */
  readonly readsTopic: (topic: string, id: string) => Promise<number>;
  /** Removes all positions of a subscription. */
  readonly forgetPositions: (subscription: string) => Promise<void>;
  readonly pointers: () => Promise<readonly Pointer[]>;
  /** Compare-and-set: saves a pointer if the saved one has the generation before it (the first is generation 1). Returns whether it did. */
  readonly movePointer: (pointer: Pointer) => Promise<boolean>;
  /** What the instances of the service announced last, also those that have ended without a word. */
  readonly readers: () => Promise<readonly Reader[]>;
  readonly announce: (reader: Reader) => Promise<void>;
  readonly withdraw: (instance: string) => Promise<void>;
};

/** Where a read model is: which collection queries read, and which ones projections fill. */
export type Pointer = {
  readonly model: string;
  /** The collection that queries read; null until the first one is filled. */
  readonly active: string | null;
  /** The collection that becomes active once it has caught up; null: none. */
  readonly next: string | null;
  readonly feeds: readonly Feed[];
  /** Collections that are filled no more, and will be dropped. */
  readonly dropped: readonly string[];
  /** Grows by one with each change. */
  readonly generation: number;
};
/** A collection that projections fill. A name is never used again after its collection is dropped. */
export type Feed = {
  readonly collection: string;
  /** The version of the fold. */
  readonly fold: number;
  /** When it may be dropped, in milliseconds since 1970; null: it stays. */
  readonly until: number | null;
  /** Present while the collection is filled up to fixed offsets only, and held against the live one there. Absent: it follows the log. */
  readonly rebuild?: Rebuild;
};
/** A collection that an operator lets be filled beside the live one. */
export type Rebuild = {
  /** Where it stops: the ends of the log when it was asked for, of every partition that the read model reads. */
  readonly ends: readonly LogEnd[];
  /** Most records a second; "auto": fewer while reads, or commits until they show, take longer than before; null: as many as possible. */
  readonly rate: number | "auto" | null;
  /** The comparison with the live collection at these ends; null: not there yet. */
  readonly verdict: Verdict | null;
  /** Present: it is filled from the event store of the service, to which all its sources belong. Absent: from the log. */
  readonly source?: "store";
  /** Streams that are folded, each from its first version; all others are copied from the live collection. Absent: all are folded. */
  readonly bound?: RebuildBound;
  /** Fields in which it may differ from the live collection. */
  readonly mayDiffer?: readonly string[];
  /** Present: it ends before the log did. It is looked at, and never becomes active. */
  readonly isLook?: true;
};
/** Streams by their ids, those of partitions of all topics, or those with an event at these offsets or later. */
export type RebuildBound =
  | { readonly streams: readonly string[] }
  | { readonly partitions: readonly number[] }
  | { readonly since: readonly LogEnd[] };
/** What is to be rebuilt, and how. */
export type RebuildOrder = Omit<Rebuild, "verdict">;
/** `end`: the offset after the last record. */
export type LogEnd = TopicPartition & { readonly end: number };
/** How a rebuilt collection compares with the live one. It counts as long as that one is the active one, and the rebuilt one stops there. */
export type Verdict = {
  /** The live collection, and the generation of the pointer that named it. */
  readonly against: string;
  readonly generation: number;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly compared: number;
  /** Documents that the live collection had in a later version: compared after the events in between were folded into the rebuilt ones. */
  readonly ahead: number;
  readonly differences: number;
  /** Documents that differ only in fields in which they may. */
  readonly expected?: number;
  /** The first differences in detail. */
  readonly first: readonly Difference[];
};
/** A document that two collections of a read model do not agree about. Values are not told: they may be what nobody is to see. */
export type Difference = {
  readonly id: string;
  readonly stream: string;
  /** In the live collection and in the other one; null: there is no such document. */
  readonly versions: readonly [number | null, number | null];
  /** The fields whose values differ, each with the id of the event that set it last; null: no event of its stream on the log did. */
  readonly fields: readonly { readonly field: string; readonly event: string | null }[];
  /** The collections whose document is not what the events on the log make. */
  readonly wrong: readonly string[];
};
export type Following = {
  /** The folds that the instance's build can read; its own fold first. */
  readonly reads: readonly number[];
  /** The generation of the pointer that the instance follows. */
  readonly generation: number;
  /** How far the collections are in the partitions that the instance reads, while one is not active: the next offsets. */
  readonly progress: readonly (TopicPartition & { readonly collection: string; readonly next: number })[];
  /** How many documents of a rebuild the instance has compared so far. */
  readonly compared?: number;
};
/** What a running instance says of its read models, so that no pointer moves to what it cannot read. */
export type Reader = {
  readonly instance: string;
  /** The instance counts as ended after this time, in milliseconds since 1970, unless it announces itself again. */
  readonly until: number;
  readonly models: { readonly [model: string]: Following };
};

/** A request of an operator about a parked event: redrive it, or discard it. */
export type OperatorRequest = {
  readonly action: "redrive" | "discard";
  readonly by: string;
  /** Why it is discarded. */
  readonly reason: string;
  readonly time: string;
};

/** An event of a parked stream: the event that could not be handled, or a later event that waits behind it. */
export type Parked = {
  readonly subscription: string;
  readonly record: LogRecord;
  readonly eventId: string;
  readonly stream: string;
  /** Its version in the stream. A record without a version has that of the event before it. */
  readonly version: number;
  /** The row of the table: the event's type. */
  readonly row: string;
  readonly reason: string;
  readonly time: string;
  /** Failed attempts; 0 = it waits behind an earlier event of its stream. */
  readonly attempts: number;
  /** It waits for a build that knows its schema. */
  readonly unknownSchema: boolean;
  readonly asked: OperatorRequest | null;
};
export type ParkedKey = Pick<Parked, "subscription" | "stream" | "version" | "eventId">;
/** A parked stream of a subscription, with the state of its first event. */
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

/** The parked events of a service's subscriptions. The owner of a partition writes them; operators leave requests. */
export type Parking = {
  /** Adds events in order, so that an error leaves a prefix. Events that are already parked or discarded do not change. */
  readonly add: (parked: readonly Parked[]) => Promise<void>;
  /** The parked streams of a subscription, or of one of its partitions. */
  readonly streams: (subscription: string, place?: TopicPartition) => Promise<readonly ParkedStream[]>;
  /** The parked events of one stream in order, at most `limit`. */
  readonly of: (subscription: string, stream: string, limit?: number) => Promise<readonly Parked[]>;
  readonly remove: (parked: readonly ParkedKey[]) => Promise<void>;
  /** Records one more failed attempt: stores reason, time and attempts, and removes the request. No change if the event is no longer parked. */
  readonly again: (parked: Parked) => Promise<void>;
  /** Stores a request for an event. Returns false if the event is no longer parked. */
  readonly ask: (parked: ParkedKey, asked: OperatorRequest) => Promise<boolean>;
  /** The events of a subscription that have a request. */
  readonly asked: (subscription: string) => Promise<readonly Parked[]>;
  /** Removes an event permanently, and remembers its id. */
  readonly discard: (parked: ParkedKey) => Promise<void>;
  /** The ids of discarded events. */
  readonly discarded: (subscription: string) => Promise<readonly string[]>;
  /** Discards for one subscription what another one has discarded so far. */
  readonly inherit: (from: string, to: string) => Promise<void>;
  readonly list: (limit: number) => Promise<readonly Parked[]>;
  /** Removes everything that a subscription has parked or discarded. */
  readonly forget: (subscription: string) => Promise<void>;
};

export type OutgoingRecord = {
  readonly topic: string;
  readonly key: string;
  /** Null: a tombstone on a compacted topic. */
  readonly value: Uint8Array | null;
  readonly headers: { readonly [name: string]: string };
};
export type LogRecord = OutgoingRecord & {
  readonly partition: number;
  readonly offset: number;
  /** Reads one header without decoding the others. */
  readonly header?: (name: string) => string | undefined;
};
export type LogBatch = {
  readonly topic: string;
  readonly partition: number;
  readonly records: readonly LogRecord[];
  /** The offset after this batch. */
  readonly next: number;
  /** The end of the partition when this batch was read. */
  readonly end?: number;
};

export type LogSubscription = {
  readonly group: string;
  readonly topics: readonly string[];
  /** The first offset to read of a newly assigned partition; undefined = the start. Called once per assignment; the signal ends the assignment. */
  readonly position: (topic: string, partition: number, signal: AbortSignal) => Promise<number | undefined>;
  /** Handles one batch at a time for each partition and returns the next offset. After an error the batch is delivered again, with back-off. */
  readonly handle: (batch: LogBatch, signal: AbortSignal) => Promise<number>;
  readonly onError?: (error: Error) => void;
};
export type TopicPartition = { readonly topic: string; readonly partition: number };
/** Records of a partition from offset `from`, inclusive, to offset `to`, exclusive. */
export type LogRange = TopicPartition & { readonly from: number; readonly to: number };
export type Offset = { readonly partition: number; readonly offset: number };
export type Running = {
  readonly stop: () => Promise<void>;
  /** Why nothing can currently be read; undefined = healthy. */
  readonly trouble?: () => string | undefined;
};

/** A topic as it is. Another topic of the same name, made after this one was deleted, has another id. */
export type TopicState = {
  readonly name: string;
  readonly id: string /** All records of each partition. */;
  readonly ranges: readonly LogRange[];
};
export type TopicSpec = { readonly name: string; readonly partitions: number; readonly compacted: boolean };

/** The log that all services share. */
export type Log = {
  /** Creates missing topics; an existing topic with another number of partitions is an error. */
  readonly ensureTopics: (topics: readonly TopicSpec[]) => Promise<void>;
  /**
   * Resolves once all in-sync replicas have acknowledged every record, with the offsets after them, as far as the broker tells. After an error some
   * records may be stored. Records of one key keep their order.
   */
  readonly publish: (records: readonly OutgoingRecord[]) => Promise<readonly LogEnd[]>;
  /** Resolves when the subscription runs. The members of a group share the partitions. */
  readonly subscribe: (subscription: LogSubscription) => Promise<Running>;
  /**
   * Reads every partition from its start, or from the offsets given, and follows it, without sharing it in a group: for what each instance reads
   * completely. `caughtUp` resolves when the ends at the time of the call are reached.
   */
  readonly follow: (
    topic: string,
    handle: (record: LogRecord) => void,
    from?: readonly Offset[],
  ) => Promise<Running & { readonly caughtUp: Promise<void> }>;
  /**
   * Reads ranges of partitions once, without a group, and resolves when all are handled. The batches of a range are in order and end exactly at its
   * end, which is also their `end`. The handler returns the next offset, as in a subscription; its error ends the reading. Rejects if a range does
   * not exist, if the log does not answer, and with the signal's reason.
   */
  readonly read: (ranges: readonly LogRange[], handle: LogSubscription["handle"], signal: AbortSignal) => Promise<void>;
  /** What existing topics hold now. */
  readonly describe: (topics: readonly string[]) => Promise<readonly TopicState[]>;
  /** The offset after the last record of each partition. */
  readonly ends: (topic: string) => Promise<readonly Offset[]>;
  /** For each partition the offset of the first record published at this time (milliseconds since 1970) or later, or its end. */
  readonly offsets: (topic: string, time: number) => Promise<readonly Offset[]>;
  readonly close: () => Promise<void>;
};

/** A content-addressed store of packages, charts and attachments; the digest is `sha256:<hex>`. */
export type Blobs = {
  readonly put: (bytes: Uint8Array) => Promise<string>;
  readonly get: (digest: string) => Promise<Uint8Array | undefined>;
};

/** The ports that a service runs on. */
export type Ports = {
  readonly store: EventStore;
  readonly documents: Documents;
  readonly parking: Parking;
  readonly log: Log;
  readonly clock: Clock;
};
