import type { Caller } from "../chassis/access/access.ts";
import type { Answer } from "./answer.ts";

export type StaleOptions = {
  readonly entries?: number;
  readonly bytes?: number;
  /** Milliseconds after which an answer is too old to be given again. */
  readonly age?: number;
};
type Kept = { readonly answer: Answer; readonly at: number };

/** The last good answers to reads, by who read and what; the least recently used go first. */
export const lastAnswers = (now: () => number, { entries = 10_000, bytes = 64 * 1024 * 1024, age = 3_600_000 }: StaleOptions = {}) => {
  const kept = new Map<string, Kept>();
  let held = 0;

  const remove = (key: string): void => {
    const found = kept.get(key);
    if (!found) return;
    kept.delete(key);
    held -= sizeOf(key, found.answer);
  };
  return {
    /** What a read came to: a good answer is kept, and what says that the caller may have it no more ends an older one. */
    note: (key: string, answer: Answer): void => {
      const { status, headers, rest } = answer;
      if (status === 200 || [401, 403, 404, 410].includes(status)) remove(key);
      const storable = headers["content-encoding"] === undefined && !/no-store/i.test(headers["cache-control"] ?? "");
      if (status !== 200 || rest || !storable || sizeOf(key, answer) > bytes) return;
      kept.set(key, { answer, at: now() });
      held += sizeOf(key, answer);
      for (const oldest of kept.keys()) {
        if (held <= bytes && kept.size <= entries) return;
        remove(oldest);
      }
    },
    /** The last good answer, marked as what it is. */
    find: (key: string): Answer | undefined => {
      const found = kept.get(key);
      if (!found) return undefined;
      const seconds = Math.max(0, Math.floor((now() - found.at) / 1_000));
      if (seconds * 1_000 > age) {
        remove(key);
        return undefined;
      }
      kept.delete(key);
      kept.set(key, found);
      const headers = { ...found.answer.headers, warning: '110 - "Response is Stale"', age: `${seconds}` };
      return { ...found.answer, headers };
    },
    size: () => ({ entries: kept.size, bytes: held }),
  };
};
export type LastAnswers = ReturnType<typeof lastAnswers>;

/** The same caller, seeing the same rows, asking the same. */
export const readKey = (caller: Caller | undefined, path: string): string =>
  JSON.stringify([caller?.userId, caller?.level, caller?.groupPath, caller?.ownerPath, path]);

/** Headers and book-keeping weigh something too. */
const sizeOf = (key: string, { start }: Answer): number => start.byteLength + key.length + 1_024;
