import { getHeapStatistics } from "node:v8";

/** Lag, in records, beyond which writes are buffered, so that many events become one write. */
export const LAG_THRESHOLD = 1_000;

/**
 * The memory budget for buffered writes of all read models of an instance, in characters of JSON. It is a small part of the heap, because
 * documents take several times as much memory.
 */
export const memoryBudget = (limit = getHeapStatistics().heap_size_limit / 32) => {
  const weights = new Map<string, number>();
  return {
    fits: (place: string, weight: number): boolean => {
      weights.set(place, weight);
      return [...weights.values()].reduce((sum, each) => sum + each, 0) <= limit;
    },
    release: (place: string): void => void weights.delete(place),
  };
};
export type MemoryBudget = ReturnType<typeof memoryBudget>;
