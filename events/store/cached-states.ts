import { serialize } from "node:v8";
import { type Codec, UnknownSchema } from "../codec/codec.ts";
import type { AnyDecider } from "../decider.ts";
import { bytesOf, metaIn } from "../log/record.ts";
import { lruCache } from "../lru-cache.ts";
import { eventIdOf, type Message } from "../message.ts";
import type { Commit, EncodedEvent, EventStore } from "../ports.ts";
import { inTable, TableError } from "./table-error.ts";

/** The last folded state of a stream. */
export type CachedState = { readonly version: number; readonly state: unknown; readonly time: string; readonly size: Size };
/** The size of a state in bytes when it was last measured, and the size of the events since. */
type Size = { readonly measured: number; readonly since: number };

/** Maximum number of cached states, and their total size in bytes. They take several times as much on the heap. */
const MAX_STATES = 10_000;
const MAX_SIZE = 16_000_000;

/** The state of a stream without events. */
export const newState = ({ initialState }: AnyDecider): CachedState => ({
  version: 0,
  state: initialState,
  time: "",
  size: { measured: 0, since: 0 },
});

/** The states of streams: cached, and updated by folding further events from the primary of the store. */
export const cachedStates = (store: Pick<EventStore, "read">, codec: Codec) => {
  const states = lruCache<CachedState>(MAX_STATES, { most: MAX_SIZE, of: ({ size }) => size.measured + size.since });
  return {
    get: (stream: string): CachedState | undefined => states.get(stream),
    set: (stream: string, state: CachedState): void => void states.set(stream, state),
    /** Folds the events after the cached state, read from the primary. */
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

/** Adds a commit to the size. Measures the state again when the events since may have doubled it. */
export const grown = ({ measured, since }: Size, commit: Commit, state: unknown): Size => {
  const more = since + bytesOf(commit);
  return more <= measured + 4_096 ? { measured, since: more } : { measured: serialize(state).byteLength, since: 0 };
};

/** Decodes an event. Unreadable bytes in the service's own store are a bug, not an outage: only this stream cannot continue. */
const readable = (eventId: string, codec: Codec, { type, schemaId, bytes }: EncodedEvent): Message => {
  try {
    return codec.decode(schemaId, bytes);
  } catch (error) {
    if (error instanceof UnknownSchema) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new TableError(`${eventId} cannot be read as ${type}: ${reason}`, { cause: error });
  }
};
