import { createHash } from "node:crypto";
import type { Blobs } from "../ports.ts";
import type { MemoryDatabase } from "./database.ts";
import { type Fate, under } from "./fate.ts";

/** One instance's view of blobs in memory. */
export const memoryBlobs = (database: MemoryDatabase, fate: Fate): Blobs => ({
  put: (bytes) => {
    const digest = `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
    return under(fate, `blobs.put ${digest}`, () => {
      if (!database.blobs.has(digest)) database.blobs.set(digest, bytes.slice());
      return digest;
    });
  },
  get: (digest) => under(fate, `blobs.get ${digest}`, () => database.blobs.get(digest)?.slice()),
});
