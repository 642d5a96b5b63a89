import { parentPort, workerData } from "node:worker_threads";
import { readOffersHere } from "../offers.ts";

// What `readOffersApart` runs: one index, one answer.
const { bytes, repoId, settings } = workerData;
parentPort?.postMessage(await readOffersHere(bytes, repoId, settings, new AbortController().signal));
