import { randomBytes } from "node:crypto";
import type { Player, Runner } from "../../events/simulation/instances.ts";
import { withAccess } from "../../services/chassis/access/access.ts";
import { type Environment, readConfig } from "../../services/chassis/process/config.ts";
import { logging } from "../../services/chassis/process/logging.ts";
import { metrics } from "../../services/chassis/process/metrics.ts";
import { openTls } from "../../services/chassis/process/tls/transport-security.ts";
import { type Foundation, runService, share } from "../../services/chassis/run.ts";
import type { AnyService } from "../../services/chassis/service.ts";
import type { realTime } from "./time.ts";

/** A service with settings of its own for this process. */
export type Member = Player<AnyService> & { readonly environment?: Environment };
/** A line of a process's log. */
export type Line = { readonly level: string; readonly msg: string; readonly [field: string]: unknown };

export type ProcessOptions = {
  readonly environment?: Environment;
  /** Milliseconds that a request waits for what is on its way. */
  readonly wait?: number;
  readonly limits?: Foundation["serving"]["limits"];
};
type Process = Awaited<ReturnType<typeof runService>> & {
  readonly shared: Awaited<ReturnType<typeof share>>;
  readonly settings: Environment;
};

export const random = (bytes: number): Uint8Array => new Uint8Array(randomBytes(bytes));
export const platformKey = (id = "k1") => `${id}:${randomBytes(32).toString("base64")}`;

/** Runs each instance of a service as a process of its own does, over HTTP. What it logs and prints comes into these lists. */
export const processes = (
  { clock }: ReturnType<typeof realTime>,
  { environment = {}, wait = 300, limits }: ProcessOptions,
  lines: Line[],
  printed: string[],
): Runner<Member, Process> => {
  const common = {
    ...{ KAFKA_BROKERS: "localhost:1", MONGODB_URL: "mongodb://localhost:1", PITRIX_PORT: "0", PITRIX_PARTITIONS: "2" },
    PITRIX_OPERATIONS_PORT: "0",
    PITRIX_SEALING_KEYS: platformKey(),
    ...environment,
  };
  const tables = new Map<string, AnyService>();
  const logger = (details: object) => logging("info", details, { write: (line) => void lines.push(JSON.parse(line)) });
  return async ({ service, outside, environment: own }, surroundings) => {
    const { ports, blobs } = surroundings;
    const settings = { ...common, ...own };
    const config = readConfig(settings, [{ name: service.name, place: 0, settings: service.settings ?? {} }]);
    const { log, store, documents, parking } = ports;
    const foundation: Foundation = {
      ...{ clock, random, logger, metrics },
      openStore: async () => ({ store, documents, parking, blobs, ping: async () => {}, close: async () => {} }),
      print: (line) => void printed.push(line),
      serving: { wait, grace: 0, ...(limits && { limits }) },
    };
    tables.set(service.name, withAccess(service));
    const shared = await share(config, log, openTls(config, { clock, logger: logger({}) }), logger({}), foundation, async () => [
      ...tables.values(),
    ]);
    const given = outside && { outside: async () => ({ open: async () => ({ outside: outside(surroundings) }) }) };
    const running = await runService(withAccess({ ...service, ...given }), shared);
    return {
      ...running,
      shared,
      settings,
      stop: async () => {
        await running.stop();
        await shared.stop();
        await log.close();
      },
    };
  };
};
