import { createHash } from "node:crypto";
import { MongoClient } from "mongodb";

/** The same text for the same content, whatever the order of the fields. */
const canonical = (value: unknown): string =>
  JSON.stringify(value, (_, field: unknown) =>
    field !== null && typeof field === "object" && !Array.isArray(field)
      ? Object.fromEntries(Object.entries(field).sort(([a], [b]) => (a < b ? -1 : 1)))
      : field,
  );

/** Number and hash of documents, of the fields that the read model defines: what a contestant keeps for itself begins with `_`. */
export const contentHash = (documents: Iterable<{ readonly _id: string }>): string => {
  const lines: string[] = [];
  for (const { _id, ...fields } of documents) {
    const own = Object.fromEntries(Object.entries(fields).filter(([name]) => !name.startsWith("_")));
    lines.push(canonical({ ...own, _id }));
  }
  const hash = createHash("sha256");
  for (const line of lines.sort()) hash.update(line).update("\n");
  return `${lines.length} documents ${hash.digest("hex").slice(0, 16)}`;
};

/** The same of a collection. */
export const contentOf = async (url: string, database: string, collection: string): Promise<string> => {
  const client = new MongoClient(url);
  try {
    return contentHash(await client.db(database).collection<{ readonly _id: string }>(collection).find({}, { batchSize: 5_000 }).toArray());
  } finally {
    await client.close();
  }
};
