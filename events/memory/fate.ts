/**
 * What befalls a call of a memory adapter, so that it can misbehave as the real one does.
 * `before` may take its time, fail (nothing done) or never return (the caller crashed); `after` may fail although it is done (the reply was lost).
 */
export type Fate = {
  readonly before: (call: string) => Promise<void>;
  readonly after: (call: string) => Promise<void>;
};

/** Everything works, at once. */
export const kind: Fate = { before: async () => {}, after: async () => {} };

/** Runs an operation, atomic in itself, under its fate. */
export const under = async <T>(fate: Fate, call: string, operation: () => T): Promise<T> => {
  await fate.before(call);
  const result = operation();
  await fate.after(call);
  return result;
};
