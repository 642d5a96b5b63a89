/**
 * The fate of a call to a memory adapter, so that it can misbehave like a real one. `before` may delay, fail (nothing was done) or never
 * return (the caller crashed); `after` may fail although the work is done (the reply was lost).
 */
export type Fate = {
  readonly before: (call: string) => Promise<void>;
  readonly after: (call: string) => Promise<void>;
};

/** A fate without faults. */
export const kind: Fate = { before: async () => {}, after: async () => {} };

/** Runs an operation, atomic in itself, under its fate. */
export const under = async <T>(fate: Fate, call: string, operation: () => T): Promise<T> => {
  await fate.before(call);
  const result = operation();
  await fate.after(call);
  return result;
};
