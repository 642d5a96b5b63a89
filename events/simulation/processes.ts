import type { Contract } from "../contract.ts";
import type { memoryLogBroker } from "../memory/log.ts";
import { memoryParking } from "../memory/parking.ts";
import type { Clock, Ports } from "../ports.ts";
import { type Instance, instance } from "../run.ts";
import type { AnyService } from "../service.ts";
import { guardOf } from "./guard.ts";
import type { Happenings } from "./happenings.ts";
import { clockOf, fates, type Incarnation } from "./incarnation.ts";
import { lateDocuments, type Storage, unsettledStore } from "./misbehaving.ts";
import type { Outside } from "./outside.ts";
import type { Player, Process } from "./process.ts";
import { idOf, watchedLog } from "./watched.ts";

export const PARTITIONS = 2;
/** How long the broker waits for a silent member, at most. */
const SESSION = 6_000;

type Scene = {
  readonly contract: Contract;
  readonly players: readonly Player[];
  readonly storages: ReadonlyMap<string, Storage>;
  readonly broker: ReturnType<typeof memoryLogBroker>;
  readonly clock: Clock;
  readonly happened: Happenings;
  /** Without `crash`, which this file provides. */
  readonly misfortune: Omit<Parameters<typeof fates>[0], "crash">;
  readonly world: Outside;
};

/** The processes of a run: they start, crash and restart, and stop in order. */
export const processesOf = ({ contract, players, storages, broker, clock, happened, misfortune, world }: Scene) => {
  const { random, faults, journal, calm } = misfortune;
  const processes = new Map<string, Process>();
  const keyOf = ({ service, number }: Incarnation): string => `${service} ${number}`;
  let crashes = 0;
  let incarnations = 0;

  const crash = (incarnation: Incarnation, call: string): void => {
    incarnation.dead = true;
    crashes += 1;
    journal.note(incarnation.name, `crashes at ${call}`);
    const process = processes.get(keyOf(incarnation));
    processes.delete(keyOf(incarnation));
    const player = players.find(({ service }) => service.name === incarnation.service);
    void (async () => {
      if (process) void clock.sleep(SESSION * random()).then(() => broker.disconnect(process.log));
      await clock.sleep(random() < 0.1 ? 40_000 * random() : 4_000 * random());
      if (player && !processes.has(keyOf(incarnation))) await start(player, incarnation.number);
    })();
  };
  const fateOf = fates({ ...misfortune, crash });

  const incarnate = (service: string, number: number): Incarnation => {
    const skew = calm() ? 0 : Math.round(faults.clocks * (2 * random() - 1));
    const name = `${service}-${number}#${++incarnations}`;
    return { service, number, name, born: happened.step(), dead: false, frozenUntil: 0, skew };
  };

  /** The builds of instances that are not of the first one, by service and number. */
  const builds = new Map<string, AnyService>();

  /** One incarnation of a service's process, on faulty ports. */
  const instanceOf = ({ service: first, outside, settings }: Player, storage: Storage, incarnation: Incarnation): Process => {
    const service = builds.get(keyOf(incarnation)) ?? first;
    const fate = fateOf(incarnation);
    const ownClock = clockOf(incarnation, clock);
    const log = broker.connect(fate);
    const ports: Ports = {
      store: unsettledStore(storage, misfortune, fate, ownClock.now, clock, {
        appended: (commit) => happened.appended(incarnation, commit),
        acknowledged: happened.acknowledged,
      }),
      documents: lateDocuments(storage, misfortune, fate),
      parking: memoryParking(storage.database, fate),
      log: watchedLog(log, incarnation, journal, happened.publication, happened.change),
      clock: ownClock,
    };
    const running: Instance = instance(service, ports, contract, {
      outside: outside({ incarnation, outside: world, clock: ownClock }) as never, // `player` ensures that the outside has the type that its service needs.
      settings,
      lagThreshold: 0,
      instance: incarnation.name,
      partitions: PARTITIONS,
      guard: guardOf(ownClock),
      observer: {
        parked: (reason, record, subscription) => {
          happened.change();
          journal.note(incarnation.name, `parks ${idOf(record)} in ${subscription}: ${reason}`, [record.key]);
        },
        failed: (where, error) => {
          happened.failed(where, error);
          journal.note(incarnation.name, `${where}: ${error instanceof Error ? error.message : String(error)}`);
        },
      },
    });
    return { incarnation, instance: running, log, ready: false };
  };

  const start = async (player: Player, number: number): Promise<void> => {
    const storage = storages.get(player.service.name);
    if (!storage) return;
    const incarnation = incarnate(player.service.name, number);
    const process = instanceOf(player, storage, incarnation);
    processes.set(keyOf(incarnation), process);
    journal.note(incarnation.name, `starts${incarnation.skew === 0 ? "" : `, its clock is wrong by ${incarnation.skew / 1_000} s`}`);
    try {
      await process.instance.start();
      process.ready = true;
    } catch {
      if (!incarnation.dead) crash(incarnation, "its start");
    }
  };

  /** An orderly shutdown, as at a new release or when a service scales down. */
  const leave = async (process: Process): Promise<void> => {
    const { incarnation, instance: running, log } = process;
    process.ready = false;
    journal.note(incarnation.name, "is asked to stop");
    try {
      await running.stop();
      await log.close();
    } catch {
      if (!incarnation.dead) crash(incarnation, "its end");
    }
    if (incarnation.dead) return;
    incarnation.dead = true;
    journal.note(incarnation.name, "has stopped");
    broker.disconnect(log);
    if (processes.get(keyOf(incarnation)) === process) processes.delete(keyOf(incarnation));
  };

  /** Gives the instances of a service another build, one after the other. */
  const deploy = async (player: Player, build: AnyService): Promise<void> => {
    for (const number of [1, 2, 3]) {
      const key = `${player.service.name} ${number}`;
      builds.set(key, build);
      const process = processes.get(key);
      if (process?.ready) await leave(process);
      if (number < 3 && !processes.has(key)) await start(player, number);
      await clock.sleep(10_000 * random());
    }
  };

  /** Ends all instances of a service at once; they start again. */
  const end = (service: string, why: string): void => {
    for (const { incarnation } of [...processes.values()]) if (incarnation.service === service) crash(incarnation, why);
  };

  return { processes: processes as ReadonlyMap<string, Process>, start, leave, end, deploy, crashes: () => crashes };
};
