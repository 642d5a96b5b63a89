/** Buckets in memory. A caller with a full bucket needs none. */
const MAX_BUCKETS = 50_000;

/**
 * A token bucket for each caller: `rate` requests a second in the long run, twice as many at once. Gives 0, or the seconds after which the caller
 * may try again.
 */
export const rateLimit = (rate: number, now: () => number) => {
  const burst = 2 * rate;
  const buckets = new Map<string, { tokens: number; at: number }>();

  const refilled = ({ tokens, at }: { tokens: number; at: number }): number =>
    Math.min(burst, tokens + (Math.max(0, now() - at) / 1_000) * rate);
  const evict = (): void => {
    for (const [caller, bucket] of buckets) if (refilled(bucket) >= burst) buckets.delete(caller);
    for (const caller of buckets.keys()) {
      if (buckets.size < MAX_BUCKETS) return;
      buckets.delete(caller);
    }
  };
  return (caller: string): number => {
    if (rate === 0) return 0;
    const bucket = buckets.get(caller);
    const tokens = bucket ? refilled(bucket) : burst;
    if (!bucket && buckets.size >= MAX_BUCKETS) evict();
    const enough = tokens >= 1;
    buckets.set(caller, { tokens: enough ? tokens - 1 : tokens, at: now() });
    return enough ? 0 : Math.max(1, Math.ceil((1 - tokens) / rate));
  };
};
export type RateLimit = ReturnType<typeof rateLimit>;

/** Bounds repeated requests to a fifth of all requests, and some in reserve, so that repeats do not multiply an overload. */
export const retryBudget = ({ share = 0.2, reserve = 100 } = {}) => {
  let left = reserve;
  return {
    /** Counts a request. */
    earn: (): void => {
      left = Math.min(reserve, left + share);
    },
    /** Whether a request may be repeated. */
    spend: (): boolean => {
      if (left < 1) return false;
      left--;
      return true;
    },
  };
};
export type RetryBudget = ReturnType<typeof retryBudget>;
