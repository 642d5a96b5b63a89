/** A list in the order of these keys, the first key that differs decides. Texts compare by code units, so that the order is the same everywhere. */
export const sorted = <T>(items: readonly T[], ...keys: readonly ((item: T) => string | number)[]): readonly T[] =>
  items.toSorted((one, other) => {
    for (const key of keys) {
      const [a, b] = [key(one), key(other)];
      if (a !== b) return a < b ? -1 : 1;
    }
    return 0;
  });
