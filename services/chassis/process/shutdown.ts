import type { Clock } from "../../../events/index.ts";
import type { Logger } from "./logging.ts";

/** Resolves with the signal that asks this process to end. */
export const askedToStop = (): Promise<string> =>
  new Promise((resolve) => {
    for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => resolve(signal));
  });

/** Runs the steps of an orderly end, one after the other, each whatever became of those before it. False: the time was too short. */
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
      await stop().catch((error: unknown) => logger.warn({ error, what }, "could not be stopped in order"));
    }
    return true;
  })();
  const late = clock.sleep(seconds * 1_000, enough.signal).then(() => false);
  const inTime = await Promise.race([all, late]);
  enough.abort();
  if (!inTime) logger.error({ what: at, seconds }, "the orderly end took too long");
  return inTime;
};
