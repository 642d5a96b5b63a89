import { codec } from "../codec/codec.ts";
import type { Contract } from "../contract.ts";
import { type MemoryDatabase, memoryDatabase } from "../memory/database.ts";
import { kind } from "../memory/fate.ts";
import { memoryLogBroker } from "../memory/log.ts";
import { memoryParking } from "../memory/parking.ts";
import type { Message } from "../message.ts";
import type { Commit, OutgoingRecord, Ports } from "../ports.ts";
import { instance } from "../run.ts";
import { router } from "../service.ts";
import { askFor, parkedIn } from "../subscription/redrive.ts";
import { factsOf } from "./check/evidence.ts";
import type { Faults } from "./faults.ts";
import { guardOf } from "./guard.ts";
import type { Journal } from "./journal.ts";
import { clockOf, fates, type Life } from "./life.ts";
import { type Ground, ground, lateDocuments, unsettledStore } from "./misbehaving.ts";
import { outside } from "./outside.ts";
import type { Bug, Committed, Player, Process } from "./process.ts";
import { seeded, type VirtualTime } from "./time.ts";
import { beginTrouble } from "./trouble.ts";
import { unfinished } from "./unfinished.ts";
import { commitLine, idOf, watchedLog } from "./watched.ts";

export const PARTITIONS = 2;
/** How long a broker waits for a member that is silent. */
const SESSION = 6_000;

/** Every service with several instances over memory adapters that misbehave, in virtual time. */
export const platform = (
  contract: Contract,
  players: readonly Player[],
  faults: Faults,
  seed: number,
  time: VirtualTime,
  notes: Journal,
) => {
  const { clock } = time;
  const factsIn = factsOf(codec(contract.schemas));
  const random = seeded(seed ^ 0x5eed);
  const broker = memoryLogBroker({ clock, partitions: PARTITIONS });
  const grounds = new Map<string, Ground>(players.map(({ service: { name } }) => [name, ground(memoryDatabase())]));
  const processes = new Map<string, Process>();
  const published: OutgoingRecord[] = [];
  /** When a commit came to be, and where: the order of all that matters. */
  const commits = new Map<Commit, Committed>();
  const unexpected: Bug[] = [];
  const routes = new Map(players.map(({ service }) => [service.name, router(service)]));
  let step = 0;
  let crashes = 0;
  let lives = 0;
  let calm = true;
  let lastChange = clock.now();
  const chaos = broker.connect();
  const down = new Map<string, number>();

  const misfortune = {
    faults,
    random,
    time: clock,
    journal: notes,
    calm: () => calm,
    isOut: (life: Life, call: string) => {
      const until = call.startsWith("log.") ? down.get("log") : down.get(life.service);
      return until !== undefined && until > clock.now();
    },
    crash: (life: Life, call: string) => crash(life, call),
  };
  const fateOf = fates(misfortune);
  const world = outside(misfortune, () => step);

  const publication = (records: readonly OutgoingRecord[]): void => {
    if (faults.repeatEvery > 0) published.push(...records.filter(({ topic }) => !topic.startsWith("pitrix.deadLetter")));
    step++;
    lastChange = clock.now();
  };
  const delivery = (): void => {
    lastChange = clock.now();
  };

  const start = async ({ service, outside, settings }: Player, number: number): Promise<void> => {
    const own = grounds.get(service.name);
    if (!own) return;
    const skew = calm ? 0 : Math.round(faults.clocks * (2 * random() - 1));
    const life: Life = {
      service: service.name,
      number,
      name: `${service.name}-${number}#${++lives}`,
      born: step,
      dead: false,
      frozenUntil: 0,
      skew,
    };
    const fate = fateOf(life);
    const ownClock = clockOf(life, clock);
    const log = broker.connect(fate);
    const { database } = own;
    const ports: Ports = {
      store: unsettledStore(own, misfortune, fate, ownClock.now, clock, {
        appended: (commit) => {
          step++;
          lastChange = clock.now();
          commits.set(commit, { step, service: service.name, life, commit, heard: false });
          if (notes.kept) notes.note(life.name, `has committed ${commitLine(commit)}`, [commit.stream]);
        },
        acknowledged: (commit) => {
          const known = commits.get(commit);
          if (known) known.heard = true;
        },
      }),
      documents: lateDocuments(own, misfortune, fate),
      parking: memoryParking(database, fate),
      log: watchedLog(log, life, notes, publication, delivery),
      clock: ownClock,
    };
    const running = instance(service, ports, contract, {
      outside: outside({ life, outside: world, clock: ownClock }) as never, // The player's service and outside fit each other.
      settings,
      far: 0,
      instance: life.name,
      partitions: PARTITIONS,
      guard: guardOf(ownClock),
      observer: {
        parked: (reason, record, subscription) => {
          lastChange = clock.now();
          notes.note(life.name, `parks ${idOf(record)} in ${subscription}: ${reason}`, [record.key]);
        },
        failed: (where, error) => {
          if (error instanceof Error && error.name === "TableError") unexpected.push({ where, message: error.message });
          notes.note(life.name, `${where}: ${error instanceof Error ? error.message : String(error)}`);
        },
      },
    });
    const process: Process = { life, instance: running, log, ready: false };
    processes.set(`${service.name} ${number}`, process);
    notes.note(life.name, `starts${skew === 0 ? "" : `, its clock is wrong by ${skew / 1_000} s`}`);
    try {
      await running.start();
      process.ready = true;
    } catch {
      if (!life.dead) crash(life, "its start");
    }
  };

  const crash = (life: Life, call: string): void => {
    life.dead = true;
    crashes += 1;
    notes.note(life.name, `crashes at ${call}`);
    const key = `${life.service} ${life.number}`;
    const process = processes.get(key);
    processes.delete(key);
    const player = players.find(({ service }) => service.name === life.service);
    void (async () => {
      if (process) void clock.sleep(SESSION * random()).then(() => broker.disconnect(process.log));
      await clock.sleep(random() < 0.1 ? 40_000 * random() : 4_000 * random());
      if (player && !processes.has(key)) await start(player, life.number);
    })();
  };

  /** An orderly end, as at a new release or when there is less to do. */
  const leave = async (process: Process): Promise<void> => {
    const { life, instance: running, log } = process;
    process.ready = false;
    notes.note(life.name, "is told to stop");
    try {
      await running.stop();
      await log.close();
    } catch {
      if (!life.dead) crash(life, "its end");
    }
    if (life.dead) return;
    life.dead = true;
    notes.note(life.name, "has stopped");
    broker.disconnect(log);
    if (processes.get(`${life.service} ${life.number}`) === process) processes.delete(`${life.service} ${life.number}`);
  };

  const databases = (): ReadonlyMap<string, MemoryDatabase> => new Map([...grounds].map(([name, { database }]) => [name, { ...database }]));

  return {
    outside: world,
    commits: (): readonly Committed[] => [...commits.values()],
    unexpected: unexpected as readonly Bug[],
    databases,
    processes,
    step: () => step,
    crashes: () => crashes,
    factsIn,
    streamOf: (name: string, command: Message): string => {
      const route = routes.get(name);
      if (!route) return "";
      const { aggregate, key } = route(command);
      return `${aggregate}/${key}`;
    },
    versionOf: (name: string, stream: string): number => {
      const database = grounds.get(name)?.database;
      const last = database?.commits.get(database.streams.get(stream)?.at(-1) ?? "");
      return last ? last.version + last.events.length - 1 : 0;
    },
    /** The version of a document as it is, whatever anybody reads. */
    shown: (name: string, collection: string, id: string): number =>
      grounds.get(name)?.database.models.get(collection)?.get(id)?.version ?? 0,
    start: async (): Promise<void> => {
      await Promise.all(players.flatMap((player) => [1, 2].map((number) => start(player, number))));
    },
    beginFaults: (): void => {
      calm = false;
      beginTrouble({ faults, random, clock, journal: notes, players, processes, published, down, chaos, calm: () => calm, start, leave });
    },
    endFaults: (): void => {
      calm = true;
      down.clear();
      for (const { life } of processes.values()) {
        life.frozenUntil = 0;
        life.skew = 0;
      }
      notes.note("world", "no more faults");
    },
    /** All clocks go on by so much, for timers that are due later than anybody wants to wait. */
    advance: (milliseconds: number): void => {
      for (const { life } of processes.values()) life.skew += milliseconds;
    },
    /** Somebody asks for all that is parked to be tried again. */
    redrive: async (): Promise<void> => {
      for (const [name, { database }] of grounds) {
        const running = [...processes.values()].filter(({ life }) => life.service === name);
        const parking = memoryParking(database, kind);
        const subscriptions = new Set([...database.parked.values()].map(({ subscription }) => subscription));
        const asked = { action: "redrive", by: "operator", reason: "", time: new Date(clock.now()).toISOString() } as const;
        const streams = await parkedIn(parking, [...subscriptions], {}, clock.now());
        await askFor(parking, streams, asked);
        // Just these come again meanwhile.
        const meant = new Set(streams.map(({ stream }) => stream));
        for (const record of published.filter(({ key }) => meant.has(key)))
          void clock.sleep(8_000 * random()).then(() => (calm ? undefined : chaos.publish([record])));
        for (const process of running) for (const subscription of process.instance.subscriptions().values()) subscription.redrive();
      }
    },
    quietFor: (): number => clock.now() - lastChange,
    /** What is not done yet. */
    unfinished: (mayPark: boolean): readonly string[] =>
      unfinished(mayPark, databases(), [...processes.values()], broker.contents(), contract),
    contents: broker.contents,
  };
};
export type Platform = ReturnType<typeof platform>;
