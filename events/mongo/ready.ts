/** Returns a value that the first call prepares. After a failed preparation the next call tries again. */
export type Ready<T> = () => Promise<T>;

export const once = <T>(prepare: () => Promise<T>): Ready<T> => {
  let prepared: Promise<T> | undefined;
  return () => {
    prepared ??= prepare().catch((error: unknown) => {
      prepared = undefined;
      throw error;
    });
    return prepared;
  };
};
