type Waiting<T, R> = { readonly item: T; readonly resolve: (result: R) => void; readonly reject: (error: unknown) => void };
/** The outcome of one item. */
export type Settled<R> = { readonly result: R } | { readonly error: unknown };

/**
 * Groups concurrent calls: items that arrive while round trips are under way share the next one. At most `atOnce` round trips run at once, with
 * at most `most` items each. `send` returns one outcome for each item; if it throws, every item fails with that error.
 */
export const grouped = <T, R>(
  send: (items: readonly T[]) => Promise<readonly Settled<R>[]>,
  { atOnce, most }: { readonly atOnce: number; readonly most: number },
): ((item: T) => Promise<R>) => {
  let waiting: Waiting<T, R>[] = [];
  let running = 0;

  const run = async (): Promise<void> => {
    running++;
    while (waiting.length > 0) {
      // Wait one turn of the event loop: callers that were answered together send their next items together.
      await turn();
      const batch = waiting.slice(0, most);
      // Another run took the items.
      if (batch.length === 0) break;
      waiting = waiting.slice(most);
      const settled = await send(batch.map(({ item }) => item)).catch((error: unknown) => batch.map(() => ({ error })));
      for (const [index, { resolve, reject }] of batch.entries()) {
        const one = settled[index];
        if (one && "result" in one) resolve(one.result);
        else reject(one?.error);
      }
    }
    running--;
  };

  return (item) =>
    new Promise((resolve, reject) => {
      waiting.push({ item, resolve, reject });
      if (running < atOnce) void run();
    });
};

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
