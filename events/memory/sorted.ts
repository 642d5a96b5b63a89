// Sorted lists of keys, used as indexes.

/** The index of the first key that is not less than the given one. */
export const indexOf = (keys: readonly string[], key: string): number => {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((keys[middle] ?? "") < key) low = middle + 1;
    else high = middle;
  }
  return low;
};

export const insert = (keys: string[], key: string): void => {
  const index = indexOf(keys, key);
  if (keys[index] !== key) keys.splice(index, 0, key);
};

export const remove = (keys: string[], key: string): void => {
  const index = indexOf(keys, key);
  if (keys[index] === key) keys.splice(index, 1);
};
