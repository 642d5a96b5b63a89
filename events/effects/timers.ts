import type { Codec } from "../codec/codec.ts";
import { backOff, condition } from "../concurrency.ts";
import { metaIn } from "../log/record.ts";
import { lruCache } from "../lru-cache.ts";
import { aggregateOf, eventIdOf } from "../message.ts";
import type { Clock, Commit, EventStore } from "../ports.ts";
import { commandsOf } from "../reaction.ts";
import type { AnyService } from "../service.ts";
import { causeOf } from "../store/command.ts";
import type { Executor } from "../store/execute.ts";

/** How long a timer set by another instance may go unnoticed; what comes due before that is known. */
const LOOK_AGAIN = 5_000;
const MAX_TIMERS = 100;
/** How long one that cannot be fired is put aside at most. */
const ASIDE = 60_000;

/**
 * Fires what events of the service have set. Early, late or twice: deciders test the action, never a clock. One that cannot be fired is put
 * aside for a while, so that it holds up no other; one that cannot even be put aside waits for the store.
 */
export const timersWorker = (
  service: AnyService,
  ports: { readonly store: EventStore; readonly clock: Clock },
  codec: Codec,
  { execute }: Pick<Executor, "execute">,
  onError: (error: unknown, about?: Commit) => void,
) => {
  const { store, clock } = ports;
  const wake = condition(clock);
  const failures = lruCache<number>(1_000);
  /** When it looks again. */
  let next = 0;

  const fire = async (commit: Commit, version: number): Promise<void> => {
    const stored = commit.events[version - commit.version];
    const row = stored && service.aggregates[aggregateOf(commit.stream)]?.timers?.[stored.type];
    if (row) {
      const { metadata, stream } = commit;
      const event = codec.decode(stored.schemaId, stored.bytes);
      const { actor, correlationId, actionId, traceparent, hops } = metadata;
      for (const command of commandsOf(row, event, metaIn(commit, version)))
        await execute(command, {
          cause: causeOf(stream, version, "timer", command.type),
          row: "timer",
          actor,
          correlationId,
          causationId: eventIdOf(stream, version),
          actionId,
          traceparent,
          hops: hops + 1,
        });
    }
    await store.clear("timers", [{ commit, version }]);
  };

  const fireOrPutAside = async (commit: Commit, version: number): Promise<void> => {
    const eventId = eventIdOf(commit.stream, version);
    try {
      await fire(commit, version);
      failures.delete(eventId);
    } catch (error) {
      onError(error, commit);
      const attempts = (failures.get(eventId) ?? 0) + 1;
      await store.postpone(commit, version, clock.now() + backOff(clock, attempts, 1_000, ASIDE));
      failures.set(eventId, attempts);
    }
  };

  return {
    notify: ({ timers }: Commit): void => {
      for (const { at } of timers)
        if (at < next) {
          next = at;
          wake.notify();
        }
    },
    run: async (stop: AbortSignal): Promise<void> => {
      while (!stop.aborted) {
        try {
          const now = clock.now();
          next = now + LOOK_AGAIN;
          const soon = await store.dueTimers(next, MAX_TIMERS);
          const later = soon.flatMap(({ timers }) => timers.map(({ at }) => at)).filter((at) => at > now);
          // Of more than it got, the earliest came first.
          next = Math.min(next, ...(soon.length === MAX_TIMERS && later.length === 0 ? [now] : later));
          for (const commit of soon) for (const { at, version } of commit.timers) if (at <= now) await fireOrPutAside(commit, version);
        } catch (error) {
          onError(error);
        }
        await wake.wait(Math.max(10, next - clock.now()), stop);
      }
    },
  };
};
