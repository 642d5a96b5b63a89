import { LRUCache } from "lru-cache";

/**
 * A cache of the most recently used entries: at most `limit`, with a total weight of at most `weight.most`. An entry above the limit counts as
 * exactly the limit, so that it is still cached. Only a weighted cache (`max`) allocates the slots of all its entries at once.
 */
export const lruCache = <V extends {}>(limit: number, weight?: { readonly most: number; readonly of: (value: V) => number }) =>
  new LRUCache<string, V>(
    weight
      ? { max: limit, maxSize: weight.most, sizeCalculation: (value) => Math.min(weight.most, Math.max(1, Math.ceil(weight.of(value)))) }
      : { maxSize: limit, sizeCalculation: () => 1 },
  );
