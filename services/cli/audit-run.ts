import { aggregateOf, type Log, type LogRecord } from "../../events/index.ts";
import { type Audit, bucketOf } from "../../events/runtime.ts";
import type { AnyService } from "../chassis/service.ts";
import { auditOf, ownersOf } from "./audit.ts";
import { type ModelAudit, modelAudit } from "./audit-models.ts";
import { askOne, type Platform } from "./connection.ts";
import { topicsFor } from "./events.ts";
import { CommandFailed } from "./failure.ts";
import { readRecords } from "./reading.ts";

export type AuditOptions = {
  /** Only the log of this stream. */
  readonly stream?: string;
  /** Whether the services are left alone. */
  readonly logOnly?: boolean;
  /** The part of the streams, in percent. */
  readonly sample?: number;
};
export type Audited = Audit & { readonly readModels?: ModelAudit };
type Means = {
  readonly platform: Platform;
  readonly log: Log;
  /** All services, also those that do not run. */
  readonly loaded: readonly AnyService[];
  readonly signal: AbortSignal;
  readonly progress: (read: number, all: number) => void;
};

/** Audits the log, and the read models against it, in one reading. Tells the services what was found, for their metrics. */
export const runAudit = async (
  { platform, log, loaded, signal, progress }: Means,
  { stream, logOnly = false, sample = 100 }: AuditOptions,
): Promise<Audited> => {
  const buckets = Math.max(1, Math.round(100 / sample));
  const part = { buckets, bucket: Math.floor(Math.random() * buckets) };
  const concerns = (one: string): boolean => (stream === undefined ? bucketOf(one, buckets) === part.bucket : one === stream);
  const { take, finish } = await auditOf(logOnly ? undefined : platform, loaded, concerns);
  const models = logOnly || stream !== undefined ? undefined : await modelAudit({ platform, log, loaded, signal }, part);
  const check = async (record: LogRecord): Promise<void> => {
    await take(record);
    models?.take(record);
  };
  if (!(await readRecords(log, { topics: topicsFor({ stream }) }, signal, check, progress)))
    throw new CommandFailed("interrupted before the log was read");
  const audit = await finish();
  const found: Audited = models ? { ...audit, readModels: await models.finish() } : audit;
  if (!logOnly) await report(platform, found, ownersOf(loaded));
  return found;
};

/** Tells the services what was found, for their metrics. */
const report = async (platform: Platform, { findings, readModels }: Audited, owners: ReadonlyMap<string, string>): Promise<void> => {
  const running = new Set((await platform.instances()).map(({ service }) => service));
  const log = new Map<string, number>();
  for (const { stream } of findings) {
    const owner = owners.get(aggregateOf(stream)) ?? "";
    log.set(owner, (log.get(owner) ?? 0) + 1);
  }
  for (const service of running) {
    const counts = { log: log.get(service) ?? 0, documents: readModels?.wrong[service] ?? 0 };
    if (counts.log + counts.documents > 0) await askOne(platform, service, "/internal/audit/findings", counts);
  }
};
