import type { Clock } from "../../../events/index.ts";
import type { Logger } from "./logging.ts";

/** Resolves with the signal that stops this process. */
export const askedToStop = (): Promise<string> =>
  new Promise((resolve) => {
    for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => resolve(signal));
  });

/** Runs the steps of an orderly shutdown one after the other, even if earlier ones failed. Returns false if the time limit was exceeded. */
export const stopInOrder = async (
  steps: readonly (readonly [what: string, stop: () => Promise<void>])[],
  seconds: number,
  { clock, logger }: { readonly clock: Clock; readonly logger: Logger },
): Promise<boolean> => {
  const enough = new AbortController();
  let at = "";
  const all = (async () => {
    for (const [what, stop] of steps) {
      at = what;
      await stop().catch((error: unknown) => logger.warn({ error, what }, "a step of the shutdown failed"));
    }
    return true;
  })();
  const late = clock.sleep(seconds * 1_000, enough.signal).then(() => false);
  const inTime = await Promise.race([all, late]);
  enough.abort();
  if (!inTime) logger.error({ what: at, seconds }, "the orderly shutdown took too long");
  return inTime;
};
