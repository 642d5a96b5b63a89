import type { DocumentFilter, Documents, DocumentWrite, StoredDocument } from "../ports.ts";
import { copy } from "./copy.ts";
import type { MemoryDatabase } from "./database.ts";
import { type Fate, under } from "./fate.ts";
import { countsOf, matches, ordering } from "./query.ts";

/** One instance's view of read models in memory. */
export const memoryDocuments = (database: MemoryDatabase, fate: Fate): Documents => {
  const model = (name: string): Map<string, StoredDocument> => {
    const found = database.models.get(name) ?? new Map<string, StoredDocument>();
    database.models.set(name, found);
    return found;
  };
  const existing = (collection: string, filter: DocumentFilter): StoredDocument[] => {
    const matching = matches(filter);
    return [...model(collection).values()].filter(({ deleted, value }) => !deleted && matching(value));
  };
  return {
    ensure: (collection) =>
      under(fate, `documents.ensure ${collection}`, () => {
        model(collection);
      }),
    get: (collection, ids) =>
      under(fate, `documents.get ${collection} ${ids.join(" ")}`, () => {
        const documents = model(collection);
        return [...new Set(ids)].flatMap((id) => {
          const found = documents.get(id);
          return found === undefined ? [] : [copy(found)];
        });
      }),
    write: (collection, writes) =>
      under(fate, `documents.write ${collection} ${writes.map(({ document }) => `${document.id}@${document.version}`).join(" ")}`, () => {
        const documents = model(collection);
        for (const { document } of writes) checkFields(document);
        return writes.map((write) => compareAndSet(documents, write)).every((isWritten) => isWritten);
      }),
    find: (collection, query) =>
      under(fate, `documents.find ${collection}`, () => {
        const found = existing(collection, query);
        const page = found.sort(ordering(query)).slice(query.offset, query.offset + Math.max(0, query.limit));
        return { total: found.length, documents: page.map(copy) };
      }),
    count: (collection, query) => under(fate, `documents.count ${collection}`, () => countsOf(existing(collection, query), query)),
    scan: (collection, after, limit) =>
      under(fate, `documents.scan ${collection}`, () =>
        [...model(collection).values()]
          .filter(({ id }) => after === undefined || id > after)
          .sort((left, right) => (left.id < right.id ? -1 : 1))
          .slice(0, Math.max(0, limit))
          .map(copy),
      ),
    size: (collection) =>
      under(fate, `documents.size ${collection}`, () => {
        const all = [...model(collection).values()];
        return { documents: all.length, bytes: all.reduce((sum, document) => sum + JSON.stringify(document).length, 0) };
      }),
    drop: (collection) =>
      under(fate, `documents.drop ${collection}`, () => {
        database.models.delete(collection);
      }),
    add: (counter, amount, now, milliseconds) =>
      under(fate, `documents.add ${counter}`, () => {
        for (const [name, { until }] of database.counters) if (until <= now) database.counters.delete(name);
        const { count, until } = database.counters.get(counter) ?? { count: 0, until: now + milliseconds };
        const counted = { count: Math.max(0, count + amount), until };
        if (amount !== 0) database.counters.set(counter, counted);
        return counted;
      }),
    position: (subscription, topic, partition) =>
      under(fate, `documents.position ${subscription} ${topic}/${partition}`, () =>
        database.positions.get(`${subscription}|${topic}|${partition}`),
      ),
    savePosition: (subscription, topic, partition, offset) =>
      under(fate, `documents.savePosition ${subscription} ${topic}/${partition}=${offset}`, () => {
        database.positions.set(`${subscription}|${topic}|${partition}`, offset);
      }),
    beginPosition: (subscription, topic, partition, offset) =>
      under(fate, `documents.beginPosition ${subscription} ${topic}/${partition}=${offset}`, () => {
        const id = `${subscription}|${topic}|${partition}`;
        if (!database.positions.has(id)) database.positions.set(id, offset);
      }),
    readsTopic: (topic, id) =>
      under(fate, `documents.readsTopic ${topic}`, () => {
        const before = database.topics.get(topic);
        database.topics.set(topic, id);
        if (before === undefined || before === id) return 0;
        const own = [...database.positions.keys()].filter((each) => each.split("|")[1] === topic);
        // Not removed: reactions without a position would begin at the end.
        for (const each of own) database.positions.set(each, 0);
        return own.length;
      }),
    forgetPositions: (subscription) =>
      under(fate, `documents.forgetPositions ${subscription}`, () => {
        for (const id of [...database.positions.keys()]) if (id.startsWith(`${subscription}|`)) database.positions.delete(id);
      }),
    pointers: () => under(fate, "documents.pointers", () => [...database.pointers.values()].map(copy)),
    movePointer: (pointer) =>
      under(fate, `documents.movePointer ${pointer.model} ${pointer.generation}`, () => {
        if ((database.pointers.get(pointer.model)?.generation ?? 0) !== pointer.generation - 1) return false;
        database.pointers.set(pointer.model, copy(pointer));
        return true;
      }),
    readers: () => under(fate, "documents.readers", () => [...database.readers.values()].map(copy)),
    announce: (reader) =>
      under(fate, `documents.announce ${reader.instance}`, () => {
        database.readers.set(reader.instance, copy(reader));
      }),
    withdraw: (instance) =>
      under(fate, `documents.withdraw ${instance}`, () => {
        database.readers.delete(instance);
      }),
  };
};

const checkFields = ({ value }: StoredDocument): void => {
  const invalid = Object.keys(value).find((field) => /^[_$]|\./.test(field));
  if (invalid !== undefined) throw new Error(`a read-model field must not be called ${invalid}`);
};

const compareAndSet = (documents: Map<string, StoredDocument>, { document, expected }: DocumentWrite): boolean => {
  if ((documents.get(document.id)?.version ?? 0) !== expected) return false;
  documents.set(document.id, copy(document));
  return true;
};
