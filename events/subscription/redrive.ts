import type { OperatorRequest, ParkedStream, Parking } from "../ports.ts";
import { modelIn } from "./pointer.ts";

/** Selects parked streams; an empty filter selects all. */
export type ParkedFilter = {
  /** Name of a subscription; the name of a read model selects all its folds. */
  readonly subscription?: string | undefined;
  readonly stream?: string | undefined;
  /** Text that the reason contains, ignoring case. */
  readonly reason?: string | undefined;
  /** The type of the event that cannot be handled. */
  readonly type?: string | undefined;
  /** Parked, or last attempted, longer ago than this. */
  readonly olderThanMilliseconds?: number | undefined;
};

/** The parked streams of some subscriptions that match a filter. */
export const parkedIn = async (
  parking: Parking,
  subscriptions: readonly string[],
  filter: ParkedFilter,
  now: number,
): Promise<readonly ParkedStream[]> => {
  const { subscription, stream, reason, type, olderThanMilliseconds } = filter;
  const meant = subscriptions.filter((name) => !subscription || name === subscription || modelIn(name) === subscription);
  const found = (await Promise.all(meant.map((name) => parking.streams(name)))).flat();
  return found.filter(
    (parked) =>
      (!stream || parked.stream === stream) &&
      (!reason || parked.reason.toLowerCase().includes(reason.toLowerCase())) &&
      (!type || parked.row === type) &&
      // Without this condition, streams that a wrong clock has parked in the future match, too.
      (olderThanMilliseconds === undefined || now - Date.parse(parked.time) >= olderThanMilliseconds),
  );
};

/** Stores a request for the owners of the partitions. Returns the streams that are still parked and now have the request. */
export const askFor = async (
  parking: Parking,
  streams: readonly ParkedStream[],
  asked: OperatorRequest,
): Promise<readonly ParkedStream[]> => {
  const waiting: ParkedStream[] = [];
  for (const parked of streams) if (await parking.ask({ ...parked, version: parked.first }, asked)) waiting.push({ ...parked, asked });
  return waiting;
};
