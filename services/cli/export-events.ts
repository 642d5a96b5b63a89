import { createHash } from "node:crypto";
import { createReadStream, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Log, LogBatch, LogRange, LogRecord, OutgoingRecord } from "../../events/index.ts";
import { bucketOf, codec, nameOf } from "../../events/runtime.ts";
import { schemas } from "../../schemas/generated/schemas.ts";
import { CommandFailed, exitCodes } from "../chassis/operator/failure.ts";
import { type LogPart, rangesOf } from "../chassis/operator/reading.ts";
import { readContainer, writeContainer } from "./container.ts";
import { digestOfRecord, type ExportedRecord, eventRecordSchema, exported, exporter, recordSchema } from "./exported.ts";

/** A topic to export. Without an aggregate its records are not decoded. */
export type ExportedTopic = {
  readonly topic: string;
  readonly aggregate?: string;
  /** Only the newest record of a key counts. */
  readonly compacted?: boolean;
};
/** A file of an export. */
export type ExportFile = {
  readonly file: string;
  readonly topic: string;
  readonly compacted: boolean;
  readonly records: number;
  /** The offsets of each partition, by its number: the first one, and the one after the last. */
  readonly partitions: readonly (readonly [number, number])[];
  readonly sha256: string;
};
export type Manifest = { readonly format: 1; readonly at: string; readonly by: string; readonly files: readonly ExportFile[] };

const released = codec(schemas);
const MANIFEST = "manifest.json";
/** Records of one publication. */
const BATCH = 500;

/** The records of some ranges, one range after the other. */
export async function* recordsIn(log: Log, ranges: readonly LogRange[], signal: AbortSignal): AsyncGenerator<LogRecord> {
  for (const range of ranges) {
    if (range.from >= range.to) continue;
    const stop = new AbortController();
    let waiting: { readonly batch: LogBatch; readonly done: () => void } | undefined;
    let wake = (): void => {};
    let ended: { readonly error?: unknown } | undefined;
    const handle = (batch: LogBatch): Promise<number> =>
      new Promise((resolve) => {
        waiting = { batch, done: () => resolve(batch.next) };
        wake();
      });
    const reading = log
      .read([range], handle, AbortSignal.any([signal, stop.signal]))
      .then(
        () => {
          ended = {};
        },
        (error: unknown) => {
          ended = { error };
        },
      )
      .finally(() => wake());
    try {
      for (;;) {
        const given = waiting;
        if (given) {
          waiting = undefined;
          yield* given.batch.records;
          given.done();
        } else if (ended) break;
        else
          await new Promise<void>((resolve) => {
            wake = resolve;
            if (waiting || ended) resolve();
          });
      }
      if (ended?.error !== undefined) throw ended.error;
    } finally {
      stop.abort(new Error("no more records are wanted"));
      waiting?.done();
      await reading;
    }
  }
}

/** Refuses a directory that holds something already. */
export const emptyDirectory = (directory: string): void => {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  if (readdirSync(directory).length > 0) throw new CommandFailed(`${directory} is not empty: name another directory`, exitCodes.usage);
};

/** Writes topics into files of a directory. Topics that do not exist are left out. */
export const exportTopics = async (
  means: { readonly log: Log; readonly signal: AbortSignal; readonly report: (topic: string) => void },
  topics: readonly ExportedTopic[],
  part: Pick<LogPart, "begin">,
  directory: string,
): Promise<readonly ExportFile[]> => {
  const ranges = await rangesOf(means.log, { topics: topics.map(({ topic }) => topic), ...part });
  const files: ExportFile[] = [];
  for (const each of topics) {
    const own = ranges.filter(({ topic }) => topic === each.topic);
    means.report(each.topic);
    if (own.length > 0) files.push(await exportTopic(means, each, own, directory));
  }
  return files;
};

const exportTopic = async (
  { log, signal }: { readonly log: Log; readonly signal: AbortSignal },
  { topic, aggregate, compacted = false }: ExportedTopic,
  ranges: readonly LogRange[],
  directory: string,
): Promise<ExportFile> => {
  const newest = new Map<string, string>();
  const placeOf = (record: LogRecord): string => `${nameOf(record)}/${record.offset}`;
  // What was destroyed, such as the key of a secret, may still be on the log before its tombstone: it is left out.
  if (compacted) for await (const record of recordsIn(log, ranges, signal)) newest.set(record.key, placeOf(record));
  const exporting = aggregate === undefined ? exported : exporter(aggregate, topic, schemas, released);
  let records = 0;
  async function* wanted(): AsyncGenerator<object> {
    for await (const record of recordsIn(log, ranges, signal)) {
      if (compacted && newest.get(record.key) !== placeOf(record)) continue;
      records++;
      yield exporting(record);
    }
  }
  const file = `${topic}.avro`;
  const schema = aggregate === undefined ? recordSchema : eventRecordSchema(aggregate, schemas);
  await writeContainer(join(directory, file), schema, { "pitrix.topic": topic }, wanted());
  const partitions = ranges.map(({ from, to }) => [from, to] as const);
  return { file, topic, compacted, records, partitions, sha256: await digestOfFile(join(directory, file)) };
};

export const digestOfFile = async (path: string): Promise<string> => {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path)) hash.update(chunk);
  return hash.digest("hex");
};

export const writeManifest = (directory: string, manifest: object): void =>
  writeFileSync(join(directory, MANIFEST), `${JSON.stringify(manifest, null, 2)}\n`, { flag: "wx", mode: 0o600 });

/** Reads what an export says of itself, and makes sure that its files are those that were written. */
export const readManifest = async <M extends Manifest>(
  directory: string,
  filesOf: (manifest: M) => readonly { readonly file: string; readonly sha256: string }[],
): Promise<M> => {
  const manifest = manifestIn<M>(directory);
  for (const { file, sha256 } of filesOf(manifest)) {
    if (!/^[\w.-]+$/.test(file) || !statSync(join(directory, file), { throwIfNoEntry: false })?.isFile())
      throw new CommandFailed(`${directory} has no file ${file}: the export is not whole`);
    if ((await digestOfFile(join(directory, file))) !== sha256)
      throw new CommandFailed(`${file} is not what was exported: its digest differs from the one in ${MANIFEST}`);
  }
  return manifest;
};

const manifestIn = <M extends Manifest>(directory: string): M => {
  try {
    const manifest: M = JSON.parse(readFileSync(join(directory, MANIFEST), "utf8"));
    if (manifest.format === 1 && Array.isArray(manifest.files)) return manifest;
  } catch (error) {
    throw new CommandFailed(`${directory} is not an export: ${error instanceof Error ? error.message : String(error)}`, exitCodes.usage);
  }
  throw new CommandFailed(`${directory} has a ${MANIFEST} that this build cannot read`, exitCodes.usage);
};

export const recordsOfFile = (directory: string, file: string): AsyncGenerator<ExportedRecord> =>
  readContainer<ExportedRecord>(join(directory, file), recordSchema);

/** What an import would do with a topic. */
export type ImportPlan = {
  readonly topic: string;
  readonly file: string;
  readonly partitions: number;
  /** Records of the export, and those of them that the topic has already. */
  readonly records: number;
  readonly there: number;
  /** Why it cannot be imported; empty: it can. */
  readonly refusals: readonly string[];
};

const versionIn = ({ headers }: Pick<OutgoingRecord, "headers">): number => Number(headers.ce_sequence ?? 0);
/** Findings of one topic that are told. */
const TOLD = 20;
const KEPT = 10_000;

/** Versions whose digests are held in memory at a time: of a longer topic, export and topic are read several times, each time for a part of the streams. */
const MOST = 400_000;

/**
 * Compares an export with a topic, version by version. What the topic has already, byte for byte, is left out. A version with other bytes, or one
 * whose predecessor is missing, refuses the import.
 */
export const planImport = async (
  log: Log,
  directory: string,
  { file, topic, partitions, records: exported }: ExportFile,
  signal: AbortSignal,
  most = MOST,
): Promise<ImportPlan> => {
  const ranges = await rangesOf(log, { topics: [topic] });
  const refusals: string[] = [];
  if (ranges.length > 0 && ranges.length !== partitions.length)
    refusals.push(`${topic} has ${ranges.length} partitions here, and ${partitions.length} in the export`);
  const held = exported + ranges.reduce((sum, { from, to }) => sum + to - from, 0);
  const buckets = Math.max(1, Math.ceil(held / most));
  let [records, there] = [0, 0];
  for (let bucket = 0; bucket < buckets; bucket++) {
    const known = new Map<string, string>();
    const last = new Map<string, number>();
    const isOfPart = ({ key }: Pick<OutgoingRecord, "key">): boolean => bucketOf(key, buckets) === bucket;
    const note = (record: Pick<OutgoingRecord, "key" | "value" | "headers">): void => {
      known.set(`${record.key}@${versionIn(record)}`, digestOfRecord(record));
      last.set(record.key, Math.max(last.get(record.key) ?? 0, versionIn(record)));
    };
    for await (const record of recordsIn(log, ranges, signal)) if (isOfPart(record)) note(record);
    for await (const record of recordsOfFile(directory, file)) {
      if (!isOfPart(record)) continue;
      records++;
      const id = `${record.key}@${versionIn(record)}`;
      const before = known.get(id);
      if (before === undefined && versionIn(record) !== (last.get(record.key) ?? 0) + 1)
        refusals.push(`${id} would follow version ${last.get(record.key) ?? 0}: versions between them are missing`);
      else if (before === undefined) note(record);
      else if (before === digestOfRecord(record)) there++;
      else refusals.push(`${id} is on ${topic} already, with other bytes`);
      if (refusals.length > KEPT) refusals.length = KEPT;
    }
  }
  const more = refusals.length > TOLD ? [`… and ${refusals.length === KEPT ? "many" : refusals.length - TOLD} more of ${topic}`] : [];
  return { topic, file, partitions: partitions.length, records, there, refusals: [...refusals.slice(0, TOLD), ...more] };
};

/** Appends what the topic does not have yet: the later versions of its streams, since a plan that is not refused has no gap. Returns the number of records. */
export const importTopic = async (log: Log, directory: string, plan: ImportPlan, signal: AbortSignal): Promise<number> => {
  const { topic, file, partitions } = plan;
  await log.ensureTopics([{ name: topic, partitions, compacted: false }]);
  const last = new Map<string, number>();
  for await (const record of recordsIn(log, await rangesOf(log, { topics: [topic] }), signal))
    last.set(record.key, Math.max(last.get(record.key) ?? 0, versionIn(record)));
  let written = 0;
  const missing = async function* (): AsyncGenerator<OutgoingRecord> {
    for await (const { key, value, headers } of recordsOfFile(directory, file)) {
      const version = versionIn({ headers });
      if (version <= (last.get(key) ?? 0)) continue;
      last.set(key, version);
      yield { topic, key, value, headers };
    }
  };
  for await (const batch of batches(missing())) {
    await log.publish(batch);
    written += batch.length;
  }
  return written;
};

export async function* batches<T>(values: AsyncIterable<T>): AsyncGenerator<readonly T[]> {
  let batch: T[] = [];
  for await (const value of values) {
    batch.push(value);
    if (batch.length < BATCH) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
