import type { Parked, Parking } from "../ports.ts";
import { copy } from "./copy.ts";
import type { MemoryDatabase } from "./database.ts";
import { placeKey } from "./due.ts";
import { type Fate, under } from "./fate.ts";

/** One instance's view of what is parked, in memory. */
export const memoryParking = (database: MemoryDatabase, fate: Fate): Parking => {
  const sorted = (wanted: (parked: Parked) => boolean): readonly Parked[] =>
    [...database.parked.values()].filter(wanted).sort((left, right) => (idOf(left) < idOf(right) ? -1 : 1));
  return {
    add: (parked) =>
      under(fate, `parking.add ${idOf(parked)}`, () => {
        if (!database.parked.has(idOf(parked))) database.parked.set(idOf(parked), copy(parked));
      }),
    streams: (subscription) =>
      under(fate, `parking.streams ${subscription}`, () => {
        const streams = sorted((parked) => parked.subscription === subscription).map(({ stream }) => stream);
        return [...new Set(streams)].sort();
      }),
    of: (subscription, stream) =>
      under(fate, `parking.of ${subscription} ${stream}`, () =>
        sorted((parked) => parked.subscription === subscription && parked.stream === stream).map(copy),
      ),
    remove: (parked) =>
      under(fate, `parking.remove ${idOf(parked)}`, () => {
        database.parked.delete(idOf(parked));
      }),
    list: (limit) =>
      under(fate, "parking.list", () =>
        sorted(() => true)
          .slice(0, Math.max(0, limit))
          .map(copy),
      ),
  };
};

const idOf = ({ subscription, stream, version }: Parked): string => `${subscription}|${placeKey(stream, version)}`;
