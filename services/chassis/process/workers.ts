import { type ChildProcess, fork } from "node:child_process";
import { constants, setPriority } from "node:os";
import { fileURLToPath } from "node:url";
import { Outage } from "../../../events/index.ts";

/** What a call may cost, and how many run at a time. */
export type WorkerLimits = {
  readonly workers: number;
  /** Milliseconds that a call may run. */
  readonly running: number;
  /** Milliseconds that a call may wait for a worker. */
  readonly waiting: number;
  /** MiB of a worker's heap. */
  readonly heap: number;
  /** Milliseconds after which an idle worker ends. */
  readonly idle: number;
};
export const workerLimits: WorkerLimits = { workers: 2, running: 20_000, waiting: 20_000, heap: 256, idle: 10_000 };

/** What a worker process is sent. */
export type Call = { readonly name: string; readonly given: readonly unknown[] };
/** What a worker process sends back. */
export type Answer = { readonly value: unknown } | { readonly error: string };

/** A call that cost too much. The sentence says which limit it reached. */
export type TooCostly = { readonly refused: string };
/** The functions of a worker: their arguments and results are data. */
export type Functions = { readonly [name: string]: (...given: never[]) => Promise<unknown> };

/**
 * Runs functions on strangers' bytes in a few processes, one call at a time in each. A call that takes too long is killed; one that needs too
 * much memory ends its own process only: a thread with `resourceLimits` may end the whole process, as when a Map grows. Workers have no
 * environment, hence no secrets, and a lower priority than this process. Throws an Outage if no worker becomes free in time.
 */
export const workerPool = <Work extends Functions>(script: URL, limits: Partial<WorkerLimits> = {}) => {
  const { workers, running, waiting, heap, idle } = { ...workerLimits, ...limits };
  const resting = new Map<ChildProcess, NodeJS.Timeout>();
  const busy = new Set<ChildProcess>();
  const queue = new Set<() => void>();
  let taken = 0;
  let isClosed = false;

  /** Takes a place; rejects if that takes too long or the signal aborts. */
  const place = (signal: AbortSignal | undefined): Promise<void> =>
    new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      if (taken < workers) {
        taken += 1;
        return resolve();
      }
      const settle = (then: () => void): void => {
        clearTimeout(late);
        signal?.removeEventListener("abort", aborted);
        queue.delete(admit);
        then();
      };
      const admit = (): void => settle(resolve);
      const aborted = (): void => settle(() => reject(signal?.reason));
      const late = setTimeout(() => settle(() => reject(new Outage("no worker became free in time"))), waiting);
      signal?.addEventListener("abort", aborted, { once: true });
      queue.add(admit);
    });
  const leave = (): void => {
    const [next] = queue;
    if (next) next();
    else taken -= 1;
  };

  const worker = (): ChildProcess => {
    for (const [child, timer] of resting) {
      clearTimeout(timer);
      resting.delete(child);
      if (child.connected) return child;
    }
    return newWorker(script, heap);
  };
  const rest = (child: ChildProcess): void => {
    child.unref();
    child.channel?.unref();
    resting.set(child, setTimeout(end, idle, child).unref());
  };
  const end = (child: ChildProcess): void => {
    clearTimeout(resting.get(child));
    resting.delete(child);
    child.kill("SIGKILL");
  };

  const run = (call: Call, subject: string, signal: AbortSignal | undefined): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const child = worker();
      const settle = (isReusable: boolean, then: () => void): void => {
        clearTimeout(late);
        signal?.removeEventListener("abort", aborted);
        child.off("message", answered).off("error", failed).off("exit", exited);
        busy.delete(child);
        if (isReusable) rest(child);
        else end(child);
        then();
      };
      const refuse = (limit: string) => settle(false, () => resolve({ refused: `${subject} takes more than ${limit} to read` }));
      const aborted = () => settle(false, () => reject(signal?.reason));
      const answered = (answer: Answer) =>
        settle(true, () => ("error" in answer ? reject(new Error(answer.error)) : resolve(answer.value)));
      const failed = (error: Error) => settle(false, () => reject(error));
      // V8 aborts a process whose heap is full, and the system kills one that takes the memory of others.
      const exited = (code: number | null, killed: string | null) => {
        if (isClosed) failed(new Outage("the worker was ended with its pool"));
        else if (killed !== null) refuse(`${heap} MiB of memory`);
        else failed(new Error(`a worker ended with ${code}`));
      };
      const late = setTimeout(() => refuse(`${running / 1_000} s`), running);
      signal?.addEventListener("abort", aborted, { once: true });
      child.on("message", answered).on("error", failed).on("exit", exited);
      child.ref();
      child.channel?.ref();
      busy.add(child);
      child.send(call);
    });

  return {
    /** Calls a function of the workers' script. The subject begins the sentence of a refusal: "the package". */
    call: async <Name extends keyof Work & string>(
      name: Name,
      given: Parameters<Work[Name]>,
      subject: string,
      signal?: AbortSignal,
    ): Promise<Awaited<ReturnType<Work[Name]>> | TooCostly> => {
      await place(signal);
      try {
        if (isClosed) throw new Outage("the pool of workers is closed");
        return (await run({ name, given }, subject, signal)) as Awaited<ReturnType<Work[Name]>>; // The worker has called this very function.
      } finally {
        leave();
      }
    },
    /** Kills all workers, for good. */
    close: (): void => {
      isClosed = true;
      for (const child of [...resting.keys(), ...busy]) end(child);
    },
  };
};

const newWorker = (script: URL, heap: number): ChildProcess => {
  const child = fork(fileURLToPath(script), {
    serialization: "advanced",
    execArgv: [`--max-old-space-size=${heap}`],
    env: {},
    stdio: ["ignore", "ignore", "ignore", "ipc"],
  });
  child.on("error", () => {}); // Of a worker that rests; a call has a listener of its own.
  try {
    if (child.pid !== undefined) setPriority(child.pid, constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // It has ended already.
  }
  return child;
};
