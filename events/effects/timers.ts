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

/** Milliseconds between two polls. A timer that another instance sets may fire late by this time. */
const POLL_INTERVAL = 5_000;
const MAX_TIMERS = 100;
/** Longest postponement of a timer that fails. */
const MAX_POSTPONEMENT = 60_000;

/**
 * Fires the timers of the service's own events. A timer may fire early, late or twice: deciders test the action, never a clock. A timer that fails
 * is postponed, so that it does not block others; if the store cannot postpone it, the next poll tries again.
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
  /** Time of the next poll. */
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

  const fireOrPostpone = async (commit: Commit, version: number): Promise<void> => {
    const eventId = eventIdOf(commit.stream, version);
    try {
      await fire(commit, version);
      failures.delete(eventId);
    } catch (error) {
      onError(error, commit);
      const attempts = (failures.get(eventId) ?? 0) + 1;
      await store.postpone(commit, version, clock.now() + backOff(clock, attempts, 1_000, MAX_POSTPONEMENT));
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
          next = now + POLL_INTERVAL;
          const soon = await store.dueTimers(next, MAX_TIMERS);
          const later = soon.flatMap(({ timers }) => timers.map(({ at }) => at)).filter((at) => at > now);
          // A full page may omit timers, but contains the earliest: poll again immediately if all of them are due.
          next = Math.min(next, ...(soon.length === MAX_TIMERS && later.length === 0 ? [now] : later));
          for (const commit of soon) for (const { at, version } of commit.timers) if (at <= now) await fireOrPostpone(commit, version);
        } catch (error) {
          onError(error);
        }
        await wake.wait(Math.max(10, next - clock.now()), stop);
      }
    },
  };
};
