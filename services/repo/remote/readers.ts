import { type WorkerLimits, workerPool } from "../../chassis/process/workers.ts";
import type { RepoOutside } from "../ports.ts";
import type { RepoWork } from "./worker.ts";

/** Reads indexes and packages in worker processes. */
export const readers = (
  limits?: Partial<WorkerLimits>,
): Pick<RepoOutside, "readEntries" | "readSummary"> & { readonly close: () => void } => {
  const { call, close } = workerPool<RepoWork>(new URL("./worker.js", import.meta.url), limits);
  return {
    readEntries: (bytes, repoId, { url, appDefaultStatus, visibility }, signal) =>
      call("readEntriesHere", [bytes, repoId, { url, appDefaultStatus, visibility }], "the index", signal),
    readSummary: (...given) => call("readSummary", given, "the package"),
    close,
  };
};
