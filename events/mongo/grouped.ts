type Waiting<T, R> = { readonly item: T; readonly resolve: (result: R) => void; readonly reject: (error: unknown) => void };
/** What came of one of them. */
export type Settled<R> = { readonly result: R } | { readonly error: unknown };

/**
 * Whatever is asked for while others are under way goes together into the next round trip: at most so many round trips at once, with so many
 * items each. `send` says what came of each; where it throws, that is what came of all.
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
      // All that this turn of the event loop brings goes along: what is answered together is asked for together.
      await turn();
      const batch = waiting.slice(0, most);
      // Another one took them.
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
