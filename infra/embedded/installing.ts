import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { identify } from "./identity.ts";
import { withLock } from "./lock.ts";

/** Receives progress messages, one sentence each. */
export type Report = (text: string) => void;

const renamed = (from: string, to: string): boolean => {
  try {
    renameSync(from, to);
    return true;
  } catch (failure) {
    if (existsSync(to)) return false;
    throw failure;
  }
};

const removeAbandoned = (parent: string, name: string): void => {
  for (const entry of readdirSync(parent)) {
    const pid = entry.startsWith(`${name}.partial-`) ? Number(entry.slice(name.length + ".partial-".length)) : Number.NaN;
    if (pid === process.pid || (Number.isInteger(pid) && !identify(pid))) rmSync(join(parent, entry), { recursive: true, force: true });
  }
};

/**
 * Fills a directory once: the work happens in a temporary directory, which is renamed when it is complete.
 * A killed installation leaves no partial result, and a concurrent installation waits for the first one.
 */
export const installOnce = async (
  directory: string,
  report: Report,
  limit: number,
  fill: (partial: string) => Promise<void>,
): Promise<void> => {
  if (existsSync(directory)) return;
  const parent = dirname(directory);
  mkdirSync(parent, { recursive: true });
  const waiting = () => report(`Waiting for another process that installs ${basename(directory)}`);
  await withLock(
    `${directory}.lock`,
    limit,
    async () => {
      if (existsSync(directory)) return;
      removeAbandoned(parent, basename(directory));
      const partial = `${directory}.partial-${process.pid}`;
      try {
        mkdirSync(partial);
        await fill(partial);
        renamed(partial, directory);
      } finally {
        rmSync(partial, { recursive: true, force: true });
      }
    },
    waiting,
  );
};
