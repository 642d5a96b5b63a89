import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A directory that is gone once the test process ends; the servers of a failed test may write to it until then. */
export const temporaryDirectory = (): string => {
  const directory = mkdtempSync(join(tmpdir(), "pitrix-test-"));
  process.once("exit", () => rmSync(directory, { recursive: true, force: true, maxRetries: 10 }));
  return directory;
};
