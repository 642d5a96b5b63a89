import { serialize } from "node:v8";
import { type Codec, UnknownSchema } from "../codec/codec.ts";
import type { AnyDecider } from "../decider.ts";
import { bytesOf, metaIn } from "../log/record.ts";
import { lruCache } from "../lru-cache.ts";
import { eventIdOf, type Message } from "../message.ts";
import type { Commit, EncodedEvent, EventStore } from "../ports.ts";
import { inTable, TableError } from "./table-error.ts";

/** A stream's state as it was folded last. */
export type CachedState = { readonly version: number; readonly state: unknown; readonly time: string; readonly size: Size };
/** Bytes of a state when it was last measured, and of the events since. */
type Size = { readonly measured: number; readonly since: number };

/** States that are kept, and how large they may be together; on the heap they take a few times as much. */
const MAX_STATES = 10_000;
const MAX_SIZE = 16_000_000;

/** The state of a stream without events. */
export const newState = ({ initialState }: AnyDecider): CachedState => ({
  version: 0,
  state: initialState,
  time: "",
  size: { measured: 0, since: 0 },
});

/** The states of streams: cached, and folded on from what the primary of the store has. */
export const cachedStates = (store: Pick<EventStore, "read">, codec: Codec) => {
  const states = lruCache<CachedState>(MAX_STATES, { most: MAX_SIZE, of: ({ size }) => size.measured + size.since });
  return {
    get: (stream: string): CachedState | undefined => states.get(stream),
    set: (stream: string, state: CachedState): void => void states.set(stream, state),
    /** Folds what the stream has beyond the cached state, as the primary knows it. */
    fold: async (
      stream: string,
      decider: AnyDecider,
      from: CachedState = states.get(stream) ?? newState(decider),
    ): Promise<CachedState> => {
      let { version, state, time, size } = from;
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
      const folded = { version, state, time, size };
      states.set(stream, folded);
      return folded;
    },
  };
};
export type CachedStates = ReturnType<typeof cachedStates>;

/** Measures a state again once the events since may have made it twice as large. */
export const grown = ({ measured, since }: Size, commit: Commit, state: unknown): Size => {
  const more = since + bytesOf(commit);
  return more <= measured + 4_096 ? { measured, since: more } : { measured: serialize(state).byteLength, since: 0 };
};

/** Unreadable bytes in the service's own store are not an outage: work on this stream cannot go on, everything else can. */
const readable = (eventId: string, codec: Codec, { type, schemaId, bytes }: EncodedEvent): Message => {
  try {
    return codec.decode(schemaId, bytes);
  } catch (error) {
    if (error instanceof UnknownSchema) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new TableError(`${eventId} cannot be read as ${type}: ${reason}`, { cause: error });
  }
};
