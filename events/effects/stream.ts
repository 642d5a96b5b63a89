import { backOff } from "../concurrency.ts";
import { asError } from "../error.ts";
import { eventIdOf } from "../message.ts";
import type { EventStore } from "../ports.ts";
import { attempt, type EffectsRuntime, effectOf, end, outcomeCause, type Task, targetOf } from "./attempt.ts";

/** Duration of a lease in milliseconds; it is renewed after a third of it while effects of the stream run. */
const LEASE = 15_000;

/** The next effect of a stream: the lowest version with a due mark. */
export const lowest = async (store: EventStore, stream: string): Promise<Task | undefined> => {
  const [commit] = await store.dueBelow("effects", stream, Number.MAX_SAFE_INTEGER, 1);
  return commit && { commit, version: Math.min(...commit.effects) };
};

/** Takes a place among the effects of a target for a stream; undefined if all are taken. Returns what gives it back. */
export type Enter = (target: string | undefined, stream: string) => (() => void) | undefined;

/**
 * Runs the due effects of a stream in order, under a lease, until the target of one has no place for it. `running` contains the current attempt.
 */
export const runStream = async <Outside>(
  runtime: EffectsRuntime<Outside>,
  running: Map<string, AbortController>,
  enter: Enter,
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
      if (!(await runEffect(runtime, running, enter, task, stop))) return;
  } finally {
    done.abort("over");
    await renewing;
    await store.release(lease, instance).catch(() => {});
  }
};

/**
 * Attempts an effect until it has its outcome or is no longer needed, and then removes its mark. If the instance stops, the mark stays. Returns
 * false if its target has no place for it.
 */
const runEffect = async <Outside>(
  runtime: EffectsRuntime<Outside>,
  running: Map<string, AbortController>,
  enter: Enter,
  task: Task,
  stop: AbortSignal,
): Promise<boolean> => {
  const { store } = runtime;
  const found = effectOf(runtime, task);
  if (found && !(await store.findCause(outcomeCause(task)))) {
    const { target, bound } = await targetOf(runtime, found.effect, task, found.event);
    const leave = enter(bound, task.commit.stream);
    if (!leave) return false;
    try {
      if (!(await attemptUntilDone(runtime, running, found, target, task, stop))) return true;
    } finally {
      leave();
    }
  }
  await store.clear("effects", [task]);
  return true;
};

/** Returns false if the instance stops before the effect has its outcome. */
const attemptUntilDone = async <Outside>(
  runtime: EffectsRuntime<Outside>,
  running: Map<string, AbortController>,
  { effect, event }: NonNullable<ReturnType<typeof effectOf<Outside>>>,
  target: string | undefined,
  task: Task,
  stop: AbortSignal,
): Promise<boolean> => {
  const { clock, observer } = runtime;
  const { commit, version } = task;
  for (let number = 1; ; number++) {
    const abort = new AbortController();
    running.set(commit.stream, abort);
    try {
      await attempt(runtime, effect, task, event, target, number, AbortSignal.any([abort.signal, stop]));
      return true;
    } catch (error) {
      if (stop.aborted) return false;
      observer.failed(error, eventIdOf(commit.stream, version), commit);
      // The attempt was aborted because the effect is no longer needed: one more attempt verifies that, and ends.
      if (abort.signal.aborted) continue;
      if (effect.attempts !== undefined && number >= effect.attempts && effect.otherwise) {
        await end(runtime, task, effect.otherwise(event, asError(error)));
        return true;
      }
      await clock.sleep(backOff(clock, number, 500), stop);
      if (stop.aborted) return false;
    } finally {
      running.delete(commit.stream);
    }
  }
};
