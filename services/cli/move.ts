import { join } from "node:path";
import { deadLetterTopic, type Log, type LogRecord, topicOf } from "../../events/index.ts";
import type { StoreCopy } from "../../events/mongo/index.ts";
import { keysTopicOf } from "../chassis/access/sealing.ts";
import { contract } from "../chassis/contract.ts";
import { CommandFailed, exitCodes } from "../chassis/operator/failure.ts";
import { rangesOf } from "../chassis/operator/reading.ts";
import type { AnyService } from "../chassis/service.ts";
import { readContainer, writeContainer } from "./container.ts";
import {
  batches,
  digestOfFile,
  type ExportedTopic,
  emptyDirectory,
  exportTopics,
  type Manifest,
  readManifest,
  recordsIn,
  recordsOfFile,
  writeManifest,
} from "./export-events.ts";
import { digestOfRecord, type ExportedRecord } from "./exported.ts";

/** The stores of services, by name. */
export type Stores = ReadonlyMap<string, StoreCopy>;
export type StoreFile = { readonly service: string; readonly file: string; readonly documents: number; readonly sha256: string };
export type MoveManifest = Manifest & { readonly stores: readonly StoreFile[] };
type Means = {
  readonly log: Log;
  readonly stores: Stores;
  readonly loaded: readonly AnyService[];
  readonly signal: AbortSignal;
  readonly report: (what: string) => void;
};

/** A document of a service's store. */
const itemSchema = {
  type: "record",
  name: "StoredDocument",
  namespace: "pitrix.export",
  fields: [
    { name: "collection", type: "string" },
    { name: "document", type: "bytes", doc: "BSON" },
  ],
};

/** Every topic of a platform but those of its instances. */
const topicsOf = (loaded: readonly AnyService[]): readonly ExportedTopic[] => [
  ...loaded.flatMap(({ aggregates }) => Object.keys(aggregates).map((aggregate) => ({ topic: topicOf(contract, aggregate), aggregate }))),
  ...loaded.map(({ name }) => ({ topic: deadLetterTopic(contract, name) })),
  ...["", ...loaded.map(({ name }) => name)].map((name) => ({ topic: keysTopicOf(name), compacted: true })),
];

/** Writes a platform that does not run into a directory: its topics, and the stores of its services. */
export const exportPlatform = async (
  means: Means,
  directory: string,
  about: { readonly at: string; readonly by: string },
): Promise<MoveManifest> => {
  const { stores, loaded, report } = means;
  emptyDirectory(directory);
  const files = await exportTopics(means, topicsOf(loaded), {}, directory);
  for (const { topic, compacted, records, partitions } of files) {
    const all = partitions.reduce((sum, [, to]) => sum + to, 0);
    if (!compacted && records !== all)
      throw new CommandFailed(`${topic} holds ${records} of its ${all} records: positions of services would not fit elsewhere`);
  }
  const stored: StoreFile[] = [];
  for (const [service, store] of stores) {
    report(`the store of ${service}`);
    const file = `store.${service}.avro`;
    let documents = 0;
    const items = async function* () {
      for await (const item of store.read()) {
        documents++;
        yield item;
      }
    };
    await writeContainer(join(directory, file), itemSchema, { "pitrix.service": service }, items());
    stored.push({ service, file, documents, sha256: await digestOfFile(join(directory, file)) });
  }
  const manifest: MoveManifest = { format: 1, ...about, files, stores: stored };
  writeManifest(directory, manifest);
  return manifest;
};

/** What an export of a platform holds, once its files are found to be whole and the place for it to be empty. */
export const planMove = async (
  { log, stores }: Pick<Means, "log" | "stores">,
  directory: string,
): Promise<{ readonly manifest: MoveManifest; readonly refusals: readonly string[] }> => {
  const manifest = await readManifest<MoveManifest>(directory, (found) => [...found.files, ...(found.stores ?? [])]);
  if (!Array.isArray(manifest.stores))
    throw new CommandFailed(`${directory} holds events only: use \`pitrix events import\``, exitCodes.usage);
  const refusals: string[] = [];
  const there = await rangesOf(log, { topics: manifest.files.map(({ topic }) => topic) });
  for (const { topic, partitions } of manifest.files) {
    const ranges = there.filter((each) => each.topic === topic);
    const records = ranges.reduce((sum, { to }) => sum + to, 0);
    if (records > 0) refusals.push(`${topic} has ${records} records already`);
    if (ranges.length > 0 && ranges.length !== partitions.length)
      refusals.push(`${topic} has ${ranges.length} partitions here, and ${partitions.length} in the export`);
  }
  for (const { service } of manifest.stores) {
    const documents = await stores.get(service)?.count();
    if (documents === undefined) refusals.push(`this build has no service ${service}`);
    else if (documents > 0) refusals.push(`the store of ${service} has ${documents} documents already`);
  }
  return { manifest, refusals };
};

/** Writes an export into an empty Kafka and empty stores, and reads the topics back. Stores come last: without them no service takes the log for its own. */
export const importPlatform = async ({ log, stores, signal, report }: Means, directory: string, manifest: MoveManifest): Promise<void> => {
  await log.ensureTopics(
    manifest.files.map(({ topic, partitions, compacted }) => ({ name: topic, partitions: partitions.length, compacted })),
  );
  for (const { topic, file } of manifest.files) {
    report(topic);
    const records = async function* () {
      for await (const { key, value, headers } of recordsOfFile(directory, file)) yield { topic, key, value, headers };
    };
    for await (const batch of batches(records())) await log.publish(batch);
  }
  const written = await rangesOf(log, { topics: manifest.files.map(({ topic }) => topic) });
  for (const { topic, file, compacted } of manifest.files)
    if (!compacted) {
      const own = written.filter((range) => range.topic === topic);
      await compare(recordsIn(log, own, signal), recordsOfFile(directory, file), topic);
    }
  for (const { service, file } of manifest.stores) {
    report(`the store of ${service}`);
    let collection = "";
    let waiting: Uint8Array[] = [];
    const store = stores.get(service);
    const flush = async (): Promise<void> => {
      if (waiting.length > 0) await store?.write(collection, waiting);
      waiting = [];
    };
    for await (const item of readContainer<{ readonly collection: string; readonly document: Uint8Array }>(
      join(directory, file),
      itemSchema,
    )) {
      if (item.collection !== collection || waiting.length === 200) await flush();
      collection = item.collection;
      waiting.push(item.document);
    }
    await flush();
  }
};

/** Positions of services name offsets, so every record must be where it was. */
const compare = async (written: AsyncGenerator<LogRecord>, exported: AsyncGenerator<ExportedRecord>, topic: string): Promise<void> => {
  for await (const wanted of exported) {
    const { value: found } = await written.next();
    const place = `${topic}/${wanted.partition}/${wanted.offset}`;
    if (
      !found ||
      found.partition !== wanted.partition ||
      found.offset !== wanted.offset ||
      digestOfRecord(found) !== digestOfRecord(wanted)
    )
      throw new CommandFailed(`${place} is not what was exported: delete the topics here, and import again`);
  }
  if (!(await written.next()).done)
    throw new CommandFailed(`${topic} has more records than were exported: does something else write there?`);
};
