import type { Contract } from "../contract.ts";
import type { Guard } from "../effects/effects.ts";
import { instance, type Observer } from "../run.ts";
import type { AnyService } from "../service.ts";
import { type Player, type Runner, type WorldOptions, type WorldTime, worldOn } from "./instances.ts";
import { seeded, virtualTime } from "./time.ts";

export type VirtualWorldOptions = WorldOptions & {
  readonly observer?: (service: string, instance: number) => Observer;
  readonly guard?: Guard;
};

/** The whole choreography in one process: the real tables on the real backbone over memory adapters, in whatever time it is given. */
export const worldIn = (
  contract: Contract,
  time: WorldTime,
  players: readonly (AnyService | Player)[],
  options: VirtualWorldOptions = {},
) => {
  const { partitions = 3, observer = () => ({}), guard } = options;
  const run: Runner<Player, object> = async ({ service, outside, settings, contract: own = contract }, surroundings) => {
    const { number, ports } = surroundings;
    const running = instance(service, ports, own, {
      outside: outside?.(surroundings) as never, // The caller ensures that the outside has the type that the service needs.
      settings,
      instance: `${service.name}-${number}`,
      partitions,
      observer: observer(service.name, number),
      ...(guard && { guard }),
    });
    await running.start();
    return { instance: running, stop: running.stop };
  };
  const all = players.map((player) => ("service" in player ? player : { service: player }));
  return worldOn(contract, time, run, all, { ...options, partitions });
};

/** The same in virtual time. */
export const world = async (contract: Contract, players: readonly (AnyService | Player)[], options: VirtualWorldOptions = {}) => {
  const time = virtualTime(seeded(options.seed ?? 1));
  /** Lets time pass at once: only what is due at its end happens, and not what would repeat meanwhile. */
  return { ...(await worldIn(contract, time, players, options)), jump: time.jump };
};
export type World = Awaited<ReturnType<typeof world>>;
