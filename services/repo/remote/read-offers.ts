import { Worker } from "node:worker_threads";
import { keyedMutex } from "../../../events/index.ts";
import type { ReadOffers } from "../offers.ts";

/**
 * Reads indexes in a thread of their own, one at a time, each within so many milliseconds: whatever a stranger's index is, nothing else
 * in this process waits for it. Its memory is bounded by how much an index may hold; a thread that reached a limit would end the process.
 */
export const readOffersApart = (timeout = 20_000): ReadOffers => {
  const inTurn = keyedMutex();
  return (bytes, repoId, settings, signal) =>
    inTurn("index", () => {
      signal.throwIfAborted();
      const { url, providers, appDefaultStatus } = settings;
      const workerData = { bytes, repoId, settings: { url, providers, appDefaultStatus } };
      const worker = new Worker(new URL("./offers-worker.js", import.meta.url), { workerData });
      return answerOf(worker, timeout, signal);
    });
};

const answerOf = (worker: Worker, timeout: number, signal: AbortSignal): ReturnType<ReadOffers> =>
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
    worker.once("message", (answer: Awaited<ReturnType<ReadOffers>>) => end(() => resolve(answer)));
    worker.once("error", (error) => end(() => reject(error)));
    worker.once("exit", (code) => end(() => reject(new Error(`reading an index ended with exit code ${code}`))));
  });
