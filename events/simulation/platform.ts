import { codec } from "../codec/codec.ts";
import { type Contract, deadLetterTopic } from "../contract.ts";
import { backUp, type MemoryDatabase, memoryDatabase, putBack } from "../memory/database.ts";
import { kind } from "../memory/fate.ts";
import { memoryLogBroker } from "../memory/log.ts";
import { memoryParking } from "../memory/parking.ts";
import type { Message } from "../message.ts";
import { router } from "../service.ts";
import { askFor, parkedIn } from "../subscription/redrive.ts";
import { factsOf } from "./check/evidence.ts";
import { nextBuild, watchQueries } from "./deploy.ts";
import type { Faults } from "./faults.ts";
import { happenings } from "./happenings.ts";
import type { Incarnation } from "./incarnation.ts";
import type { Journal } from "./journal.ts";
import { type Storage, storage } from "./misbehaving.ts";
import { outside } from "./outside.ts";
import type { Loss, Player } from "./process.ts";
import { PARTITIONS, processesOf } from "./processes.ts";
import { seeded, type VirtualTime } from "./time.ts";
import { beginTrouble } from "./trouble.ts";
import { unfinished } from "./unfinished.ts";

export { PARTITIONS } from "./processes.ts";

/** Every service with several instances on faulty memory adapters, in virtual time. */
export const platform = (
  contract: Contract,
  players: readonly Player[],
  faults: Faults,
  seed: number,
  time: VirtualTime,
  journal: Journal,
) => {
  const { clock } = time;
  const factsIn = factsOf(codec(contract.schemas));
  const random = seeded(seed ^ 0x5eed);
  const broker = memoryLogBroker({ clock, partitions: PARTITIONS });
  const storages = new Map<string, Storage>(players.map(({ service: { name } }) => [name, storage(memoryDatabase())]));
  const routes = new Map(players.map(({ service }) => [service.name, router(service)]));
  const happened = happenings(clock, journal, faults.repeatEvery > 0, deadLetterTopic(contract));
  let isCalm = true;
  /** From then on what instances have announced before is over. */
  let isAdvanced = false;
  const calm = () => isCalm;
  const chaos = broker.connect();
  const down = new Map<string, number>();
  const isOut = (incarnation: Incarnation, call: string): boolean => {
    const until = call.startsWith("log.") ? down.get("log") : down.get(incarnation.service);
    return until !== undefined && until > clock.now();
  };
  const misfortune = { faults, random, time: clock, journal, calm, isOut };
  const world = outside(misfortune, happened.step);
  const { processes, start, leave, end, deploy, crashes } = processesOf({
    contract,
    players,
    storages,
    broker,
    clock,
    happened,
    misfortune,
    world,
  });

  const backups = new Map<string, MemoryDatabase>();
  let loss: Loss | undefined;
  const databases = (): ReadonlyMap<string, MemoryDatabase> =>
    new Map([...storages].map(([name, { database }]) => [name, { ...database }]));

  return {
    outside: world,
    commits: happened.commits,
    unexpected: happened.unexpected,
    broken: happened.broken,
    loss: (): Loss | undefined => loss,
    /** From now on what the queries of a service read is looked at. */
    watch: (name: string): void => {
      const store = storages.get(name);
      if (!store) return;
      const isQuick = faults.delays === 0 || faults.longest < 100;
      const isStrict = () => isQuick && !isAdvanced && [faults.clocks, faults.freezeEvery, faults.outageEvery].every((each) => each === 0);
      const all = () => [...processes.values()];
      void watchQueries(name, store.database, all, clock, isStrict, (violation) => happened.broken.push(violation));
    },
    /** A build with new folds replaces that of a service. */
    deploy: (name: string, canRead: boolean): void => {
      const player = players.find(({ service }) => service.name === name);
      if (!player) return;
      journal.note("world", `a build of ${name} with new folds is deployed`);
      void deploy(player, nextBuild(player.service, canRead));
    },
    backUp: (name: string): void => {
      const database = storages.get(name)?.database;
      if (database) backups.set(name, backUp(database));
    },
    /** The store of a service is again what it was when it was backed up. Its processes start anew. */
    lose: (name: string): void => {
      const [store, backup] = [storages.get(name), backups.get(name)];
      if (!store || !backup) return;
      end(name, "the loss of its store");
      const gone = [...store.database.commits].filter(([id]) => !backup.commits.has(id)).map(([, commit]) => commit);
      loss = {
        service: name,
        receipts: new Set(gone.flatMap(({ events, cause }) => (events.length === 0 && cause !== null ? [cause] : []))),
        events: new Set(gone.flatMap(({ stream, version, events }) => events.map((_, index) => `${stream}@${version + index}`))),
      };
      putBack(store.database, backup);
      store.former.clear();
      happened.lost(loss);
      journal.note("world", `the store of ${name} loses ${gone.length} commits`);
    },
    databases,
    processes,
    step: happened.step,
    crashes,
    factsIn,
    streamOf: (name: string, command: Message): string => {
      const route = routes.get(name);
      if (!route) return "";
      const { aggregate, key } = route(command);
      return `${aggregate}/${key}`;
    },
    versionOf: (name: string, stream: string): number => {
      const database = storages.get(name)?.database;
      const last = database?.commits.get(database.streams.get(stream)?.at(-1) ?? "");
      return last ? last.version + last.events.length - 1 : 0;
    },
    /** The stored version of a document, unaffected by stale reads. */
    shown: (name: string, collection: string, id: string): number =>
      storages.get(name)?.database.models.get(collection)?.get(id)?.version ?? 0,
    start: async (): Promise<void> => {
      await Promise.all(players.flatMap((player) => [1, 2].map((number) => start(player, number))));
    },
    beginFaults: (): void => {
      isCalm = false;
      beginTrouble({ ...misfortune, clock, players, processes, published: happened.published, down, chaos, start, leave });
    },
    endFaults: (): void => {
      isCalm = true;
      down.clear();
      for (const { incarnation } of processes.values()) {
        incarnation.frozenUntil = 0;
        incarnation.skew = 0;
      }
      journal.note("world", "no more faults");
    },
    /** Advances all process clocks, so that timers far in the future become due. */
    advance: (milliseconds: number): void => {
      isAdvanced = true;
      for (const { incarnation } of processes.values()) incarnation.skew += milliseconds;
    },
    /** An operator requests a redrive of all parked streams. */
    redrive: async (): Promise<void> => {
      for (const [name, { database }] of storages) {
        const running = [...processes.values()].filter(({ incarnation }) => incarnation.service === name);
        const parking = memoryParking(database, kind);
        const subscriptions = new Set([...database.parked.values()].map(({ subscription }) => subscription));
        const asked = { action: "redrive", by: "operator", reason: "", time: new Date(clock.now()).toISOString() } as const;
        const streams = await parkedIn(parking, [...subscriptions], {}, clock.now());
        await askFor(parking, streams, asked);
        // Records of these streams are delivered again meanwhile.
        const meant = new Set(streams.map(({ stream }) => stream));
        for (const record of happened.published.filter(({ key }) => meant.has(key)))
          void clock.sleep(8_000 * random()).then(() => (isCalm ? undefined : chaos.publish([record])));
        for (const process of running) for (const subscription of process.instance.subscriptions().values()) subscription.redrive();
      }
    },
    quietFor: happened.quietFor,
    /** The work that is not finished yet, as texts. */
    unfinished: (mayPark: boolean): readonly string[] =>
      unfinished(mayPark, databases(), [...processes.values()], broker.contents(), contract),
    contents: broker.contents,
  };
};
export type Platform = ReturnType<typeof platform>;
