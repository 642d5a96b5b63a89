import { codec } from "../codec/codec.ts";
import type { Contract } from "../contract.ts";
import { memoryBlobs } from "../memory/blobs.ts";
import { type MemoryDatabase, memoryDatabase } from "../memory/database.ts";
import { memoryDocuments } from "../memory/documents.ts";
import { type Fate, kind } from "../memory/fate.ts";
import { memoryLogBroker } from "../memory/log.ts";
import { memoryParking } from "../memory/parking.ts";
import { memoryStore } from "../memory/store.ts";
import type { Actor, Message } from "../message.ts";
import type { Blobs, Commit, Ports, StoredDocument } from "../ports.ts";
import type { Instance } from "../run.ts";
import type { AnyService } from "../service.ts";
import type { CommandMetadata, Outcome } from "../store/command.ts";
import { mortal } from "./mortal.ts";
import type { VirtualTime } from "./time.ts";

/** A service with the number of its instances, its settings, and the outside that each instance receives. */
export type Player<S extends AnyService = AnyService> = {
  readonly service: S;
  readonly instances?: number;
  readonly outside?: (surroundings: Surroundings) => unknown;
  readonly settings?: unknown;
  /** By default the contract of the world. A test of an older build passes a smaller one. */
  readonly contract?: Contract;
};
/** The ports and storage of one instance. */
export type Surroundings = {
  readonly number: number;
  readonly ports: Ports;
  readonly blobs: Blobs;
  readonly database: MemoryDatabase;
};
/** Starts an instance of a service on its ports. */
export type Runner<P extends Player, Started> = (player: P, surroundings: Surroundings) => Promise<Started & Stoppable>;
type Stoppable = { readonly instance: Instance; readonly stop: () => Promise<void> };
export type Running<Started = object> = Started & Stoppable & Surroundings & { readonly name: string; readonly crash: () => void };

export type WorldOptions = {
  readonly seed?: number;
  readonly partitions?: number;
  /** The faults of an instance's calls, each of which may crash it. By default no call fails. */
  readonly fate?: (service: string, instance: number, crash: () => void) => Fate;
};
export type WorldTime = Pick<VirtualTime, "clock" | "run" | "during">;

/** A decoded event with its commit. */
export type Happened = { readonly stream: string; readonly version: number; readonly event: Message; readonly commit: Commit };
type AnyCommand = Message & { readonly [field: string]: unknown };

const QUIET = 6_000;
const LONG = 3_600_000;
/** How long the log waits for a silent instance. */
const SESSION = 1_000;

/** Several services in one process on memory adapters and one log. The runner starts each instance. */
export const worldOn = async <P extends Player, Started extends object>(
  contract: Contract,
  time: WorldTime,
  run: Runner<P, Started>,
  players: readonly P[],
  { partitions = 3, fate = () => kind }: WorldOptions,
) => {
  const happened = historyOf(contract);
  const broker = memoryLogBroker({ clock: time.clock, partitions });
  const databases = new Map<string, MemoryDatabase>();
  const instances = new Set<Running<Started>>();

  const databaseOf = (service: string): MemoryDatabase => {
    const database = databases.get(service) ?? memoryDatabase();
    databases.set(service, database);
    return database;
  };
  const start = async (player: P, number: number): Promise<Running<Started>> => {
    const { name } = player.service;
    const database = databaseOf(name);
    const { clock } = time;
    const { calls, crash, crashed, isCrashed } = mortal(
      (crash) => recorded(fate(name, number, crash), (id) => happened.note(id, database.commits.get(id), clock.now())),
      () => {
        for (const one of instances) if (one.ports === ports) instances.delete(one);
        void clock.sleep(SESSION).then(() => broker.disconnect(ports.log));
      },
    );
    const ports: Ports = {
      store: memoryStore(database, calls, clock.now),
      documents: memoryDocuments(database, calls),
      parking: memoryParking(database, calls),
      log: broker.connect(calls),
      clock,
    };
    const surroundings = { number, ports, database, blobs: memoryBlobs(database, calls) };
    const started = await Promise.race([run(player, surroundings), crashed]).catch((error: unknown) => {
      crash();
      throw error;
    });
    const one: Running<Started> = {
      ...{ ...started, ...surroundings, name },
      /** From now on none of its calls returns; the other members notice it after SESSION. */
      crash,
      stop: async () => {
        if (instances.delete(one)) await started.stop();
      },
    };
    if (isCrashed()) await crashed;
    instances.add(one);
    return one;
  };

  for (const player of players) for (let number = 1; number <= (player.instances ?? 1); number++) await time.during(start(player, number));

  /** The oldest running instance of a service, or of all services. */
  const of = (service?: string): Running<Started> => {
    const found = [...instances].find(({ name }) => service === undefined || name === service);
    if (!found) throw new Error(`no service ${service ?? ""} in this world`);
    return found;
  };

  return {
    ...{ time, broker, databases, databaseOf, of },
    /** The running instances. */
    instances: (): readonly Running<Started>[] => [...instances],
    start: (player: P, number: number) => time.during(start(player, number)),
    during: time.during,
    /** Executes a command of a service, like a request of a user. */
    send: (service: string, command: AnyCommand, actor: Actor = system, more: Partial<CommandMetadata> = {}): Promise<Outcome> =>
      time.during(
        of(service).instance.execute(command, {
          ...{ cause: null, row: "story", actor, correlationId: "story", causationId: null, actionId: null, traceparent: null, hops: 0 },
          ...more,
        }),
      ),
    /** Runs until nothing has happened for a while. */
    settle: async (): Promise<void> => {
      const began = time.clock.now();
      const isQuiet = () => time.clock.now() - Math.max(began, happened.latest()) > QUIET;
      if (!(await time.run(isQuiet, LONG))) throw new Error("the world does not settle");
    },
    /** All events in the order of their commits. */
    history: (): readonly Happened[] => happened.all,
    story: (): readonly string[] => happened.all.map(({ event }) => event.type),
    documents: async (service: string, model: string): Promise<readonly StoredDocument[]> => {
      const { instance: running, ports } = of(service);
      const query = { where: [], offset: 0, limit: 100_000 };
      const collection = await running.collections.of(model);
      return (await time.during(ports.documents.find(collection, query))).documents;
    },
    stop: async (): Promise<void> => {
      for (const one of instances) await time.during(one.stop());
    },
  };
};

/** Every commit once, when it comes into being. */
const historyOf = (contract: Contract) => {
  const released = codec(contract.schemas);
  const all: Happened[] = [];
  const noted = new Set<string>();
  let latest = 0;
  return {
    all,
    latest: (): number => latest,
    note: (id: string, commit: Commit | undefined, now: number): void => {
      if (!commit || noted.has(id)) return;
      noted.add(id);
      latest = now;
      for (const [index, { schemaId, bytes }] of commit.events.entries())
        all.push({ stream: commit.stream, version: commit.version + index, event: released.decode(schemaId, bytes), commit });
    },
  };
};

/** Notices the id of each commit that has just been appended. */
const recorded = ({ before, after }: Fate, appended: (id: string) => void): Fate => ({
  before,
  after: (call) => {
    const [, id] = /^store\.append (.+)$/.exec(call) ?? [];
    if (id !== undefined) appended(id);
    return after(call);
  },
});

const system: Actor = { userId: "system", ownerPath: "" };
