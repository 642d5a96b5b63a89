import { codec } from "../codec/codec.ts";
import type { Contract } from "../contract.ts";
import { memoryBlobs } from "../memory/blobs.ts";
import { type MemoryDatabase, memoryDatabase } from "../memory/database.ts";
import { memoryDocuments } from "../memory/documents.ts";
import type { Fate } from "../memory/fate.ts";
import { memoryLogBroker } from "../memory/log.ts";
import { memoryParking } from "../memory/parking.ts";
import { memoryStore } from "../memory/store.ts";
import type { Actor, Message } from "../message.ts";
import type { Commit, Ports, StoredDocument } from "../ports.ts";
import { type Instance, instance, type Observer } from "../run.ts";
import type { AnyService } from "../service.ts";
import type { Outcome } from "../store/command.ts";
import { seeded, virtualTime } from "./time.ts";

/** A service with how many instances of it run, and what it is handed of the outside world. */
export type Player = {
  readonly service: AnyService;
  readonly instances?: number;
  readonly outside?: unknown;
  readonly settings?: unknown;
};
export type WorldOptions = {
  readonly seed?: number;
  readonly partitions?: number;
  /** What befalls the calls of an instance; everything works by default. */
  readonly fate?: (service: string, instance: number) => Fate;
  readonly observer?: (service: string) => Observer;
};
export type Running = { readonly name: string; readonly number: number; readonly instance: Instance; readonly ports: Ports };

/** Everything that happened in a stream, decoded. */
export type Happened = { readonly stream: string; readonly version: number; readonly event: Message; readonly commit: Commit };

const QUIET = 6_000;
const LONG = 3_600_000;
const swift: Fate = { before: async () => {}, after: async () => {} };

/** The whole choreography in one process: the real tables on the real backbone over memory adapters, in virtual time. */
export const world = async (
  contract: Contract,
  players: readonly (AnyService | Player)[],
  { seed = 1, partitions = 3, fate = () => swift, observer = () => ({}) }: WorldOptions = {},
) => {
  const released = codec(contract.schemas);
  const random = seeded(seed);
  const time = virtualTime(random);
  const broker = memoryLogBroker({ clock: time.clock, partitions });
  const databases = new Map<string, MemoryDatabase>();
  const history: Happened[] = [];
  const instances: Running[] = [];
  let lastActivity = time.clock.now();

  const watch = (own: Observer): Observer => ({
    ...own,
    committed: (commit) => {
      lastActivity = time.clock.now();
      for (const [index, { schemaId, bytes }] of commit.events.entries())
        history.push({ stream: commit.stream, version: commit.version + index, event: released.decode(schemaId, bytes), commit });
      own.committed?.(commit);
    },
  });

  const start = async ({ service, outside, settings }: Player, number: number): Promise<Running> => {
    const database = databases.get(service.name) ?? memoryDatabase();
    databases.set(service.name, database);
    const own = fate(service.name, number);
    const { clock } = time;
    const ports: Ports = {
      store: memoryStore(database, own, clock.now),
      documents: memoryDocuments(database, own),
      parking: memoryParking(database, own),
      log: broker.connect(own),
      clock,
    };
    const running = instance(service, ports, contract, {
      outside: outside as never, // Whoever names the player gives what its service needs.
      settings,
      instance: `${service.name}-${number}`,
      partitions,
      observer: watch(observer(service.name)),
    });
    const one = { name: service.name, number, instance: running, ports };
    instances.push(one);
    await running.start();
    return one;
  };

  /** Runs the world until what was asked is answered. */
  const during = async <T>(work: Promise<T>): Promise<T> => {
    let over = false;
    const watched = work.finally(() => {
      over = true;
    });
    watched.catch(() => {});
    if (!(await time.run(() => over, LONG))) throw new Error("the world stands still and the answer has not come");
    return watched;
  };

  for (const player of players) {
    const one: Player = "service" in player ? player : { service: player };
    for (let number = 1; number <= (one.instances ?? 1); number++) await during(start(one, number));
  }

  const of = (service: string): Running => {
    const found = instances.find(({ name }) => name === service);
    if (!found) throw new Error(`no service ${service} in this world`);
    return found;
  };

  return {
    time,
    broker,
    databases,
    instances,
    start: (player: Player, number: number) => during(start(player, number)),
    during,
    /** Carries out a command of a service, as a person's request would. */
    send: (service: string, command: Message, actor: Actor = system, cause: string | null = null): Promise<Outcome> =>
      during(
        of(service).instance.execute(command, {
          cause,
          row: "story",
          actor,
          correlationId: "story",
          causationId: null,
          actionId: null,
          traceparent: null,
          hops: 0,
        }),
      ),
    /** Until nothing has happened for a while of virtual time. */
    settle: async (): Promise<void> => {
      lastActivity = time.clock.now();
      if (!(await time.run(() => time.clock.now() - lastActivity > QUIET, LONG))) throw new Error("the world does not settle");
    },
    /** What happened, in the order in which it was committed. */
    history: (): readonly Happened[] => history,
    story: (): readonly string[] => history.map(({ event }) => event.type),
    documents: async (service: string, model: string): Promise<readonly StoredDocument[]> => {
      const { instance: running, ports } = of(service);
      const projection = running.service.projections?.find(({ name }) => name === model);
      if (!projection) throw new Error(`service ${service} has no read model ${model}`);
      const { documents } = await during(ports.documents.find(running.collections.of(model), { where: [], offset: 0, limit: 100_000 }));
      return documents;
    },
    blobs: (service: string) => memoryBlobs(databases.get(service) ?? memoryDatabase(), swift),
    stop: async (): Promise<void> => {
      for (const { instance: running } of instances) await during(running.stop());
    },
  };
};
export type World = Awaited<ReturnType<typeof world>>;

const system: Actor = { userId: "system", ownerPath: "" };
