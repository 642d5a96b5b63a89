import type { Host } from "./host.ts";
import { makeProblem, type Problem } from "./problems.ts";

/** How long a request has its turn, unless it is done before; and how long it waits for it. Milliseconds. */
const TURN = 15_000;
const WAIT = 5_000;
const LOOK = 10;

/**
 * Runs one request of the service at a time, on all its instances, so that each is judged by what those before it have done. One that takes
 * longer than its turn may meet the next.
 */
export const inTurn = async (host: Host, run: () => Promise<Problem | undefined>): Promise<Problem | undefined> => {
  const { store, clock } = host.ports;
  const holder = Buffer.from(host.edge.random(12)).toString("base64url");
  for (const until = clock.now() + WAIT; !(await store.lease("turn", holder, TURN)); await clock.sleep(LOOK))
    if (clock.now() >= until) return makeProblem("overloaded");
  try {
    return await run();
  } finally {
    // A turn that is not given back ends by itself.
    await store.release("turn", holder).catch(() => {});
  }
};
