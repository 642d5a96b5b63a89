import { setTimeout as pause } from "node:timers/promises";
import { serviceNames } from "./composition.ts";
import { killBroker, killStore } from "./faults.ts";
import { killService, type Outcome, roll, run } from "./run.ts";

/** Everything fails once while people work: each service, the broker, the store, answers of both; and a rollout. */
export const shortRun = (options: {
  readonly directory: string;
  readonly commands: number;
  readonly seed: number;
  readonly report: (text: string) => void;
}): Promise<Outcome> =>
  run({
    ...options,
    people: 8,
    fixture: { proxied: true },
    inject: async (field) => {
      const { fixture, fault } = field;
      // All within a moment: the groups of a dead process wait for it as long as its session lasts, and that once is enough.
      await field.reached(options.commands * 0.1);
      const killed = serviceNames.map((name, index) => pause(300 * index).then(() => killService(field, name)));
      await Promise.all(killed);
      const faults: readonly (() => Promise<void>)[] = [
        async () => {
          fixture.drops.broker = 1;
          fixture.drops.store = 2;
          fault("a dropped answer of the broker and two of the store");
        },
        () => killBroker(field),
        () => killStore(field),
      ];
      for (const [nth, inject] of faults.entries()) {
        await field.reached(options.commands * (0.3 + 0.15 * nth));
        await inject();
      }
      await roll(field, ["api", "runtime"]);
    },
  });
