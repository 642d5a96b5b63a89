import { Worker } from "node:worker_threads";
import { keyedMutex } from "../../../events/index.ts";
import type { ReadEntries } from "../index-entries.ts";

/**
 * Reads indexes in a separate thread, one at a time, each within a timeout, so that a foreign index cannot block this process.
 * The limits on an index bound the thread's memory; a memory limit on the thread itself would end the whole process.
 */
export const readEntriesInThread = (timeout = 20_000): ReadEntries => {
  const inTurn = keyedMutex();
  return (bytes, repoId, settings, signal) =>
    inTurn("index", () => {
      signal.throwIfAborted();
      const { url, providers, appDefaultStatus } = settings;
      const workerData = { bytes, repoId, settings: { url, providers, appDefaultStatus } };
      const worker = new Worker(new URL("./index-worker.js", import.meta.url), { workerData });
      return answerOf(worker, timeout, signal);
    });
};

const answerOf = (worker: Worker, timeout: number, signal: AbortSignal): ReturnType<ReadEntries> =>
  new Promise((resolve, reject) => {
    const end = (settle: () => void): void => {
      clearTimeout(late);
      signal.removeEventListener("abort", abort);
      settle();
      void worker.terminate();
    };
    const abort = (): void => end(() => reject(signal.reason));
    const late = setTimeout(() => end(() => resolve({ refused: `the index takes more than ${timeout / 1_000} s to read` })), timeout);
    signal.addEventListener("abort", abort, { once: true });
    worker.once("message", (answer: Awaited<ReturnType<ReadEntries>>) => end(() => resolve(answer)));
    worker.once("error", (error) => end(() => reject(error)));
    worker.once("exit", (code) => end(() => reject(new Error(`reading an index ended with exit code ${code}`))));
  });
