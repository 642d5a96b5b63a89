import { type Fate, kind } from "../../events/memory/fate.ts";

/** What goes wrong at the ports of all instances: a test sets what comes before a call and after it. */
export const faults = (): { before: Fate["before"]; after: Fate["after"] } => ({ ...kind });

/** Asks what is to happen at each call, so that a test may change it at any time. */
export const fateOf = (at: Fate): Fate => ({ before: (call) => at.before(call), after: (call) => at.after(call) });

/** Something that waits until it is opened. */
export const gate = () => {
  let open = (): void => {};
  const closed = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { closed, open: () => open() };
};
