/** Sorts a list by these keys; the first key that differs decides. Strings compare by code units, so the locale has no influence. */
export const sorted = <T>(items: readonly T[], ...keys: readonly ((item: T) => string | number)[]): readonly T[] =>
  items.toSorted((one, other) => {
    for (const key of keys) {
      const [a, b] = [key(one), key(other)];
      if (a !== b) return a < b ? -1 : 1;
    }
    return 0;
  });
