import type { condition } from "../concurrency.ts";
import { lruCache } from "../lru-cache.ts";

/** Maximum number of written documents that this process remembers. */
const REMEMBERED = 20_000;

/** The documents that the read models of this process have written, so that a waiting request need not poll the store. */
export const written = () => {
  const versions = lruCache<number>(REMEMBERED);
  const counts = new Map<string, number>();
  const waiting = new Map<string, Map<() => void, number>>();
  const key = (collection: string, id: string): string => `${collection} ${id}`;
  return {
    wrote: (collection: string, documents: Iterable<{ readonly id: string; readonly version: number }>): void => {
      counts.set(collection, (counts.get(collection) ?? 0) + 1);
      for (const { id, version } of documents) {
        versions.set(key(collection, id), version);
        for (const [notify, least] of waiting.get(key(collection, id)) ?? []) if (version >= least) notify();
      }
    },
    /** The last written version of a document; 0 if it is not remembered. */
    version: (collection: string, id: string): number => versions.get(key(collection, id)) ?? 0,
    /** The number of writes to a read model. */
    writes: (collection: string): number => counts.get(collection) ?? 0,
    /** Notifies the condition whenever one of the documents is written in the given version or a later one. Returns a function that ends this. */
    listen: (
      documents: readonly { readonly collection: string; readonly id: string; readonly version: number }[],
      { notify }: ReturnType<typeof condition>,
    ) => {
      const keys = new Set<string>();
      for (const { collection, id, version } of documents) {
        const each = key(collection, id);
        const listeners = waiting.get(each) ?? new Map<() => void, number>();
        waiting.set(each, listeners.set(notify, Math.max(version, listeners.get(notify) ?? 0)));
        keys.add(each);
      }
      return (): void => {
        for (const each of keys) {
          waiting.get(each)?.delete(notify);
          if (waiting.get(each)?.size === 0) waiting.delete(each);
        }
      };
    },
  };
};
export type Written = ReturnType<typeof written>;
