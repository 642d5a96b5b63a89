import { setTimeout as pause } from "node:timers/promises";
import { serviceNames } from "./composition.ts";
import { killService, type Outcome, roll, runFaults } from "./run.ts";
import { killBroker, killStore } from "./server-faults.ts";

/** Everything fails once while people work: each service, the broker, the store, answers of both; and a rollout. */
export const shortRun = (options: {
  readonly directory: string;
  readonly commands: number;
  readonly seed: number;
  readonly report: (text: string) => void;
}): Promise<Outcome> =>
  runFaults({
    ...options,
    people: 8,
    fixture: { proxied: true },
    hurt: async (field) => {
      const { fixture, struck } = field;
      // All within a moment: the groups of a dead process wait for it as long as its session lasts, and that once is enough.
      await field.reached(options.commands * 0.1);
      const killed = serviceNames.map((name, index) => pause(300 * index).then(() => killService(field, name)));
      await Promise.all(killed);
      const injected: readonly (() => Promise<void>)[] = [
        async () => {
          fixture.drops.broker = 1;
          fixture.drops.store = 2;
          struck("a dropped answer of the broker and two of the store");
        },
        () => killBroker(field),
        () => killStore(field),
      ];
      for (const [nth, injectFault] of injected.entries()) {
        await field.reached(options.commands * (0.3 + 0.15 * nth));
        await injectFault();
      }
      await roll(field, ["api", "runtime"]);
    },
  });
