import type { condition } from "../concurrency.ts";
import { lruCache } from "../lru-cache.ts";

/** Documents that this process remembers to have written. */
const REMEMBERED = 20_000;

/** What the read models of this process have written, so that who waits for a document need not ask the store again and again. */
export const written = () => {
  const versions = lruCache<number>(REMEMBERED);
  const counts = new Map<string, number>();
  const waiting = new Map<string, Map<() => void, number>>();
  const key = (collection: string, id: string): string => `${collection} ${id}`;
  return {
    tell: (collection: string, documents: Iterable<{ readonly id: string; readonly version: number }>): void => {
      counts.set(collection, (counts.get(collection) ?? 0) + 1);
      for (const { id, version } of documents) {
        versions.set(key(collection, id), version);
        for (const [notify, least] of waiting.get(key(collection, id)) ?? []) if (version >= least) notify();
      }
    },
    /** The version of a document that was written last; 0 where that is not remembered. */
    version: (collection: string, id: string): number => versions.get(key(collection, id)) ?? 0,
    /** How often a read model was written to. */
    writes: (collection: string): number => counts.get(collection) ?? 0,
    /** Rings whenever one of the documents is written as far as it is waited for, or further; until it is told to stop. */
    listen: (
      documents: readonly { readonly collection: string; readonly id: string; readonly version: number }[],
      { notify }: ReturnType<typeof condition>,
    ) => {
      const keys = new Set<string>();
      for (const { collection, id, version } of documents) {
        const each = key(collection, id);
        const rings = waiting.get(each) ?? new Map<() => void, number>();
        waiting.set(each, rings.set(notify, Math.max(version, rings.get(notify) ?? 0)));
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
