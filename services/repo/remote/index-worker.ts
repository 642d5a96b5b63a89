import { parentPort, workerData } from "node:worker_threads";
import { readEntriesHere } from "../index-entries.ts";

// The worker of `readEntriesInThread`: it reads one index and answers once.
const { bytes, repoId, settings } = workerData;
parentPort?.postMessage(await readEntriesHere(bytes, repoId, settings, new AbortController().signal));
