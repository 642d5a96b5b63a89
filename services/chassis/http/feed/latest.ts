import type { Offsets } from "../../../../events/runtime.ts";
import type { EventsPage } from "../event-routes.ts";
import { at, itemsOf, type Placed } from "./items.ts";
import type { Position } from "./position.ts";

/** What the gateway keeps in memory of the latest events, for all streams. */
const RECENT = { items: 5_000, bytes: 16 * 1024 * 1024 };

/** The latest events of all services that are followed since a time, merged: numbered in the order in which they came. */
export const latestSince = (since: number, idOf: (position: Position) => string, over: AbortSignal) => {
  const begun = new Map<string, Offsets>();
  /** The offset of each partition from which on all events are here. */
  const starts: { [topic: string]: number[] } = {};
  let offsets: Offsets = {};
  const held: Placed[] = [];
  let first = 0;
  let bytes = 0;
  const waiting = new Set<() => void>();
  const wakeAll = (): void => {
    for (const wake of [...waiting]) wake();
  };
  over.addEventListener("abort", wakeAll, { once: true });

  type IsOutside = (offset: number, start: number, next: number) => boolean;
  /** The services of which the position is out of what is held, and where they are to be read. */
  const outside = (position: Position, isOutside: IsOutside, isUnknownOutside: boolean) =>
    [...begun].flatMap(([service, topics]) => {
      const mine = Object.keys(topics).map((topic) => [topic, position.offsets[topic]] as const);
      const isOut = mine.some(([topic, all]) => {
        const [start = [], next = []] = [starts[topic], offsets[topic]];
        return all ? all.some((offset, partition) => isOutside(offset, start[partition] ?? 0, next[partition] ?? 0)) : isUnknownOutside;
      });
      const from: Offsets = Object.fromEntries(mine.flatMap(([topic, all]) => (all ? [[topic, all]] : [])));
      return isOut ? [{ service, from }] : [];
    });

  return {
    since,
    over,
    take: (service: string, page: EventsPage): void => {
      if (!begun.has(service)) {
        begun.set(service, page.from);
        for (const [topic, all] of Object.entries(page.from)) starts[topic] = [...all];
      }
      for (const item of itemsOf(page, { offsets, since }, idOf)) {
        held.push(item);
        bytes += item.size;
      }
      offsets = { ...offsets, ...page.next };
      let gone = 0;
      for (; held.length - gone > RECENT.items || bytes > RECENT.bytes; gone += 1) {
        const { at: place, size } = held[gone] as Placed; // There is one: the limits are not exceeded by nothing.
        bytes -= size;
        const start = place && starts[place.topic];
        if (start) start[place.partition] = place.offset + 1;
      }
      held.splice(0, gone);
      first += gone;
      wakeAll();
    },
    /** How many services have answered. */
    services: (): number => begun.size,
    /** The position after the last event. */
    position: (): Position => ({ offsets, since }),
    /** A position in the topics that it does not name yet, if it began with what is followed here. */
    joined: (position: Position): Position => {
      if (position.since !== since) return position;
      const all: Offsets = Object.assign({}, ...begun.values());
      return { since: position.since, offsets: { ...all, ...position.offsets } };
    },
    /** The next service whose older events have to be asked for first, and from where. */
    behind: (position: Position) => outside(position, (offset, start) => offset < start, true)[0],
    /** Services of which the position is further than this process has come. */
    ahead: (position: Position) => outside(position, (offset, _, next) => offset > next, false),
    oldest: (): number => first,
    end: (): number => first + held.length,
    from: (number: number): readonly Placed[] => held.slice(Math.max(0, number - first)),
    /** Resolves when something has come, or when the signal aborts. */
    changed: (signal: AbortSignal): Promise<void> =>
      new Promise((resolve) => {
        if (signal.aborted || over.aborted) return resolve();
        const wake = (): void => {
          waiting.delete(wake);
          signal.removeEventListener("abort", wake);
          resolve();
        };
        waiting.add(wake);
        signal.addEventListener("abort", wake, { once: true });
      }),
  };
};
export type Latest = ReturnType<typeof latestSince>;

/** The further of two positions, in each partition. */
export const furthest = (one: Position, { offsets }: Position): Position =>
  at(
    one,
    Object.fromEntries(
      Object.entries(offsets).map(([topic, all]) => [
        topic,
        all.map((offset, partition) => Math.max(offset, one.offsets[topic]?.[partition] ?? 0)),
      ]),
    ),
  );
