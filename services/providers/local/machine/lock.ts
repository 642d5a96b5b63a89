/** Runs functions one at a time, in order. */
export type Lock = <T>(work: () => Promise<T>) => Promise<T>;

export const lock = (): Lock => {
  let tail: Promise<unknown> = Promise.resolve();
  return (work) => {
    const result = tail.then(work);
    tail = result.catch(() => undefined);
    return result;
  };
};
