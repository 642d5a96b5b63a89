import { createHash } from "node:crypto";
import { lruCache } from "../../events/runtime.ts";
import { type Caller, visible } from "../chassis/access/access.ts";
import type { Answer } from "./answer.ts";

export type StaleOptions = {
  readonly entries?: number;
  readonly bytes?: number;
  /** Milliseconds after which an answer is too old to be given again. */
  readonly age?: number;
};
type Stored = { readonly answer: Answer; readonly at: number; readonly size: number };

/** Statuses that replace an earlier answer: the caller got a newer one, or may not have it any more. */
const replacing = new Set([200, 401, 403, 404, 410]);
/** Bytes for the headers of an answer, and for the cache itself. */
const OVERHEAD = 1_024;

/** The last good answers to reads, by caller and question; the least recently used ones are evicted. */
export const lastAnswers = (now: () => number, { entries = 10_000, bytes = 64 * 1024 * 1024, age = 3_600_000 }: StaleOptions = {}) => {
  const stored = lruCache<Stored>(entries, { most: bytes, of: ({ size }) => size });
  return {
    /** Stores the answer to a read if it is good and small enough, in the place of an earlier one. */
    note: (key: string, answer: Answer): void => {
      const { status, headers, start, rest } = answer;
      if (replacing.has(status)) stored.delete(key);
      const size = start.byteLength + key.length + OVERHEAD;
      // `no-store` is for caches outside of the platform.
      const isStorable = headers["content-encoding"] === undefined;
      if (status === 200 && !rest && isStorable && size <= bytes) stored.set(key, { answer, at: now(), size });
    },
    /** The last good answer, with headers that say that it is stale. */
    find: (key: string): Answer | undefined => {
      const found = stored.get(key);
      if (!found) return undefined;
      const seconds = Math.max(0, Math.floor((now() - found.at) / 1_000));
      if (seconds * 1_000 > age) {
        stored.delete(key);
        return undefined;
      }
      const headers = { ...found.answer.headers, warning: '110 - "Response is Stale"', age: `${seconds}` };
      return { ...found.answer, headers };
    },
  };
};
export type LastAnswers = ReturnType<typeof lastAnswers>;

/** The key of a read: the same caller, seeing the same rows, asks the same question. */
export const readKey = (caller: Caller | undefined, path: string): string =>
  createHash("sha256")
    .update(JSON.stringify([caller?.userId, caller && visible(caller), path]))
    .digest("base64url");
