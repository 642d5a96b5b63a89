import { collections } from "../../events/runtime.ts";
import { type Player, worldOn } from "../../events/simulation/instances.ts";
import { world as simulatedWorld } from "../../events/simulation/world.ts";
import { type OperationId, operations } from "../../schemas/generated/http.ts";
import { contract } from "../../services/chassis/contract.ts";
import { announce, type ServiceInstance } from "../../services/chassis/process/discovery.ts";
import type { AnyService } from "../../services/chassis/service.ts";
import { eventually } from "../eventually.ts";
import { fateOf, faults } from "./faults.ts";
import { type Line, type Member, type ProcessOptions, processes } from "./process.ts";
import { ask, caller } from "./requests.ts";
import { realTime } from "./time.ts";
import { type Known, putInto, users } from "./users.ts";

/**
 * The world of the tests: services of the platform, or toys, as they run, with everything outside them in memory.
 *
 * `served(services)` runs each service as a process of its own, over HTTP:
 * - `start` adds instances; `of(service)` is a running one: its `url`, `instance`, `ports`, `database`, `host` (process.ts);
 * - `time.pass` moves, `time.standStill` stops and `time.goOn` starts the clocks of all again (time.ts);
 * - `fate.before` and `fate.after` decide what goes wrong at their ports (faults.ts);
 * - `know` makes users and roles known, `as` gives somebody with a token, whose `call` names an operation (users.ts, requests.ts). Requests
 *   go to the gateway where one runs, else to the operation's service;
 * - `put` puts a document into a read model, `send` carries out a command, `documents`, `history` and `story` show what came of it;
 * - `lines` is what they have logged, `complaints` what of it is a warning or an error, `printed` what the operator was shown.
 *
 * `simulated(services)` is the same without HTTP and users, in virtual time: `settle` lets everything happen, `time.run` lets time pass.
 *
 * toys/ has services and parts of them that tests share; servers.ts has real servers and processes.
 */
export const served = async (
  services: AnyService | readonly (AnyService | Member)[],
  { before, after, ...options }: ProcessOptions & Partial<ReturnType<typeof faults>> = {},
) => {
  const time = realTime();
  const fate = { ...faults(), ...(before && { before }), ...(after && { after }) };
  const lines: Line[] = [];
  const printed: string[] = [];
  const people = await users(time.clock);
  const run = processes(time, options, lines, printed);
  const base = await worldOn<Member, Awaited<ReturnType<typeof run>>>(
    contract,
    time,
    async (member, surroundings) => {
      await people.introduce(surroundings.database);
      return run(member, surroundings);
    },
    [services].flat().map((service: AnyService | Member) => ("service" in service ? service : { service })),
    { partitions: 2, fate: () => fateOf(fate) },
  );

  const stops: (() => Promise<void>)[] = [];
  const entry = () => base.instances().find(({ instance }) => "entry" in instance.service) ?? base.instances()[0];
  const ownerOf = (operation: OperationId) => base.instances().find(({ name }) => name === operations[operation].service);
  const urlOf = (operation?: OperationId): string => {
    const owner = operation && ownerOf(operation);
    const front = entry();
    return (front && "entry" in front.instance.service ? front : (owner ?? front))?.url ?? "";
  };
  const target = { urlOf, isServed: (operation: OperationId) => ownerOf(operation) !== undefined };
  return {
    ...base,
    ...{ time, fate, lines, printed, token: people.token },
    /** Carries out a command of a service, as a person's request would, until its read models show what it changed. */
    send: async (...[service, ...given]: Parameters<typeof base.send>) => {
      const outcome = await base.send(service, ...given);
      if (outcome.commit) await base.of(service).instance.settled(outcome.commit, 5_000);
      return outcome;
    },
    complaints: () => lines.filter(({ level }) => level === "warn" || level === "error"),
    know: (id: string, value: Known) => people.know(base.databases.values(), id, value),
    /** Somebody who has a token and whom all services know: "system", who may do everything, or whom `know` was told of. */
    as: async (userId: string, seconds?: number) => caller(target, `Bearer ${await people.token(userId, seconds)}`),
    /** Somebody with an authorization of another kind, or none. */
    stranger: (authorization?: string) => caller(target, authorization),
    /** Makes a server of the test's own known to all as an instance of a service, until what this returns is called. */
    announce: async (self: ServiceInstance): Promise<() => Promise<void>> => {
      const keys = base.instances()[0]?.shared.config.sealingKeys ?? [];
      const { stop } = await announce({ log: base.broker.connect(), clock: time.clock, keys }, self, () => {});
      stops.push(stop);
      const knows = ({ shared }: ReturnType<typeof base.instances>[number]) =>
        shared.directory.instancesOf(self.service).some(({ instance }) => instance === self.instance);
      await eventually(`${self.instance} is known`, () => base.instances().every(knows));
      return async () => {
        await stop();
        await eventually(`${self.instance} is forgotten`, () => !base.instances().some(knows));
      };
    },
    stop: async (): Promise<void> => {
      for (const stop of stops) await stop();
      await base.stop();
    },
    /** A request to where probes, metrics and the routes for operators are. */
    askInside: (path: string, init?: RequestInit) => ask(`${entry()?.operationsUrl}${path}`, init),
    /** A request as a test makes it. */
    ask: (path: string, init?: RequestInit) => ask(`${urlOf()}${path}`, init),
    /** A document of a read model, of each service that has it, as events of other services or of another day would have made it. */
    put: async (model: string, id: string, value: object): Promise<void> => {
      const models = base.instances().flatMap(({ instance: { service }, database }) =>
        (service.projections ?? [])
          .filter(({ name }) => name === model)
          .map(({ initialState }) => ({
            database,
            collection: collections(service.projections).of(model),
            initialState: Object(initialState),
          })),
      );
      if (models.length === 0) throw new Error(`nobody has a read model ${model}`);
      for (const { database, collection, initialState } of models)
        await putInto(database, collection, id, `elsewhere/${id}`, { ...initialState, ...value });
    },
  };
};
export type World = Awaited<ReturnType<typeof served>>;

/** Services in virtual time, without HTTP. */
export const simulated = (players: readonly (AnyService | Player)[], options?: Parameters<typeof simulatedWorld>[2]) =>
  simulatedWorld(contract, players, options);
