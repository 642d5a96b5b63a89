import { backOff } from "../concurrency.ts";
import { asError } from "../error.ts";
import { eventIdOf } from "../message.ts";
import type { EventStore } from "../ports.ts";
import { attempt, type EffectsRuntime, effectOf, end, outcomeCause, type Task } from "./attempt.ts";

/** Duration of a lease in milliseconds; it is renewed after a third of it while effects of the stream run. */
const LEASE = 15_000;

/** The next effect of a stream: the lowest version with a due mark. */
export const lowest = async (store: EventStore, stream: string): Promise<Task | undefined> => {
  const [commit] = await store.dueBelow("effects", stream, Number.MAX_SAFE_INTEGER, 1);
  return commit && { commit, version: Math.min(...commit.effects) };
};

/** Runs all due effects of a stream in order, under a lease. `running` contains the current attempt. */
export const runStream = async <Outside>(
  runtime: EffectsRuntime<Outside>,
  running: Map<string, AbortController>,
  stream: string,
  stop: AbortSignal,
): Promise<void> => {
  const { store, clock, instance } = runtime;
  const lease = `effects ${stream}`;
  if (!(await store.lease(lease, instance, LEASE))) return;
  const done = new AbortController();
  const renewing = (async () => {
    while (!done.signal.aborted) {
      await clock.sleep(LEASE / 3, done.signal);
      if (!done.signal.aborted) await store.lease(lease, instance, LEASE).catch(() => false);
    }
  })();
  try {
    for (let task = await lowest(store, stream); task && !stop.aborted; task = await lowest(store, stream))
      await runEffect(runtime, running, task, stop);
  } finally {
    done.abort("over");
    await renewing;
    await store.release(lease, instance).catch(() => {});
  }
};

/** Attempts an effect until it has its outcome or is no longer needed, and then removes its mark. If the instance stops, the mark stays. */
const runEffect = async <Outside>(
  runtime: EffectsRuntime<Outside>,
  running: Map<string, AbortController>,
  task: Task,
  stop: AbortSignal,
): Promise<void> => {
  const { store, clock, observer } = runtime;
  const { commit, version } = task;
  const found = effectOf(runtime, task);
  if (found && !(await store.findCause(outcomeCause(task)))) {
    const { effect, event } = found;
    for (let number = 1; ; number++) {
      const abort = new AbortController();
      running.set(commit.stream, abort);
      try {
        await attempt(runtime, effect, task, event, number, AbortSignal.any([abort.signal, stop]));
        break;
      } catch (error) {
        if (stop.aborted) return;
        observer.failed(error, eventIdOf(commit.stream, version), commit);
        // The attempt was aborted because the effect is no longer needed: one more attempt verifies that, and ends.
        if (abort.signal.aborted) continue;
        if (effect.attempts !== undefined && number >= effect.attempts && effect.otherwise) {
          await end(runtime, task, effect.otherwise(event, asError(error)));
          break;
        }
        await clock.sleep(backOff(clock, number, 500), stop);
        if (stop.aborted) return;
      } finally {
        running.delete(commit.stream);
      }
    }
  }
  await store.clear("effects", [task]);
};
