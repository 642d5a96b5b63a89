import { type AnyService, aggregateOf, type Log, type LogRecord } from "../../../events/index.ts";
import { type Audit, bucketOf } from "../../../events/runtime.ts";
import type { ServicesClient } from "../http/causation-query.ts";
import { auditOf, ownersOf } from "./audit.ts";
import { type ModelAudit, modelAudit } from "./audit-models.ts";
import { topicsFor, topicsOf } from "./events.ts";
import { CommandFailed } from "./failure.ts";
import type { Sample } from "./model-fold.ts";
import { rangesOf, readRecords } from "./reading.ts";

export type AuditOptions = {
  /** Only the log of this stream. */
  readonly stream?: string;
  /** Whether the services are left alone. */
  readonly logOnly?: boolean;
  /** The part of the streams, in percent. */
  readonly sample?: number;
};
export type Audited = Audit & { readonly read_models?: ModelAudit };
type Means = {
  readonly platform: ServicesClient;
  readonly log: Log;
  /** The services to audit, also those that do not run. */
  readonly loaded: readonly AnyService[];
  readonly signal: AbortSignal;
  readonly progress: (read: number, all: number) => void;
};

/** Records whose streams are folded in memory at a time. A longer log is read several times, each time for a part of its streams. */
const MOST = 400_000;

/** Audits the log, and the read models against it. Tells the services what was found, for their metrics. */
export const runAudit = async (means: Means, options: AuditOptions, most = MOST): Promise<Audited> => {
  const { stream, logOnly = false, sample } = options;
  const one = sample !== undefined || stream !== undefined || logOnly;
  const buckets = one ? bucketsFor(sample) : Math.max(1, Math.ceil((await recordsOn(means)) / most));
  const parts = one
    ? [{ buckets, bucket: Math.floor(Math.random() * buckets) }]
    : Array.from({ length: buckets }, (_, bucket) => ({ buckets, bucket }));
  const found: Audited[] = [];
  for (const part of parts) found.push(await (await auditing(means, options, part)).round());
  const all = found.reduce(merged);
  if (!logOnly) await report(means.platform, all, ownersOf(means.loaded));
  return all;
};

/** Rounds after which another part of the streams is looked at from its beginning. */
const ROUNDS = 6;

/**
 * Audits again and again at low cost. A first round reads the log for a part of the streams; the rounds after it read only what has come since, and
 * compare the documents of the part that changed. Then it is another part's turn.
 */
export const watchAudit = (
  means: Means,
  options: AuditOptions & { readonly sample: number },
  rounds = ROUNDS,
): (() => Promise<Audited>) => {
  const buckets = bucketsFor(options.sample);
  let bucket = Math.floor(Math.random() * buckets);
  let one: Awaited<ReturnType<typeof auditing>> | undefined;
  let done = 0;
  return async () => {
    if (!one || done === rounds) {
      bucket = (bucket + 1) % buckets;
      one = await auditing(means, options, { buckets, bucket });
      done = 0;
    } else one.goOn();
    done++;
    const found = await one.round();
    if (!options.logOnly) await report(means.platform, found, ownersOf(means.loaded));
    return found;
  };
};

const bucketsFor = (sample = 100): number => Math.max(1, Math.round(100 / sample));

const recordsOn = async ({ log, loaded }: Means): Promise<number> =>
  (await rangesOf(log, { topics: topicsOf(loaded).readable })).reduce((sum, { from, to }) => sum + to - from, 0);

/** The audit of a part of the streams. Each round reads what no earlier one has read. */
const auditing = async ({ platform, log, loaded, signal, progress }: Means, { stream, logOnly = false }: AuditOptions, part: Sample) => {
  const concerns = (one: string): boolean => (stream === undefined ? bucketOf(one, part.buckets) === part.bucket : one === stream);
  const records = await auditOf(logOnly ? undefined : platform, loaded, concerns);
  const models = logOnly || stream !== undefined ? undefined : await modelAudit({ platform, log, loaded, signal }, part);
  const { mine, readable } = topicsOf(loaded);
  const topics = topicsFor({ stream, among: logOnly || stream !== undefined ? [...mine] : readable });
  const ends = new Map<string, number>();
  const check = async (record: LogRecord): Promise<void> => {
    // Topics of other services are for the read models only.
    if (mine.has(record.topic)) await records.take(record);
    models?.take(record);
    ends.set(`${record.topic}/${record.partition}`, record.offset + 1);
  };
  return {
    round: async (): Promise<Audited> => {
      if (!(await readRecords(log, { topics, begin: ends }, signal, check, progress)))
        throw new CommandFailed("interrupted before the log was read");
      const audit = await records.finish();
      return models ? { ...audit, read_models: await models.finish() } : audit;
    },
    /** Forgets what was found. From now on the log of all streams is looked at, and the documents that change. */
    goOn: (): void => {
      records.goOn(stream === undefined ? () => true : concerns);
      models?.goOn();
    },
  };
};

/** Two audits in one. */
export const merged = (one: Audited, other: Audited): Audited => ({
  records: one.records + other.records,
  streams: one.streams + other.streams,
  repeats: one.repeats + other.repeats,
  findings: [...one.findings, ...other.findings],
  ...(one.read_models && other.read_models && { read_models: mergedModels(one.read_models, other.read_models) }),
});

const mergedModels = (one: ModelAudit, other: ModelAudit): ModelAudit => {
  const wrong: { [service: string]: number } = { ...one.wrong };
  for (const [service, count] of Object.entries(other.wrong)) wrong[service] = (wrong[service] ?? 0) + count;
  return { models: one.models, documents: one.documents + other.documents, wrong, findings: [...one.findings, ...other.findings] };
};

/** Tells the services what was found, for their metrics. */
const report = async (platform: ServicesClient, { findings, read_models }: Audited, owners: ReadonlyMap<string, string>): Promise<void> => {
  const running = new Set(await platform.services());
  const log = new Map<string, number>();
  for (const { stream } of findings) {
    const owner = owners.get(aggregateOf(stream)) ?? "";
    log.set(owner, (log.get(owner) ?? 0) + 1);
  }
  for (const service of running) {
    const counts = { log: log.get(service) ?? 0, documents: read_models?.wrong[service] ?? 0 };
    if (counts.log + counts.documents > 0) await platform.request(service, "/internal/audit/findings", counts);
  }
};
