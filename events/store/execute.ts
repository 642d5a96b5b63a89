import { serialize } from "node:v8";
import { type Codec, InvalidEvent, UnknownSchema } from "../codec/codec.ts";
import { backOff, keyedTurns } from "../concurrency.ts";
import { type AnyDecider, type Decision, isRejection, type Rejection } from "../decider.ts";
import { bytesOf, metaIn } from "../log/record.ts";
import { lruCache } from "../lru-cache.ts";
import { type Actor, eventIdOf, type Message, streamOf } from "../message.ts";
import type { Clock, Commit, EncodedEvent, EventStore } from "../ports.ts";
import { type AnyService, router } from "../service.ts";

/** Why a command is carried out, and for whom. */
export type Because = {
  /** The inbox key; null where nothing is remembered (progress that is idempotent by content). */
  readonly cause: string | null;
  readonly row: string;
  readonly actor: Actor;
  readonly correlationId: string;
  readonly causationId: string | null;
  readonly actionId: string | null;
  readonly traceparent: string | null;
  readonly hops: number;
  readonly fingerprint?: string;
};

export type Outcome = {
  readonly stream: string;
  /** The stream's version after the decision. */
  readonly version: number;
  readonly rejection: Rejection | null;
  /** What was committed; null for a receipt or where nothing is remembered. */
  readonly commit: Commit | null;
  /** The cause was known: this is the answer that was given then. */
  readonly repeated: boolean;
};

/** A table's function threw: a bug, which no retry mends. */
export class TableError extends Error {
  override name = "TableError";
}

export type Head = { readonly version: number; readonly state: unknown; readonly time: string; readonly size: Size };
/** Bytes of a state when it was last measured, and of the events since. */
type Size = { readonly measured: number; readonly since: number };

/** Heads kept, and how large their states may be together; on the heap they take a few times as much. */
const HEADS = 10_000;
const HEADS_SIZE = 16_000_000;
const LARGEST_EVENT = 900_000;
const LARGEST_COMMIT = 8_000_000;
/** Commands of one stream that are decided one on the other and committed together. */
const LONGEST_CHAIN = 100;

type Waiting = {
  readonly command: Message;
  readonly because: Because;
  readonly resolve: (outcome: Outcome) => void;
  readonly reject: (error: unknown) => void;
};

/**
 * Carries out commands: fold the stream, decide, commit; and again when somebody else was faster. Commands that come while their stream is
 * busy are decided one on the other, and their commits go into one round trip.
 */
export const executor = (
  service: AnyService,
  ports: { readonly store: EventStore; readonly clock: Clock },
  codec: Codec,
  committed: (commit: Commit) => void,
  /** What `after` of timers sees. */
  settings: unknown = {},
) => {
  const { store, clock } = ports;
  const route = router(service);
  const heads = lruCache<Head>(HEADS, { most: HEADS_SIZE, of: ({ size }) => size.measured + size.since });
  const turns = keyedTurns();
  const waiting = new Map<string, Waiting[]>();

  /** Folds what the stream has beyond the head, as the primary knows it. */
  const fold = async (stream: string, decider: AnyDecider, from?: Head): Promise<Head> => {
    let { version, state, time, size } = from ?? headOf(decider);
    for (const commit of await store.read(stream, version)) {
      for (const [index, { type, schemaId, bytes }] of commit.events.entries()) {
        const at = commit.version + index;
        if (at <= version) continue;
        const event = readable(eventIdOf(stream, at), codec, { type, schemaId, bytes });
        state = inTable(`evolve ${event.type}`, () => decider.evolve[event.type]?.(state, event, metaIn(commit, at)) ?? state);
        version = at;
      }
      time = commit.metadata.time;
      size = grown(size, commit, state);
    }
    const head = { version, state, time, size };
    heads.set(stream, head);
    return head;
  };

  const decideAndCommit = async (command: Message, because: Because): Promise<Outcome> => {
    const { aggregate, decider, key } = route(command);
    const stream = streamOf(aggregate, key);
    // A stream that is not known is taken for new: if it is not, what is decided is either empty, and so decided anew, or conflicts.
    let head: Head = heads.get(stream) ?? headOf(decider);
    let fromPrimary = false;
    let taken: Rejection | undefined;
    for (let attempt = 1; ; attempt++) {
      const decision = taken ?? decide(decider, command, head);
      const empty = isRejection(decision) || decision.length === 0;
      if (empty && !fromPrimary) {
        head = await fold(stream, decider, head);
        fromPrimary = true;
        continue;
      }
      const rejection = isRejection(decision) ? decision : null;
      if (empty && because.cause === null) return { stream, version: head.version, rejection, commit: null, repeated: false };
      const { commit, next } = draft(stream, aggregate, decider, head, isRejection(decision) ? [] : decision, rejection, because);
      if ((await store.append(commit)) === 1) {
        if (!empty) {
          heads.set(stream, next);
          committed(commit);
        }
        return { stream, version: next.version, rejection, commit: empty ? null : commit, repeated: false };
      }
      const recorded = because.cause === null ? undefined : await store.findCause(because.cause);
      if (recorded) return outcomeOf(recorded, true);
      const before: number = head.version;
      head = await fold(stream, decider, head);
      fromPrimary = true;
      // Neither the cause nor the version: a claim, or a write that a majority does not have yet. A newer state is asked anew.
      taken = head.version === before ? await takenBy(stream, decider, commit.claims) : undefined;
      if (!taken && head.version === before) await clock.sleep(backOff(clock, attempt, 5, 500));
    }
  };

  /** Decides as many as it can without asking the primary, each on what the one before will have made, and commits them together. */
  const chained = async (stream: string, asked: readonly Waiting[]): Promise<number> => {
    const chain: (ReturnType<typeof draft> & Waiting)[] = [];
    let head = heads.get(stream);
    let size = 0;
    for (const one of asked.slice(0, LONGEST_CHAIN)) {
      const drafted = draftOn(head, stream, one);
      size += drafted ? bytesOf(drafted.commit) : 0;
      if (!drafted || size > LARGEST_COMMIT) break;
      chain.push({ ...one, ...drafted });
      head = drafted.next;
    }
    if (chain.length < 2) return 0;
    try {
      const appended = await store.append(...chain.map(({ commit }) => commit));
      for (const { commit, next, resolve } of chain.slice(0, appended)) {
        heads.set(stream, next);
        committed(commit);
        resolve({ stream, version: next.version, rejection: null, commit, repeated: false });
      }
      return appended;
    } catch (error) {
      for (const { reject } of chain) reject(error);
      return chain.length;
    }
  };

  /** Undefined where the command needs more than this: it says no, or nothing, or fails. */
  const draftOn = (head: Head | undefined, stream: string, { command, because }: Waiting): ReturnType<typeof draft> | undefined => {
    const { aggregate, decider } = route(command);
    const known = head ?? headOf(decider);
    try {
      const decision = decide(decider, command, known);
      return isRejection(decision) || decision.length === 0 ? undefined : draft(stream, aggregate, decider, known, decision, null, because);
    } catch {
      return undefined;
    }
  };

  /** All that wait for a stream, in the order in which they came. */
  const carryOut = async (stream: string): Promise<void> => {
    let asked = waiting.get(stream) ?? [];
    waiting.delete(stream);
    while (asked.length > 0) {
      const settled = asked.length > 1 ? await chained(stream, asked) : 0;
      const alone = asked[settled];
      if (alone) await decideAndCommit(alone.command, alone.because).then(alone.resolve, alone.reject);
      asked = asked.slice(settled + 1);
    }
  };

  const draft = (
    stream: string,
    aggregate: string,
    decider: AnyDecider,
    head: Head,
    events: readonly Message[],
    rejection: Rejection | null,
    because: Because,
  ) => {
    const now = new Date(clock.now()).toISOString();
    const { cause, fingerprint, ...metadata } = because;
    const { effects = {}, timers = {} } = service.aggregates[aggregate] ?? { decider };
    const version = events.length === 0 ? head.version : head.version + 1;
    const bare: Commit = {
      stream,
      version,
      events: events.map((event) => within(codec.encode(aggregate, event))),
      cause,
      rejection,
      claims: [],
      publish: events.length > 0,
      effects: events.flatMap((event, index) => (effects[event.type] ? [version + index] : [])),
      timers: [],
      metadata: { ...metadata, time: head.time > now ? head.time : now, fingerprint: fingerprint ?? null },
    };
    if (bytesOf(bare) > LARGEST_COMMIT)
      throw new InvalidEvent(`a commit of ${events.length} events is larger than ${LARGEST_COMMIT} bytes`);
    let state = head.state;
    for (const [index, event] of events.entries())
      state = inTable(`evolve ${event.type}`, () => decider.evolve[event.type]?.(state, event, metaIn(bare, version + index)) ?? state);
    const before = new Set(decider.claims?.(head.state));
    const claims = events.length === 0 ? [] : (decider.claims?.(state) ?? []).filter((claim) => !before.has(claim));
    const due = events.flatMap((event, index) => {
      const after = timers[event.type]?.after(event, settings);
      return after === undefined ? [] : [{ version: version + index, at: Date.parse(bare.metadata.time) + after }];
    });
    const { time } = bare.metadata;
    const next = events.length === 0 ? head : { version: head.version + events.length, state, time, size: grown(head.size, bare, state) };
    return { commit: { ...bare, claims, timers: due }, next };
  };

  /** Cleans claims whose holder gave them up; the "no" for one that is really taken. */
  const takenBy = async (stream: string, taker: AnyDecider, claims: readonly string[]): Promise<Rejection | undefined> => {
    for (const claim of claims) {
      const holder = await store.findClaim(claim);
      if (!holder) continue;
      const { decider } = service.aggregates[holder.stream.slice(0, holder.stream.indexOf("/"))] ?? {};
      const held =
        decider &&
        holder.stream !== stream &&
        (decider.claims?.((await fold(holder.stream, decider, heads.get(holder.stream))).state) ?? []).includes(claim);
      if (held) return taker.taken?.(claim) ?? { rejected: `${claim} is taken already`, kind: "exists" };
      await store.releaseClaim(holder, claim);
    }
    return undefined;
  };

  return {
    execute: (command: Message, because: Because): Promise<Outcome> => {
      const { aggregate, key } = route(command);
      const stream = streamOf(aggregate, key);
      return new Promise((resolve, reject) => {
        const asked = { command, because, resolve, reject };
        const others = waiting.get(stream);
        if (others) others.push(asked);
        else waiting.set(stream, [asked]);
        void turns(stream, () => carryOut(stream));
      });
    },
    /** The stream's state as the primary has it now. */
    state: (aggregate: string, stream: string): Promise<Head> => {
      const { decider } = service.aggregates[aggregate] ?? {};
      if (!decider) throw new Error(`service ${service.name} has no aggregate ${aggregate}`);
      return turns(stream, () => fold(stream, decider, heads.get(stream)));
    },
    /** What was answered for a cause, if it is known. */
    recorded: async (cause: string): Promise<(Outcome & { readonly fingerprint: string | null }) | undefined> => {
      const commit = await store.findCause(cause);
      return commit && { ...outcomeOf(commit, true), fingerprint: commit.metadata.fingerprint };
    },
  };
};
export type Executor = ReturnType<typeof executor>;

const outcomeOf = (commit: Commit, repeated: boolean): Outcome => ({
  stream: commit.stream,
  version: commit.events.length === 0 ? commit.version : commit.version + commit.events.length - 1,
  rejection: commit.rejection,
  commit: commit.events.length === 0 ? null : commit,
  repeated,
});

const decide = ({ decide }: AnyDecider, command: Message, { state }: Head): Decision<Message> =>
  inTable(`decide ${command.type}`, () => decide[command.type]?.(command, state) ?? []);

const inTable = <T>(row: string, run: () => T): T => {
  try {
    return run();
  } catch (error) {
    throw new TableError(`${row} threw: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
};

const headOf = ({ initialState }: AnyDecider): Head => ({ version: 0, state: initialState, time: "", size: { measured: 0, since: 0 } });

/** Measures a state again once the events since may have made it twice as large. */
const grown = ({ measured, since }: Size, commit: Commit, state: unknown): Size => {
  const more = since + bytesOf(commit);
  return more <= measured + 4_096 ? { measured, since: more } : { measured: serialize(state).byteLength, since: 0 };
};

/** Bytes of the service's own store that cannot be read are no outage: whatever needs this stream cannot go on, all else can. */
const readable = (eventId: string, codec: Codec, { type, schemaId, bytes }: EncodedEvent): Message => {
  try {
    return codec.decode(schemaId, bytes);
  } catch (error) {
    if (error instanceof UnknownSchema) throw error;
    throw new TableError(`${eventId} cannot be read as ${type}: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
};

const within = (event: ReturnType<Codec["encode"]>) => {
  if (event.bytes.byteLength <= LARGEST_EVENT) return event;
  throw new InvalidEvent(`${event.type} takes ${event.bytes.byteLength} bytes, more than ${LARGEST_EVENT}`);
};

/** The cause of a command that a reaction, an effect or a timer issues: the same again at a redelivery. */
export const causeOf = (stream: string, version: number, row: string, target: string): string =>
  `${eventIdOf(stream, version)}/${row}/${target}`;
