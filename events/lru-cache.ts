import { LRUCache } from "lru-cache";

/**
 * The entries used last: at most `limit`, and together no heavier than `weight`; the last one is kept however heavy it is.
 * Only a cache that is weighed takes the memory for all its entries at once.
 */
export const lruCache = <V extends {}>(limit: number, weight?: { readonly most: number; readonly of: (value: V) => number }) =>
  new LRUCache<string, V>(
    weight
      ? { max: limit, maxSize: weight.most, sizeCalculation: (value) => Math.min(weight.most, Math.max(1, Math.ceil(weight.of(value)))) }
      : { maxSize: limit, sizeCalculation: () => 1 },
  );
