import { existsSync, mkdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { EmbeddedError } from "./failure.ts";
import { readJson } from "./files.ts";
import { identify, isAlive, toIdentity } from "./identity.ts";
import { waitFor } from "./waiting.ts";

const unreadableIsStaleAfter = 10_000;

const take = (path: string): true | undefined => {
  try {
    writeFileSync(path, JSON.stringify(identify(process.pid)), { flag: "wx" });
    return true;
  } catch (failure) {
    if (failure instanceof Error && "code" in failure && failure.code === "EEXIST") return undefined;
    throw failure;
  }
};

const isStale = (path: string): boolean => {
  const holder = toIdentity(readJson(path));
  if (holder) return !isAlive(holder);
  const age = Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
  return age > unreadableIsStaleAfter;
};

/** Takes a lock file if nobody who lives holds it, for as long as this process lives. True if it is taken. */
export const tryLock = (path: string): boolean => {
  mkdirSync(dirname(path), { recursive: true });
  if (existsSync(path) && isStale(path)) rmSync(path, { force: true });
  return take(path) === true;
};

/**
 * Runs the work while holding a lock file; takes over the lock of a dead process.
 * The lock only avoids duplicate work: taking over is not atomic, so two holders at once must be harmless.
 */
export const withLock = async <T>(path: string, limit: number, work: () => Promise<T>, waiting?: () => void): Promise<T> => {
  let reported = false;
  const taken = await waitFor(
    () => {
      const mine = tryLock(path);
      if (!mine && !reported) {
        reported = true;
        waiting?.();
      }
      return mine || undefined;
    },
    limit,
    100,
  );
  if (!taken) throw new EmbeddedError("alreadyRunning", `another process holds ${path}; if none does, delete that file`);
  try {
    return await work();
  } finally {
    rmSync(path, { force: true });
  }
};
