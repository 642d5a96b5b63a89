import { availableParallelism } from "node:os";
import { isMainThread, type MessagePort, parentPort, Worker, workerData } from "node:worker_threads";
import type { Violation } from "../../events/simulation/check/evidence.ts";
import type { FaultKind } from "../../events/simulation/faults.ts";
import { type SimulationOptions, simulate } from "../../events/simulation/simulate.ts";
import { scenario } from "./scenario.ts";

export type SeedResult = {
  readonly seed: number;
  readonly violations: readonly Violation[];
  readonly commits: number;
  readonly crashes: number;
  readonly virtualSeconds: number;
};
type Share = { readonly seeds: readonly number[]; readonly commands: number; readonly faults: readonly FaultKind[] | undefined };

/** Runs many seeds on all cores and tells of each as soon as it is done. */
export const runSeeds = async (
  seeds: readonly number[],
  { commands, faults }: Pick<SimulationOptions, "commands" | "faults">,
  done: (result: SeedResult) => void,
  jobs = availableParallelism(),
): Promise<void> => {
  const count = Math.min(jobs, seeds.length);
  const workers = Array.from({ length: count }, (_, index) => {
    const share: Share = { seeds: seeds.filter((_seed, at) => at % count === index), commands, faults: faults && [...faults] };
    return new Worker(new URL(import.meta.url), { workerData: share });
  });
  try {
    await Promise.all(
      workers.map(
        (worker) =>
          new Promise<void>((resolve, reject) => {
            worker.on("message", done);
            worker.on("error", reject);
            worker.on("exit", () => resolve());
          }),
      ),
    );
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
};

/** One seed, as both the threads and a single thread run it. */
export const runSeed = async (options: SimulationOptions): Promise<SeedResult> => {
  const { seed } = options;
  try {
    const { violations, commits, crashes, virtualSeconds } = await simulate(scenario, options);
    return { seed, violations, commits, crashes, virtualSeconds };
  } catch (error) {
    const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { seed, violations: [{ rule: "the run comes to its end", about: "", message }], commits: 0, crashes: 0, virtualSeconds: 0 };
  }
};

const work = async (port: MessagePort, { seeds, commands, faults }: Share): Promise<void> => {
  for (const seed of seeds) port.postMessage(await runSeed({ seed, commands, ...(faults && { faults: new Set(faults) }) }));
};

if (!isMainThread && parentPort) void work(parentPort, workerData);
