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
      const strikes = [
        ...serviceNames.map((name) => () => killService(field, name)),
        async () => {
          ground.drops.broker = 1;
          ground.drops.store = 2;
          struck("a dropped answer of the broker and two of the store");
        },
        async () => {
          await ground.kafka.kill();
          await ground.kafka.restart();
          struck("kill -9 broker");
        },
        async () => {
          await ground.store.kill();
          await ground.store.restart();
          struck("kill -9 store");
        },
        () => roll(field),
      ];
      await spread(field, options.commands, strikes.length, async (nth) => strikes[nth]?.());
    },
  });
