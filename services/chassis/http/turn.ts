import { backOff } from "../../../events/index.ts";
import type { Host } from "./host.ts";
import { makeProblem, type Problem } from "./problems.ts";

/**
 * How long a request has its turn, unless it is done before; and how long it waits for it. Milliseconds. A turn includes the wait for the read
 * models, which stand still for some seconds while the instances of a service are replaced.
 */
const TURN = 15_000;
const WAIT = 20_000;
/** The pauses between attempts, which grow from the one to the other. */
const [FIRST, LONGEST] = [10, 250];

/**
 * Runs one request of the service at a time, on all its instances, so that each is judged by what those before it have done. One that takes
 * longer than its turn may meet the next.
 */
export const inTurn = async (
  host: { readonly ports: Pick<Host["ports"], "store" | "clock">; readonly edge: Pick<Host["edge"], "random"> },
  run: () => Promise<Problem | undefined>,
): Promise<Problem | undefined> => {
  const { store, clock } = host.ports;
  const holder = Buffer.from(host.edge.random(12)).toString("base64url");
  const until = clock.now() + WAIT;
  for (let attempts = 1; !(await store.lease("turn", holder, TURN)); attempts++) {
    if (clock.now() >= until) return makeProblem("overloaded");
    await clock.sleep(backOff(clock, attempts, FIRST, LONGEST));
  }
  try {
    return await run();
  } finally {
    // A turn that is not given back ends by itself.
    await store.release("turn", holder).catch(() => {});
  }
};
