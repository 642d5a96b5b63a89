import { getHeapStatistics } from "node:v8";

/** So far behind the end of a partition, in records, writes are held back: many events become one write. */
export const FAR = 1_000;

/**
 * What the read models of an instance may hold back together: in characters of JSON, a small part of the heap, since documents take a few
 * times as much.
 */
export const heldBack = (limit = getHeapStatistics().heap_size_limit / 32) => {
  const weights = new Map<string, number>();
  return {
    isRoomFor: (place: string, weight: number): boolean => {
      weights.set(place, weight);
      return [...weights.values()].reduce((sum, each) => sum + each, 0) <= limit;
    },
    release: (place: string): void => void weights.delete(place),
  };
};
export type HeldBack = ReturnType<typeof heldBack>;
