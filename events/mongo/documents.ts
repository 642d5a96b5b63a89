import { type AnyBulkWriteOperation, type Collection, type Db, MongoServerError } from "mongodb";
import { chunks } from "../chunks.ts";
import type { Documents, DocumentWrite, StoredDocument } from "../ports.ts";
import { counters } from "./counters.ts";
import { isDuplicate } from "./duplicate.ts";
import { grouped } from "./grouped.ts";
import { pointers } from "./pointers.ts";
import { type Counted, countOf, filterOf, sortOf } from "./query.ts";
import { type Position, readAgain } from "./read-again.ts";
import type { Ready } from "./ready.ts";

/** A read-model document: its own fields and the metadata of the backbone, whose names start with an underscore. */
type Model = { readonly _id: string; readonly _stream: string; readonly _version: number; readonly _deleted: boolean };
type Topic = { readonly _id: string; readonly id: string };
type Operation = AnyBulkWriteOperation<Model>;
type Sized = { readonly storageStats: { readonly count?: number; readonly storageSize?: number; readonly totalIndexSize?: number } };
type Writes = readonly { readonly id: string; readonly operation: Operation }[];

/** Number of writes, or of ids, in one round trip. */
const batch = 2_000;
/** Calls with at most this many ids or writes share a round trip with other calls; larger calls get their own. */
const SMALL = 50;
const BOUNDS = { atOnce: 1, most: 100 };

/** The read models of one service, one collection for each. */
export const mongoDocuments = (database: Ready<Db>): Documents => {
  const models = async (name: string): Promise<Collection<Model>> => (await database()).collection<Model>(name);
  const positions = async () => (await database()).collection<Position>("positions");
  const read = async (name: string, ids: readonly string[]): Promise<readonly StoredDocument[]> => {
    const found: StoredDocument[] = [];
    for (const some of chunks(ids, batch)) {
      const page = await (await models(name)).find({ _id: { $in: some } }).toArray();
      found.push(...page.map(fromModel));
    }
    return found;
  };
  const reading = new Map<string, (ids: readonly string[]) => Promise<readonly StoredDocument[]>>();
  /** Combines concurrent small reads of a collection. A call that starts while a read is under way joins the next one. */
  const readSmall = (name: string) => {
    const found =
      reading.get(name) ??
      grouped<readonly string[], readonly StoredDocument[]>(async (several) => {
        const documents = new Map((await read(name, [...new Set(several.flat())])).map((document) => [document.id, document]));
        return several.map((ids) => ({ result: [...new Set(ids)].flatMap((id) => documents.get(id) ?? []) }));
      }, BOUNDS);
    reading.set(name, found);
    return found;
  };
  const small = new Map<string, (writes: Writes) => Promise<boolean>>();
  /**
   * Combines concurrent small writes to a collection. If one write does not find its expected version, all combined calls return false. Of calls
   * that write the same document only the first is combined; the others run alone, so that each gets its own result.
   */
  const writeSmall = (name: string) => {
    const found =
      small.get(name) ??
      grouped<Writes, boolean>(async (several) => {
        const collection = await models(name);
        const together = new Set(disjoint(several));
        const result = await writeAll(collection, [...together].flat());
        const settled: { readonly result: boolean }[] = [];
        for (const writes of several) settled.push({ result: together.has(writes) ? result : await writeAll(collection, writes) });
        return settled;
      }, BOUNDS);
    small.set(name, found);
    return found;
  };
  const savePositions = grouped<Position, void>(async (several) => {
    await (await positions()).bulkWrite(several.map(saving), { ordered: false });
    return several.map(() => ({ result: undefined }));
  }, BOUNDS);
  return {
    ensure: async (collection, indexes) => {
      // Every query excludes deleted documents and sorts by a field and the id: the index returns a page in order, and counts.
      const specifications = indexes.map((field) => ({ key: { _deleted: 1, [field]: 1, _id: 1 }, name: `by ${field}` }) as const);
      if (specifications.length > 0) await (await models(collection)).createIndexes([...specifications]);
    },
    get: (collection, ids) => (ids.length <= SMALL ? readSmall(collection)(ids) : read(collection, ids)),
    write: async (collection, writes) => {
      const all = writes.map((write) => ({ id: write.document.id, operation: operation(write) }));
      return all.length <= SMALL ? writeSmall(collection)(all) : writeAll(await models(collection), all);
    },
    find: async (collection, query) => {
      const filter = filterOf(query);
      const model = await models(collection);
      const page = () => model.find(filter).sort(sortOf(query)).skip(query.offset).limit(query.limit).toArray();
      const [total, documents] = await Promise.all([
        model.countDocuments(filter),
        // The server takes a limit of 0 as no limit.
        query.limit > 0 ? page() : [],
      ]);
      return { total, documents: documents.map(fromModel) };
    },
    count: async (collection, query) => {
      const [found] = await (await models(collection)).aggregate<Counted>(countOf(query)).toArray();
      const [all] = found?.all ?? [];
      const counts = (found?.counts ?? []).slice(0, Math.max(0, query.limit));
      return { total: all?.total ?? 0, values: all?.values ?? 0, counts: counts.map(({ _id, count }) => ({ value: _id, count })) };
    },
    scan: async (collection, after, limit) => {
      if (limit <= 0) return [];
      const page = (await models(collection)).find(after === undefined ? {} : { _id: { $gt: after } });
      return (await page.sort({ _id: 1 }).limit(limit).toArray()).map(fromModel);
    },
    size: async (collection) => {
      const stages = [{ $collStats: { storageStats: {} } }];
      try {
        const [found] = await (await models(collection)).aggregate<Sized>(stages).toArray();
        const { count = 0, storageSize = 0, totalIndexSize = 0 } = found?.storageStats ?? {};
        return { documents: count, bytes: storageSize + totalIndexSize };
      } catch (error) {
        if (isAbsent(error)) return { documents: 0, bytes: 0 };
        throw error;
      }
    },
    drop: async (collection) => {
      await (await models(collection)).drop();
    },
    add: counters(database),
    position: async (subscription, topic, partition) =>
      (await (await positions()).findOne({ _id: positionId(subscription, topic, partition) }))?.offset,
    savePosition: (subscription, topic, partition, offset) => savePositions({ _id: positionId(subscription, topic, partition), offset }),
    beginPosition: async (subscription, topic, partition, offset) => {
      const _id = positionId(subscription, topic, partition);
      // Of two instances that begin at the same time, one inserts.
      await (await positions()).updateOne({ _id }, { $setOnInsert: { offset } }, { upsert: true }).catch(unlessDuplicate);
    },
    readsTopic: async (topic, id) => {
      const known = (await database()).collection<Topic>("topicIds");
      const before = await known.findOne({ _id: topic });
      if (before?.id === id) return 0;
      const begun = before ? await readAgain(await positions(), topic) : 0;
      // Written last: after a crash before it, the next start repeats the step.
      await known.updateOne({ _id: topic }, { $set: { id } }, { upsert: true }).catch(unlessDuplicate);
      return begun;
    },
    forgetPositions: async (subscription) => {
      // "}" is the character after "|": the range holds exactly the positions of this subscription.
      await (await positions()).deleteMany({ _id: { $gte: `${subscription}|`, $lt: `${subscription}}` } });
    },
    ...pointers(database),
  };
};

/** The server has no statistics of a collection that does not exist (NamespaceNotFound). */
const isAbsent = (error: unknown): boolean => error instanceof MongoServerError && error.code === 26;

const unlessDuplicate = (error: unknown): void => {
  if (!isDuplicate(error)) throw error;
};

const positionId = (subscription: string, topic: string, partition: number): string => `${subscription}|${topic}|${partition}`;

const saving = ({ _id, offset }: Position): AnyBulkWriteOperation<Position> => ({
  updateOne: { filter: { _id }, update: { $set: { offset } }, upsert: true },
});

/** The calls that write no document of an earlier call. */
const disjoint = (several: readonly Writes[]): readonly Writes[] => {
  const known = new Set<string>();
  return several.filter((writes) => {
    if (writes.some(({ id }) => known.has(id))) return false;
    for (const { id } of writes) known.add(id);
    return true;
  });
};

const writeAll = async (models: Collection<Model>, writes: Writes): Promise<boolean> => {
  let areWritten = true;
  for (const some of chunks(writes, batch)) {
    const operations = some.map((each) => each.operation);
    areWritten = (await compareAndSet(models, operations)) && areWritten;
  }
  return areWritten;
};

const compareAndSet = async (models: Collection<Model>, operations: readonly Operation[]): Promise<boolean> => {
  try {
    const { insertedCount, matchedCount } = await models.bulkWrite(operations, { ordered: false });
    return insertedCount + matchedCount === operations.length;
  } catch (error) {
    if (isDuplicate(error)) return false;
    throw error;
  }
};

const operation = ({ document, expected }: DocumentWrite): Operation =>
  expected === 0
    ? { insertOne: { document: toModel(document) } }
    : { replaceOne: { filter: { _id: document.id, _version: expected }, replacement: toModel(document) } };

const toModel = ({ id, stream, version, deleted, value }: StoredDocument): Model => {
  const invalid = Object.keys(value).find((field) => /^[_$]|\./.test(field));
  if (invalid !== undefined) throw new Error(`a read-model field must not be called ${invalid}`);
  // The spread comes last: V8 takes microseconds to add fields to a spread object.
  return { _id: id, _stream: stream, _version: version, _deleted: deleted, ...value };
};

const fromModel = ({ _id, _stream, _version, _deleted, ...value }: Model): StoredDocument => ({
  id: _id,
  stream: _stream,
  version: _version,
  deleted: _deleted,
  value,
});
