import type { FailurePolicy } from "./partition.ts";
import type { Subscriber } from "./subscriber.ts";

/**
 * The policy of a replay: it ends with the error of the first stream that cannot continue, because a replay must be complete. It rejects a
 * subscriber that begins at the end, which would act on old events.
 */
export const stop = ({ name, begin }: Pick<Subscriber, "name" | "begin">): FailurePolicy => {
  if (begin === "end") throw new Error(`${name} cannot be replayed: it acts on events and must not act on old ones`);
  return async () => ({
    skips: () => false,
    waits: () => false,
    failed: async ([first]) => {
      throw new Error(`${first?.stream} cannot go on: ${first?.error?.message}`, { cause: first?.error });
    },
  });
};
