import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const directories: string[] = [];

/** A directory that is gone once the test process ends; the servers of a failed test may write to it until then. */
export const temporaryDirectory = (): string => {
  if (directories.length === 0)
    process.once("exit", () => {
      for (const directory of directories) rmSync(directory, { recursive: true, force: true, maxRetries: 10 });
    });
  const directory = mkdtempSync(join(tmpdir(), "pitrix-test-"));
  directories.push(directory);
  return directory;
};
