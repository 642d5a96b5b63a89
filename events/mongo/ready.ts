/** Gives a thing once it has been prepared, which happens at the first call; a preparation that failed is tried again by the next. */
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
