import { setTimeout as pause } from "node:timers/promises";
import { battle, killService, type Outcome, roll } from "./battle.ts";
import { serviceNames } from "./composition.ts";
import { killBroker, killStore } from "./strikes.ts";

/** Everything fails once while people work: each service, the broker, the store, answers of both; and a rollout. */
export const shortRun = (options: {
  readonly directory: string;
  readonly commands: number;
  readonly seed: number;
  readonly report: (text: string) => void;
}): Promise<Outcome> =>
  battle({
    ...options,
    people: 8,
    ground: { proxied: true },
    hurt: async (field) => {
      const { ground, struck } = field;
      // All within a moment: the groups of a dead process wait for it as long as its session lasts, and that once is enough.
      await field.reached(options.commands * 0.1);
      const killed = serviceNames.map((name, index) => pause(300 * index).then(() => killService(field, name)));
      await Promise.all(killed);
      const strikes: readonly (() => Promise<void>)[] = [
        async () => {
          ground.drops.broker = 1;
          ground.drops.store = 2;
          struck("a dropped answer of the broker and two of the store");
        },
        () => killBroker(field),
        () => killStore(field),
      ];
      for (const [nth, strike] of strikes.entries()) {
        await field.reached(options.commands * (0.3 + 0.15 * nth));
        await strike();
      }
      await roll(field, ["api", "runtime"]);
    },
  });
