import { backOff, budget, type Clock } from "../../../../events/index.ts";
import type { Offsets } from "../../../../events/runtime.ts";
import type { ServicesClient } from "../causation-query.ts";
import type { EventsPage, EventsRequest } from "../event-routes.ts";
import { at, type Item, itemsOf } from "./items.ts";
import { furthest, type Latest, latestSince } from "./latest.ts";
import type { Position, positions } from "./position.ts";

/** Milliseconds that a service waits for an event before it answers, and between two looks for further services. */
const WAIT = 900;
const LOOK = 5_000;
/** Milliseconds that services are followed after the last stream. */
const IDLE = 60_000;
/** Pages of older events that are asked for at once, for all streams. */
const READING = 8;
/** Milliseconds by which the clocks of processes may differ: the first stream begins so much earlier. */
const SKEW = 1_000;

type Ports = { readonly client: ServicesClient; readonly clock: Clock; readonly stopping: AbortSignal };
/** Items as they come, and how far their reader is. */
export type Reading = AsyncIterable<readonly Item[]> & { readonly id: () => string };

/**
 * The public events of all services, merged, for any number of streams. Each service is followed once, while anybody streams, and the latest events
 * are in memory. Who comes from further ago gets older pages of the services first.
 */
export const feed = ({ client, clock, stopping }: Ports, { idOf, read }: ReturnType<typeof positions>) => {
  const reading = budget(READING);
  let open = 0;
  let current: Latest | undefined;

  const ask = async (service: string, request: EventsRequest): Promise<EventsPage | undefined> =>
    (await client.request(service, "/internal/events", request)) as EventsPage | undefined; // All services are of one release.

  /** Follows a service. One without public events is not asked again. */
  const follow = async ({ since, over, take }: Latest, service: string): Promise<void> => {
    let from: Offsets = {};
    let failures = 0;
    const next = () => ask(service, { from, since, wait: WAIT });
    for (let asked = next(); !over.aborted; ) {
      const page = await asked;
      if (over.aborted || (page && Object.keys(page.next).length === 0)) return;
      failures = page ? 0 : failures + 1;
      if (!page) await clock.sleep(backOff(clock, failures, 200, LOOK), over);
      from = page?.next ?? from;
      // While a page is taken and sent, the service makes the next one.
      asked = next();
      if (page) take(service, page);
    }
  };
  const opened = (): Latest => {
    if (current) return current;
    const over = new AbortController();
    const stop = (): void => over.abort("stopping");
    stopping.addEventListener("abort", stop, { once: true });
    const latest = latestSince(clock.now() - SKEW, idOf, over.signal);
    current = latest;
    const followAll = async (): Promise<void> => {
      const followed = new Set<string>();
      for (let idle = 0; idle < IDLE && !over.signal.aborted; idle = open > 0 ? 0 : idle + LOOK) {
        for (const service of await client.services()) {
          if (!followed.has(service)) void follow(latest, service);
          followed.add(service);
        }
        await clock.sleep(LOOK, over.signal);
      }
      if (current === latest) current = undefined;
      stopping.removeEventListener("abort", stop);
      over.abort("nobody streams");
    };
    void followAll();
    return latest;
  };

  return {
    /** Where a stream begins: after the message of this id, at a time, or now. Undefined: the platform has not made the id. */
    begin: (lastEventId: string | undefined, since: number | undefined): Position | undefined => {
      if (lastEventId) return read(lastEventId);
      return since === undefined ? opened().position() : { offsets: {}, since: Math.max(0, since) };
    },
    /**
     * Reads on from a position until the signal aborts. It ends, too, when a service does not answer that has older events, and when the reader is so
     * slow that events are not in memory any more: unless the reader is patient, and waits for them.
     */
    from: (begin: Position, signal: AbortSignal, isPatient = false): Reading => {
      const latest = opened();
      let position = begin;
      /** The older events of a service. The position moves on when they are taken. */
      async function* older({ service, from }: { readonly service: string; readonly from: Offsets }) {
        const page = await reading(1, () => ask(service, { from, since: position.since, wait: 0 }));
        if (!page) {
          if (isPatient) await clock.sleep(SKEW, signal);
          return false;
        }
        const found = itemsOf(page, position, idOf);
        if (found.length > 0) yield found;
        position = at(position, page.next);
        return true;
      }
      async function* items(): AsyncGenerator<readonly Item[]> {
        const isOver = (): boolean => signal.aborted || latest.over.aborted;
        open += 1;
        try {
          for (let cursor = latest.oldest(), known = -1; !isOver(); ) {
            if (known !== latest.services()) {
              // What the log does not hold is told by the service: after a restored log, positions may lie beyond its end.
              for (const service of latest.ahead(position)) if (!(yield* older(service)) && !isPatient) return;
              known = latest.services();
              position = latest.joined(position);
              for (let next = latest.behind(position); next && !isOver(); next = latest.behind(position))
                if (!(yield* older(next)) && !isPatient) return;
              cursor = latest.oldest();
            }
            if (cursor < latest.oldest()) {
              if (!isPatient) return;
              known = -1;
              continue;
            }
            const all = latest.from(cursor);
            const reached = latest.position();
            const isNew = (place: Readonly<{ topic: string; partition: number; offset: number }>): boolean =>
              place.offset >= (position.offsets[place.topic]?.[place.partition] ?? 0);
            const found = all.filter(({ at: place }) => !place || isNew(place));
            if (found.length > 0) yield found;
            cursor += all.length;
            position = furthest(position, reached);
            if (all.length === 0) await latest.changed(signal);
          }
        } finally {
          open -= 1;
        }
      }
      return { [Symbol.asyncIterator]: items, id: () => idOf(position) };
    },
  };
};
export type Feed = ReturnType<typeof feed>;
