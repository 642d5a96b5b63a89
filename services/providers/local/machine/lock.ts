/** Runs what it is given one after the other, in order. */
export type Lock = <T>(work: () => Promise<T>) => Promise<T>;

export const lock = (): Lock => {
  let tail: Promise<unknown> = Promise.resolve();
  return (work) => {
    const result = tail.then(work);
    tail = result.catch(() => undefined);
    return result;
  };
};
