import { parkedId } from "../keys.ts";
import type { Parked, ParkedStream, Parking } from "../ports.ts";
import { copy } from "./copy.ts";
import type { MemoryDatabase } from "./database.ts";
import { type Fate, under } from "./fate.ts";

/** One instance's view of parked events in memory. */
export const memoryParking = (database: MemoryDatabase, fate: Fate): Parking => {
  const sorted = (wanted: (parked: Parked) => boolean): readonly Parked[] =>
    [...database.parked]
      .filter(([id, parked]) => !id.startsWith(DISCARDED) && wanted(parked))
      .sort(([left], [right]) => (left < right ? -1 : 1))
      .map(([, parked]) => copy(parked));
  const streamsIn = (parked: readonly Parked[]): readonly ParkedStream[] => {
    const streams = new Map<string, ParkedStream>();
    for (const each of parked) {
      const found = streams.get(each.stream);
      const first: ParkedStream = found ?? { ...headOf(each), events: 0 };
      streams.set(each.stream, { ...first, last: each.version, events: first.events + 1 });
    }
    return [...streams.values()].sort((left, right) => (left.stream < right.stream ? -1 : 1));
  };
  return {
    add: async (parked) => {
      for (const each of parked)
        await under(fate, `parking.add ${parkedId(each)}`, () => {
          const id = parkedId(each);
          if (!database.parked.has(id) && !database.parked.has(DISCARDED + id)) database.parked.set(id, copy(each));
        });
    },
    streams: (subscription, place) =>
      under(fate, `parking.streams ${subscription}`, () =>
        streamsIn(
          sorted(
            ({ record, ...parked }) =>
              parked.subscription === subscription && (!place || (record.topic === place.topic && record.partition === place.partition)),
          ),
        ),
      ),
    of: (subscription, stream, limit) =>
      under(fate, `parking.of ${subscription} ${stream}`, () =>
        sorted((parked) => parked.subscription === subscription && parked.stream === stream).slice(0, limit),
      ),
    remove: async (parked) => {
      for (const each of parked)
        await under(fate, `parking.remove ${parkedId(each)}`, () => {
          database.parked.delete(parkedId(each));
        });
    },
    again: (parked) =>
      under(fate, `parking.again ${parkedId(parked)}`, () => {
        if (database.parked.has(parkedId(parked))) database.parked.set(parkedId(parked), copy({ ...parked, asked: null }));
      }),
    ask: (parked, asked) =>
      under(fate, `parking.ask ${parkedId(parked)}`, () => {
        const found = database.parked.get(parkedId(parked));
        if (found) database.parked.set(parkedId(parked), { ...found, asked });
        return found !== undefined;
      }),
    asked: (subscription) =>
      under(fate, `parking.asked ${subscription}`, () => sorted((parked) => parked.subscription === subscription && parked.asked !== null)),
    discard: (parked) =>
      under(fate, `parking.discard ${parkedId(parked)}`, () => {
        const found = database.parked.get(parkedId(parked));
        if (found) database.parked.set(DISCARDED + parkedId(parked), found);
        database.parked.delete(parkedId(parked));
      }),
    discarded: (subscription) =>
      under(fate, `parking.discarded ${subscription}`, () =>
        [...database.parked]
          .filter(([id, parked]) => id.startsWith(DISCARDED) && parked.subscription === subscription)
          .map(([, { eventId }]) => eventId),
      ),
    inherit: (from, to) =>
      under(fate, `parking.inherit ${from} ${to}`, () => {
        for (const [id, parked] of [...database.parked])
          if (id.startsWith(DISCARDED) && parked.subscription === from)
            database.parked.set(DISCARDED + parkedId({ ...parked, subscription: to }), { ...parked, subscription: to });
      }),
    list: (limit) => under(fate, "parking.list", () => sorted(() => true).slice(0, Math.max(0, limit))),
    forget: (subscription) =>
      under(fate, `parking.forget ${subscription}`, () => {
        for (const [id, parked] of [...database.parked]) if (parked.subscription === subscription) database.parked.delete(id);
      }),
  };
};

/** Prefix of the ids of discarded events; no subscription has such a name. */
const DISCARDED = "-";

const headOf = ({
  subscription,
  stream,
  version,
  record,
  eventId,
  row,
  reason,
  time,
  attempts,
  unknownSchema,
  asked,
}: Parked): ParkedStream => ({
  ...{ subscription, stream, topic: record.topic, partition: record.partition, offset: record.offset },
  ...{ first: version, last: version, events: 1, eventId, row, reason, time, attempts, unknownSchema, asked },
});
