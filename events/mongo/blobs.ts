import { createHash } from "node:crypto";
import type { Db } from "mongodb";
import type { Blobs } from "../ports.ts";
import { isDuplicate } from "./duplicate.ts";
import { groupCommit } from "./group-commit.ts";
import { once, type Ready } from "./ready.ts";

type File = {
  readonly _id: string;
  readonly length: number;
  readonly chunkSize: number;
  readonly uploadDate: Date;
  readonly filename: string;
  /** The content of a file that fits into one chunk: one write instead of two. */
  readonly data?: Uint8Array;
};
type Chunk = { readonly _id: string; readonly files_id: string; readonly n: number; readonly data: Uint8Array };

const chunkSize = 255 * 1024;
/** Number of chunks in one round trip, about 4 MB. */
const batch = 16;

export const digestOf = (bytes: Uint8Array): string => `sha256:${createHash("sha256").update(bytes).digest("hex")}`;

/**
 * Blobs in GridFS; the id of a file is its digest. A small blob is stored in the file document itself. Chunk ids derive from the digest, so two
 * writers of the same bytes, or a second attempt after a crash, write the same chunks. The file document is written last and proves that all
 * chunks are stored.
 */
export const mongoBlobs = (database: Ready<Db>, now: () => number): Blobs => {
  const bucket = once(async () => {
    const files = (await database()).collection<File>("blobs.files");
    const chunks = (await database()).collection<Chunk>("blobs.chunks");
    await chunks.createIndexes([{ key: { files_id: 1, n: 1 }, name: "files_id_1_n_1", unique: true }]);
    return { files, chunks, insert: groupCommit(files) };
  });
  return {
    put: async (bytes) => {
      const digest = digestOf(bytes);
      const { files, chunks, insert } = await bucket();
      const file = { _id: digest, length: bytes.length, chunkSize, uploadDate: new Date(now()), filename: digest };
      if (bytes.length <= chunkSize) {
        await insert({ ...file, data: bytes });
        return digest;
      }
      if ((await files.findOne({ _id: digest }, { projection: { _id: 1 } })) !== null) return digest;
      for (let first = 0; first * chunkSize < bytes.length; first += batch) {
        const documents = slices(digest, bytes, first);
        const operations = documents.map((chunk) => ({ replaceOne: { filter: { _id: chunk._id }, replacement: chunk, upsert: true } }));
        await chunks.bulkWrite(operations, { ordered: false }).catch(ignoreDuplicates);
      }
      await insert(file);
      return digest;
    },
    get: async (digest) => {
      const { files, chunks } = await bucket();
      const file = await files.findOne({ _id: digest });
      if (file === null) return undefined;
      const parts: Uint8Array[] = file.data ? [file.data] : [];
      if (!file.data) for await (const { data } of chunks.find({ files_id: digest }).sort({ n: 1 })) parts.push(data);
      const bytes = new Uint8Array(Buffer.concat(parts));
      if (digestOf(bytes) !== digest) throw new Error(`the stored blob ${digest} is damaged`);
      return bytes;
    },
  };
};

const slices = (digest: string, bytes: Uint8Array, first: number): readonly Chunk[] => {
  const documents: Chunk[] = [];
  for (let n = first; n < first + batch && n * chunkSize < bytes.length; n++)
    documents.push({ _id: `${digest}/${n}`, files_id: digest, n, data: bytes.subarray(n * chunkSize, (n + 1) * chunkSize) });
  return documents;
};

/** A duplicate means that another writer stores the same bytes. */
const ignoreDuplicates = (error: unknown): void => {
  if (!isDuplicate(error)) throw error;
};
