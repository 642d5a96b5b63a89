import type { Fate } from "../memory/fate.ts";

/** The calls of a process that may crash: from then on none of them returns. */
export const mortal = (fateOf: (crash: () => void) => Fate, onCrash: () => void) => {
  const death = new AbortController();
  const crash = (): void => {
    if (death.signal.aborted) return;
    death.abort();
    onCrash();
  };
  const crashed = new Promise<never>((_, reject) => {
    death.signal.addEventListener("abort", () => reject(new Error("the process has crashed")));
  });
  crashed.catch(() => {});
  const fate = fateOf(crash);
  const at = (point: keyof Fate) => async (call: string) => {
    await fate[point](call);
    if (death.signal.aborted) await new Promise(() => {});
  };
  const calls: Fate = { before: at("before"), after: at("after") };
  /** `crashed` rejects when the process crashes. */
  return { calls, crash, crashed, isCrashed: (): boolean => death.signal.aborted };
};
