import type { Contract } from "../contract.ts";
import type { memoryLogBroker } from "../memory/log.ts";
import { memoryParking } from "../memory/parking.ts";
import type { Clock, Ports } from "../ports.ts";
import { type Instance, instance } from "../run.ts";
import { guardOf } from "./guard.ts";
import type { Happenings } from "./happenings.ts";
import { clockOf, fates, type Life } from "./life.ts";
import { type Ground, lateDocuments, unsettledStore } from "./misbehaving.ts";
import type { Outside } from "./outside.ts";
import type { Player, Process } from "./process.ts";
import { idOf, watchedLog } from "./watched.ts";

export const PARTITIONS = 2;
/** How long a broker waits for a member that is silent. */
const SESSION = 6_000;

type Scene = {
  readonly contract: Contract;
  readonly players: readonly Player[];
  readonly grounds: ReadonlyMap<string, Ground>;
  readonly broker: ReturnType<typeof memoryLogBroker>;
  readonly clock: Clock;
  readonly happened: Happenings;
  /** Without the crash, which is this file's. */
  readonly misfortune: Omit<Parameters<typeof fates>[0], "crash">;
  readonly world: Outside;
};

/** The processes of a run: they start, crash and come again, and are told to stop. */
export const processesOf = ({ contract, players, grounds, broker, clock, happened, misfortune, world }: Scene) => {
  const { random, faults, journal, calm } = misfortune;
  const processes = new Map<string, Process>();
  const keyOf = ({ service, number }: Life): string => `${service} ${number}`;
  let crashes = 0;
  let lives = 0;

  const crash = (life: Life, call: string): void => {
    life.dead = true;
    crashes += 1;
    journal.note(life.name, `crashes at ${call}`);
    const process = processes.get(keyOf(life));
    processes.delete(keyOf(life));
    const player = players.find(({ service }) => service.name === life.service);
    void (async () => {
      if (process) void clock.sleep(SESSION * random()).then(() => broker.disconnect(process.log));
      await clock.sleep(random() < 0.1 ? 40_000 * random() : 4_000 * random());
      if (player && !processes.has(keyOf(life))) await start(player, life.number);
    })();
  };
  const fateOf = fates({ ...misfortune, crash });

  const born = (service: string, number: number): Life => {
    const skew = calm() ? 0 : Math.round(faults.clocks * (2 * random() - 1));
    const name = `${service}-${number}#${++lives}`;
    return { service, number, name, born: happened.step(), dead: false, frozenUntil: 0, skew };
  };

  /** An instance of a service as one life of its process runs it, over ports that misbehave. */
  const instanceOf = ({ service, outside, settings }: Player, ground: Ground, life: Life): Process => {
    const fate = fateOf(life);
    const ownClock = clockOf(life, clock);
    const log = broker.connect(fate);
    const ports: Ports = {
      store: unsettledStore(ground, misfortune, fate, ownClock.now, clock, {
        appended: (commit) => happened.appended(life, commit),
        acknowledged: happened.acknowledged,
      }),
      documents: lateDocuments(ground, misfortune, fate),
      parking: memoryParking(ground.database, fate),
      log: watchedLog(log, life, journal, happened.publication, happened.change),
      clock: ownClock,
    };
    const running: Instance = instance(service, ports, contract, {
      outside: outside({ life, outside: world, clock: ownClock }) as never, // The player's service and outside fit each other.
      settings,
      far: 0,
      instance: life.name,
      partitions: PARTITIONS,
      guard: guardOf(ownClock),
      observer: {
        parked: (reason, record, subscription) => {
          happened.change();
          journal.note(life.name, `parks ${idOf(record)} in ${subscription}: ${reason}`, [record.key]);
        },
        failed: (where, error) => {
          happened.failed(where, error);
          journal.note(life.name, `${where}: ${error instanceof Error ? error.message : String(error)}`);
        },
      },
    });
    return { life, instance: running, log, ready: false };
  };

  const start = async (player: Player, number: number): Promise<void> => {
    const ground = grounds.get(player.service.name);
    if (!ground) return;
    const life = born(player.service.name, number);
    const process = instanceOf(player, ground, life);
    processes.set(keyOf(life), process);
    journal.note(life.name, `starts${life.skew === 0 ? "" : `, its clock is wrong by ${life.skew / 1_000} s`}`);
    try {
      await process.instance.start();
      process.ready = true;
    } catch {
      if (!life.dead) crash(life, "its start");
    }
  };

  /** An orderly end, as at a new release or when there is less to do. */
  const leave = async (process: Process): Promise<void> => {
    const { life, instance: running, log } = process;
    process.ready = false;
    journal.note(life.name, "is told to stop");
    try {
      await running.stop();
      await log.close();
    } catch {
      if (!life.dead) crash(life, "its end");
    }
    if (life.dead) return;
    life.dead = true;
    journal.note(life.name, "has stopped");
    broker.disconnect(log);
    if (processes.get(keyOf(life)) === process) processes.delete(keyOf(life));
  };

  return { processes: processes as ReadonlyMap<string, Process>, start, leave, crashes: () => crashes };
};
