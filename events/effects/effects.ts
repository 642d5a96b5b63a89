import type { Codec } from "../codec/codec.ts";
import { alarm, backOff } from "../concurrency.ts";
import type { Effect } from "../effect.ts";
import { asError } from "../error.ts";
import { metaIn } from "../log/record.ts";
import { aggregateOf, eventIdOf, type Message } from "../message.ts";
import type { Clock, Commit, EventStore, Place } from "../ports.ts";
import type { Service } from "../service.ts";
import { type Because, causeOf, type Executor } from "../store/execute.ts";
import { type Tracer, traced } from "../trace.ts";

/** Runs a call to the outside under a circuit breaker with a timeout. The default has no breaker. */
export type Guard = <T>(name: string, milliseconds: number, run: (signal: AbortSignal) => Promise<T>) => Promise<T>;

const AT_ONCE = 32;
/** Streams with effects that wait in memory; of more the marks in the store are enough: the walk finds them. */
const WAITING = 5_000;
const LEASE = 15_000;
const LOOK_AGAIN = 2_000;
const TIMEOUT = 60_000;
/** How long the end of an instance waits for attempts that do not hear of it. */
const LAST = 3_000;

// biome-ignore lint/suspicious/noExplicitAny: as AnyDecider.
type AnyEffect<Outside> = Effect<Outside, any, any, any>;
type Task = { readonly commit: Commit; readonly version: number };

/** What the worker tells of itself. */
export type EffectsObserver = {
  /** Something went wrong, with the commit it was about. */
  readonly failed: (error: unknown, where: string, about?: Commit) => void;
  /** An attempt ended; `stopped`: by the end of this instance, or because it was not wanted any more. */
  readonly attempted?:
    | ((effect: string, outcome: "done" | "failed" | "stopped", milliseconds: number, error?: unknown) => void)
    | undefined;
  readonly tracer?: Tracer | undefined;
};

/**
 * Runs the effects of a service's own events: off the log, one at a time a stream, lowest version first, bounded overall. An effect ends in
 * exactly one outcome command, whose cause is the event's, so the first committed outcome wins; then the mark goes. A crash anywhere means again.
 */
export const effectsWorker = <Outside>(
  service: Service<Outside>,
  outside: Outside,
  instance: string,
  ports: { readonly store: EventStore; readonly clock: Clock },
  codec: Codec,
  executor: Executor,
  guard: Guard,
  { failed, attempted, tracer }: EffectsObserver,
) => {
  const { store, clock } = ports;
  const wake = alarm(clock);
  /** Streams with something to do. */
  const waiting = new Set<string>();
  const wait = (stream: string): void => void (waiting.size < WAITING && waiting.add(stream));
  const running = new Map<string, AbortController>();

  const outcome = async ({ commit, version }: Task, command: Message): Promise<void> => {
    await executor.execute(command, because(commit, version, causeOf(commit.stream, version, "effect", "outcome")));
  };

  const measured = async <T>(effect: string, stop: AbortSignal, run: () => Promise<T>): Promise<T> => {
    const began = clock.now();
    try {
      const result = await run();
      attempted?.(effect, "done", clock.now() - began);
      return result;
    } catch (error) {
      attempted?.(effect, stop.aborted ? "stopped" : "failed", clock.now() - began, error);
      throw error;
    }
  };

  const attempt = async (
    effect: AnyEffect<Outside>,
    task: Task,
    event: Message,
    number: number,
    stop: AbortSignal,
  ): Promise<Message | undefined> => {
    const { commit, version } = task;
    const { state } = await executor.state(aggregateOf(commit.stream), commit.stream);
    if (effect.isStillNeeded && !effect.isStillNeeded(state, event)) return undefined;
    const report = async (command: Message) => void (await executor.execute(command, because(commit, version, null)));
    const name = `${service.name}.${event.type}`;
    return measured(event.type, stop, () =>
      guard(name, effect.timeout ?? TIMEOUT, (signal) =>
        effect.run(event, {
          outside,
          eventId: eventIdOf(commit.stream, version),
          meta: metaIn(commit, version),
          state,
          signal: AbortSignal.any([signal, stop]),
          attempt: number,
          report,
        }),
      ),
    );
  };

  /** Within a span: what the attempt reports and comes to is a part of it. */
  const inSpan = ({ commit, version }: Task, effect: string, number: number, run: (task: Task) => Promise<void>): Promise<void> => {
    const attributes = { "pitrix.event_id": eventIdOf(commit.stream, version), "pitrix.attempt": number };
    return traced(
      tracer,
      commit.metadata.traceparent,
      () => ({ name: `effect ${effect}`, kind: "client", attributes }),
      (traceparent) => run({ commit: { ...commit, metadata: { ...commit.metadata, traceparent } }, version }),
    );
  };

  /** Until it has an outcome, is no longer wanted, or this instance stops. */
  const run = async (task: Task, stop: AbortSignal): Promise<void> => {
    const { commit, version } = task;
    const stored = commit.events[version - commit.version];
    if (!stored) return;
    const event = codec.decode(stored.schemaId, stored.bytes);
    const effect = service.aggregates[aggregateOf(commit.stream)]?.effects?.[event.type];
    if (effect && !(await store.findCause(causeOf(commit.stream, version, "effect", "outcome")))) {
      for (let number = 1; ; number++) {
        const abort = new AbortController();
        running.set(commit.stream, abort);
        try {
          await inSpan(task, event.type, number, async (task) => {
            const command = await attempt(effect, task, event, number, AbortSignal.any([abort.signal, stop]));
            if (command) await outcome(task, command);
          });
          break;
        } catch (error) {
          if (stop.aborted) return;
          failed(error, eventIdOf(commit.stream, version), commit);
          if (!abort.signal.aborted && effect.attempts !== undefined && number >= effect.attempts && effect.otherwise) {
            await outcome(task, effect.otherwise(event, asError(error)));
            break;
          }
          if (!abort.signal.aborted) await clock.sleep(backOff(clock, number, 500), stop);
          if (stop.aborted) return;
        } finally {
          running.delete(commit.stream);
        }
      }
    }
    await store.clear("effects", [task]);
  };

  /** What comes next in a stream. */
  const lowest = async (stream: string): Promise<Task | undefined> => {
    const [commit] = await store.dueBelow("effects", stream, Number.MAX_SAFE_INTEGER, 1);
    return commit && { commit, version: Math.min(...commit.effects) };
  };

  /** All that is due in one stream, under a lease that is renewed while it runs. */
  const runStream = async (stream: string, stop: AbortSignal): Promise<void> => {
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
      for (let task = await lowest(stream); task && !stop.aborted; task = await lowest(stream)) await run(task, stop);
    } finally {
      done.abort("over");
      await renewing;
      await store.release(lease, instance).catch(() => {});
    }
  };

  const working = async (stop: AbortSignal): Promise<void> => {
    const busy = new Map<string, Promise<void>>();
    while (!stop.aborted) {
      for (const stream of waiting) {
        if (busy.size >= AT_ONCE) break;
        if (busy.has(stream)) continue;
        waiting.delete(stream);
        const work = runStream(stream, stop)
          .catch(async (error) => {
            failed(error, stream);
            await clock.sleep(backOff(clock, 3), stop);
            wait(stream);
          })
          .finally(() => {
            busy.delete(stream);
            wake.ring();
          });
        busy.set(stream, work);
      }
      await wake.wait(60_000, stop);
    }
    // What does not hear of the end is left: its mark stays, and whoever takes it up begins anew.
    const ended = new AbortController();
    await Promise.race([Promise.all(busy.values()), clock.sleep(LAST, ended.signal)]);
    ended.abort("over");
  };

  /** Finds the marks of a former life and of instances that died. */
  const walking = async (stop: AbortSignal): Promise<void> => {
    while (!stop.aborted) {
      try {
        let after: Place | undefined;
        do {
          const page = await store.due("effects", after, 500);
          for (const { stream } of page) if (!running.has(stream)) wait(stream);
          after = page.length < 500 || waiting.size >= WAITING ? undefined : page.at(-1);
        } while (after && !stop.aborted);
        if (waiting.size > 0) wake.ring();
      } catch (error) {
        failed(error, "walk");
      }
      await clock.sleep(LOOK_AGAIN, stop);
    }
  };

  return {
    /** Told of every commit: starts what it asks for, and stops what it makes unwanted. */
    offer: ({ stream, effects }: Commit): void => {
      if (effects.length > 0) {
        wait(stream);
        wake.ring();
      }
      const attemptUnderWay = running.get(stream);
      if (attemptUnderWay) void abortIfUnwanted(stream, attemptUnderWay);
    },
    run: async (stop: AbortSignal): Promise<void> => {
      await Promise.all([working(stop), walking(stop)]);
    },
    running: () => running.size,
  };

  async function abortIfUnwanted(stream: string, underWay: AbortController): Promise<void> {
    try {
      const task = await lowest(stream);
      const stored = task?.commit.events[task.version - task.commit.version];
      if (!stored) return;
      const effect = service.aggregates[aggregateOf(stream)]?.effects?.[stored.type];
      if (!effect?.isStillNeeded) return;
      const { state } = await executor.state(aggregateOf(stream), stream);
      if (!effect.isStillNeeded(state, codec.decode(stored.schemaId, stored.bytes))) underWay.abort("unwanted");
    } catch (error) {
      failed(error, stream);
    }
  }
};
export type EffectsWorker = ReturnType<typeof effectsWorker>;

const because = ({ metadata, stream }: Commit, version: number, cause: string | null): Because => ({
  cause,
  row: "effect",
  actor: metadata.actor,
  correlationId: metadata.correlationId,
  causationId: eventIdOf(stream, version),
  actionId: metadata.actionId,
  traceparent: metadata.traceparent,
  hops: metadata.hops + 1,
});
