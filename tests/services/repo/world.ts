import { setTimeout as pause } from "node:timers/promises";
import { memoryBlobs } from "../../../events/memory/blobs.ts";
import { type MemoryDatabase, memoryDatabase } from "../../../events/memory/database.ts";
import { memoryDocuments } from "../../../events/memory/documents.ts";
import { kind } from "../../../events/memory/fate.ts";
import { memoryLogBroker } from "../../../events/memory/log.ts";
import { memoryParking } from "../../../events/memory/parking.ts";
import { memoryStore } from "../../../events/memory/store.ts";
import type { Message } from "../../../events/message.ts";
import type { Blobs, Clock, DocumentQuery, LogRecord } from "../../../events/ports.ts";
import { type Instance, instance } from "../../../events/run.ts";
import type { Outcome } from "../../../events/store/command.ts";
import { contract } from "../../../services/chassis/contract.ts";
import type { Settings, ValuesOf } from "../../../services/chassis/process/setting.ts";
import type { Service } from "../../../services/chassis/service.ts";

export const clock: Clock = {
  now: () => Date.now(),
  sleep: async (milliseconds, signal) => void (await pause(milliseconds, undefined, signal ? { signal } : {}).catch(() => {})),
  random: () => Math.random(),
};

/** A service that runs on its own database in memory. */
export type Running = {
  readonly instance: Instance;
  readonly blobs: Blobs;
  readonly send: <C extends Message>(command: C) => Promise<Outcome>;
  readonly find: <D>(model: string, query?: Partial<DocumentQuery>) => Promise<readonly D[]>;
  readonly crash: () => Promise<void>;
};

/** Several services over one log, in this process. What goes wrong is kept, so that a test can demand that nothing did. */
export const world = () => {
  const broker = memoryLogBroker({ clock });
  const problems: string[] = [];
  const started: Instance[] = [];
  const logs: ReturnType<typeof broker.connect>[] = [];

  const run = async <Outside, S extends Settings>(
    service: Service<Outside, S>,
    outside: (own: { readonly blobs: Blobs }) => Outside,
    { database = memoryDatabase(), settings }: { readonly database?: MemoryDatabase; readonly settings?: Partial<ValuesOf<S>> } = {},
  ): Promise<Running> => {
    const log = broker.connect();
    logs.push(log);
    const blobs = memoryBlobs(database, kind);
    const documents = memoryDocuments(database, kind);
    const ports = { store: memoryStore(database, kind, clock.now), documents, parking: memoryParking(database, kind), log, clock };
    const one = instance<never>(service, ports, contract, {
      outside: outside({ blobs }) as never, // It fits the service, by the types of both arguments.
      settings,
      instance: `${service.name}-${started.length}`,
      observer: {
        parked: (reason, record: LogRecord, subscription) => problems.push(`${subscription} parked ${record.key}: ${reason}`),
        failed: (where, error) => problems.push(`${where}: ${error instanceof Error ? error.stack : String(error)}`),
      },
    });
    started.push(one);
    await one.start();
    let requests = 0;
    return {
      instance: one,
      blobs,
      send: async (command) => {
        requests += 1;
        const outcome = await one.execute(command, {
          cause: `test/${started.length}/${requests}/${command.type}`,
          row: "test",
          actor: { userId: "usr-dev", ownerPath: ":usr-dev" },
          correlationId: `request-${requests}`,
          causationId: null,
          actionId: null,
          traceparent: null,
          hops: 0,
        });
        if (outcome.commit) await one.settled(outcome.commit, 5_000);
        return outcome;
      },
      find: async <D>(model: string, query: Partial<DocumentQuery> = {}): Promise<readonly D[]> => {
        const { documents: found } = await documents.find(one.collections.of(model), { where: [], offset: 0, limit: 100_000, ...query });
        return found.map(({ value }) => value as D); // The read model's own fold made it.
      },
      crash: () => one.stop(),
    };
  };

  return {
    run,
    problems,
    stop: async (): Promise<void> => {
      await Promise.all(started.map((one) => one.stop()));
      await Promise.all(logs.map((log) => log.close()));
    },
  };
};
