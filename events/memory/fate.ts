/**
 * Injects faults into the calls of a memory adapter. `before` may delay the call, fail (the call has no effect) or never return (the caller
 * crashed). `after` may fail although the call took effect (the reply was lost).
 */
export type Fate = {
  readonly before: (call: string) => Promise<void>;
  readonly after: (call: string) => Promise<void>;
};

/** A fate without faults. */
export const kind: Fate = { before: async () => {}, after: async () => {} };

/** Runs an atomic operation with the faults of its fate. */
export const under = async <T>(fate: Fate, call: string, operation: () => T): Promise<T> => {
  await fate.before(call);
  const result = operation();
  await fate.after(call);
  return result;
};
