import type { Guard } from "../effects/effects.ts";
import { Outage } from "../outage.ts";
import type { Clock } from "../ports.ts";
import { never } from "./incarnation.ts";

/** Upper bound of a timeout: a run must not wait as long as a real deployment may take. */
const LONGEST = 20_000;

/** A timeout like that of the breaker of a real process, on the clock of the process. */
export const guardOf =
  (own: Clock): Guard =>
  async (_name, milliseconds, run) => {
    const [late, done] = [new AbortController(), new AbortController()];
    const timeout = own.sleep(Math.min(milliseconds, LONGEST), done.signal).then(() => {
      if (done.signal.aborted) return never<never>();
      late.abort("late");
      throw new Outage("it took too long");
    });
    try {
      return await Promise.race([run(late.signal), timeout]);
    } finally {
      done.abort("done");
    }
  };
