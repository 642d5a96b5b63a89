import type { AnyBulkWriteOperation, Collection, Db } from "mongodb";
import { chunks } from "../chunks.ts";
import type { Documents, DocumentWrite, StoredDocument } from "../ports.ts";
import { isDuplicate } from "./duplicate.ts";
import { grouped } from "./grouped.ts";
import { type Counted, countOf, filterOf, sortOf } from "./query.ts";
import type { Ready } from "./ready.ts";

/** A read-model document: its fields, and beside them what the backbone needs to know, told apart by the underscore. */
type Model = { readonly _id: string; readonly _stream: string; readonly _version: number; readonly _deleted: boolean };
type Position = { readonly _id: string; readonly offset: number };
type Operation = AnyBulkWriteOperation<Model>;
type Writes = readonly { readonly id: string; readonly operation: Operation }[];

/** Writes in one round trip, and ids in one list. */
const batch = 2_000;
/** Reads and writes of one call that go together with those of other calls; more of them are worth a round trip of their own. */
const SMALL = 50;
const BOUNDS = { atOnce: 1, most: 100 };

/** The read models of one service, a collection each. */
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
  /** With what others read of the collection meanwhile. Whoever comes while a document is being read reads it anew. */
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
   * With what others write to the collection meanwhile; a write of them that was not as expected makes all look. Of several that write the same
   * document the later ones go alone, so that one of them is told that it was as expected.
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
      // Every query asks for what is not deleted, and sorts by a field and by the id: an index gives a page in its order, and counts.
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
        // To the server a limit of 0 is none.
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
    drop: async (collection) => {
      await (await models(collection)).drop();
    },
    position: async (subscription, topic, partition) =>
      (await (await positions()).findOne({ _id: positionId(subscription, topic, partition) }))?.offset,
    savePosition: (subscription, topic, partition, offset) => savePositions({ _id: positionId(subscription, topic, partition), offset }),
    forgetPositions: async (subscription) => {
      // "}" follows "|": every position of this subscription, and of no other.
      await (await positions()).deleteMany({ _id: { $gte: `${subscription}|`, $lt: `${subscription}}` } });
    },
  };
};

const positionId = (subscription: string, topic: string, partition: number): string => `${subscription}|${topic}|${partition}`;

const saving = ({ _id, offset }: Position): AnyBulkWriteOperation<Position> => ({
  updateOne: { filter: { _id }, update: { $set: { offset } }, upsert: true },
});

/** Those that write no document that one before them writes. */
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
  const strange = Object.keys(value).find((field) => /^[_$]|\./.test(field));
  if (strange !== undefined) throw new Error(`a read-model field must not be called ${strange}`);
  // In this order, since V8 takes microseconds to add fields to an object that it has spread.
  return { _id: id, _stream: stream, _version: version, _deleted: deleted, ...value };
};

const fromModel = ({ _id, _stream, _version, _deleted, ...value }: Model): StoredDocument => ({
  id: _id,
  stream: _stream,
  version: _version,
  deleted: _deleted,
  value,
});
