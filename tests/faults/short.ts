import { battle, killService, type Outcome, roll, spread } from "./battle.ts";
import { serviceNames } from "./composition.ts";

/** Everything fails once while people work: each service, the broker, the store, answers of both; and a rollout. */
export const shortRun = (options: {
  readonly directory: string;
  readonly commands: number;
  readonly seed: number;
  readonly report: (text: string) => void;
}): Promise<Outcome> =>
  battle({
    ...options,
    name: "short",
    people: 8,
    ground: { proxied: true },
    hurt: async (field) => {
      const { ground, struck } = field;
      const strikes: readonly (() => Promise<void>)[] = [
        ...serviceNames.map((name) => () => killService(field, name)),
        async () => {
          ground.drops.broker = 1;
          ground.drops.store = 2;
          struck("a dropped answer of the broker and two of the store");
        },
        async () => {
          await ground.kafka.kill();
          struck("kill -9 broker");
          await ground.kafka.restart();
        },
        async () => {
          await ground.store.kill();
          struck("kill -9 store");
          await ground.store.restart();
        },
      ];
      // The rollout at the end: it waits for processes to be ready, one after the other.
      await spread(field, options.commands * 0.8, strikes.length, async (nth) => strikes[nth]?.());
      await roll(field);
    },
  });
