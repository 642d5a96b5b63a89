import type { AnyBulkWriteOperation, Collection, Db } from "mongodb";
import { chunks } from "../chunks.ts";
import type { Documents, DocumentWrite, StoredDocument } from "../ports.ts";
import { isDuplicate } from "./duplicate.ts";
import { grouped } from "./grouped.ts";
import { filterOf, sortOf } from "./query.ts";
import type { Ready } from "./ready.ts";

/** A read-model document: its fields, and beside them what the backbone needs to know, told apart by the underscore. */
type Model = { readonly _id: string; readonly _stream: string; readonly _version: number; readonly _deleted: boolean };
type Position = { readonly _id: string; readonly offset: number };
type Operation = AnyBulkWriteOperation<Model>;

/** Writes in one round trip, and ids in one list. */
const batch = 500;
/** Writes of one call that go together with those of other calls; more of them are worth a round trip of their own. */
const SMALL = 50;
const BOUNDS = { atOnce: 1, most: 100 };

/** The read models of one service, a collection each. */
export const mongoDocuments = (database: Ready<Db>): Documents => {
  const models = async (name: string): Promise<Collection<Model>> => (await database()).collection<Model>(name);
  const positions = async () => (await database()).collection<Position>("positions");
  const small = new Map<string, (operations: readonly Operation[]) => Promise<boolean>>();
  /** With what others write to the collection meanwhile; a write of them that was not as expected makes all look. */
  const writeSmall = (name: string) => {
    const found =
      small.get(name) ??
      grouped<readonly Operation[], boolean>(async (several) => {
        const result = await writeAll(await models(name), several.flat());
        return several.map(() => ({ result }));
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
      const specifications = indexes.map((field) => ({ key: { [field]: 1 }, name: field }));
      await (await models(collection)).createIndexes([{ key: { _stream: 1 }, name: "_stream" }, ...specifications]);
    },
    get: async (collection, ids) => {
      const found: StoredDocument[] = [];
      for (const some of chunks(ids, batch)) {
        const page = await (await models(collection)).find({ _id: { $in: some } }).toArray();
        found.push(...page.map(fromModel));
      }
      return found;
    },
    write: async (collection, writes) => {
      const operations = writes.map(operation);
      return operations.length <= SMALL ? writeSmall(collection)(operations) : writeAll(await models(collection), operations);
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
    position: async (subscription, topic, partition) =>
      (await (await positions()).findOne({ _id: positionId(subscription, topic, partition) }))?.offset,
    savePosition: (subscription, topic, partition, offset) => savePositions({ _id: positionId(subscription, topic, partition), offset }),
  };
};

const positionId = (subscription: string, topic: string, partition: number): string => `${subscription}|${topic}|${partition}`;

const saving = ({ _id, offset }: Position): AnyBulkWriteOperation<Position> => ({
  updateOne: { filter: { _id }, update: { $set: { offset } }, upsert: true },
});

const writeAll = async (models: Collection<Model>, operations: readonly Operation[]): Promise<boolean> => {
  let areWritten = true;
  for (const some of chunks(operations, batch)) areWritten = (await compareAndSet(models, some)) && areWritten;
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
