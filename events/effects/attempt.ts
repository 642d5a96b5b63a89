import type { Codec } from "../codec/codec.ts";
import type { Contract } from "../contract.ts";
import type { Effect } from "../effect.ts";
import { metaIn } from "../log/record.ts";
import { aggregateOf, eventIdOf, type Message } from "../message.ts";
import type { Clock, Commit, EventStore } from "../ports.ts";
import type { Service } from "../service.ts";
import { type CommandMetadata, causeOf } from "../store/command.ts";
import type { Executor } from "../store/execute.ts";
import { type Tracer, traced } from "../trace.ts";

/** Runs a call to the outside under a circuit breaker with a timeout. The default has no breaker. */
export type Guard = <T>(name: string, milliseconds: number, run: (signal: AbortSignal) => Promise<T>) => Promise<T>;

/** Notifications of the effects worker. */
export type EffectsObserver = {
  /** An error, with the commit concerned. */
  readonly failed: (error: unknown, where: string, about?: Commit) => void;
  /** An attempt ended. `stopped`: the instance stops, or the effect is no longer needed. */
  readonly attempted?:
    | ((effect: string, outcome: "done" | "failed" | "stopped", milliseconds: number, error?: unknown) => void)
    | undefined;
  readonly tracer?: Tracer | undefined;
};

/** The dependencies that all effects of an instance share. */
export type EffectsRuntime<Outside> = {
  readonly service: Service<Outside>;
  readonly outside: Outside;
  /** The id of the instance, the holder of leases. */
  readonly instance: string;
  readonly store: EventStore;
  readonly clock: Clock;
  readonly codec: Codec;
  readonly contract: Contract;
  readonly executor: Executor;
  readonly guard: Guard;
  readonly observer: EffectsObserver;
};

/** The event of a commit whose effect is due. */
export type Task = { readonly commit: Commit; readonly version: number };
// biome-ignore lint/suspicious/noExplicitAny: as AnyDecider.
export type AnyEffect<Outside> = Effect<Outside, any, any, any>;

const TIMEOUT = 60_000;

/** The effect of an event, with the event; undefined if the service no longer has this effect. */
export const effectOf = <Outside>({ service, codec }: EffectsRuntime<Outside>, { commit, version }: Task) => {
  const stored = commit.events[version - commit.version];
  const effect: AnyEffect<Outside> | undefined = stored && service.aggregates[aggregateOf(commit.stream)]?.effects?.[stored.type];
  return effect && stored && { effect, event: codec.decode(stored.schemaId, stored.bytes) };
};

/** What an effect depends on now, and who has the bound of its calls; undefined if it names nothing. */
export const targetOf = async <Outside>(
  { executor }: Pick<EffectsRuntime<Outside>, "executor">,
  { target, sharesBound = target }: AnyEffect<Outside>,
  { commit: { stream } }: Task,
  event: Message,
): Promise<{ readonly target: string | undefined; readonly bound: string | undefined }> => {
  const { state } = await executor.state(aggregateOf(stream), stream);
  return { target: target?.(event, state), bound: sharesBound?.(event, state) };
};

/** One attempt on the current state of the stream, from start to outcome. It does nothing if the effect is no longer needed. */
export const attempt = async <Outside>(
  runtime: EffectsRuntime<Outside>,
  effect: AnyEffect<Outside>,
  { commit, version }: Task,
  event: Message,
  target: string | undefined,
  number: number,
  stop: AbortSignal,
): Promise<void> => {
  const { service, outside, executor, guard, observer } = runtime;
  const { prefix } = runtime.contract;
  const { stream } = commit;
  const attributes = { [`${prefix}.event_id`]: eventIdOf(stream, version), [`${prefix}.attempt`]: number };
  const start = () => ({ name: `effect ${event.type}`, kind: "client" as const, attributes });
  // The progress and the outcome of the attempt belong to its span.
  await traced(observer.tracer, commit.metadata.traceparent, start, async (traceparent) => {
    const task = { commit: { ...commit, metadata: { ...commit.metadata, traceparent } }, version };
    const { state } = await executor.state(aggregateOf(stream), stream);
    if (effect.isStillNeeded && !effect.isStillNeeded(state, event)) return;
    const report = async (command: Message) => void (await executor.execute(command, because(task, null)));
    const run = (signal: AbortSignal): Promise<Message> =>
      effect.run(event, {
        outside,
        eventId: eventIdOf(stream, version),
        meta: metaIn(commit, version),
        state,
        signal: AbortSignal.any([signal, stop]),
        attempt: number,
        report,
      });
    const breaker = target === undefined ? `${service.name}.${event.type}` : `${service.name} to ${target}`;
    const command = await measured(runtime, event.type, stop, () => guard(breaker, effect.timeout ?? TIMEOUT, run));
    await end(runtime, task, command);
  });
};

/** Commits the outcome. All outcomes of one event have the same cause, so the first one wins. */
export const end = async <Outside>({ executor }: EffectsRuntime<Outside>, task: Task, command: Message): Promise<void> =>
  void (await executor.execute(command, because(task, outcomeCause(task))));

export const outcomeCause = ({ commit, version }: Task): string => causeOf(commit.stream, version, "effect", "outcome");

const measured = async <T>(
  { clock, observer }: Pick<EffectsRuntime<never>, "clock" | "observer">,
  effect: string,
  stop: AbortSignal,
  run: () => Promise<T>,
): Promise<T> => {
  const began = clock.now();
  try {
    const result = await run();
    observer.attempted?.(effect, "done", clock.now() - began);
    return result;
  } catch (error) {
    observer.attempted?.(effect, stop.aborted ? "stopped" : "failed", clock.now() - began, error);
    throw error;
  }
};

const because = ({ commit: { metadata, stream }, version }: Task, cause: string | null): CommandMetadata => ({
  cause,
  row: "effect",
  actor: metadata.actor,
  correlationId: metadata.correlationId,
  causationId: eventIdOf(stream, version),
  actionId: metadata.actionId,
  traceparent: metadata.traceparent,
  hops: metadata.hops + 1,
});
