import { sorted } from "../chassis/operator/order.ts";
import { operatorOf } from "./choose.ts";
import type { Platform } from "./connection.ts";
import type { Discarded, Filter, ParkedSummary } from "./operator.ts";
import { age, type Paint, plain, table } from "./output.ts";

const inOrder = (streams: readonly ParkedSummary[]): readonly ParkedSummary[] =>
  sorted(
    streams,
    ({ service }) => service,
    ({ subscription }) => subscription,
    ({ stream }) => stream,
  );

export const listParked = async (platform: Platform, filter: Filter): Promise<readonly ParkedSummary[]> =>
  inOrder(await operatorOf(platform).parked(filter));

/** The events of one parked stream, by subscription and in their order. */
export const showParked = async (platform: Platform, service: string, stream: string, subscription: string | undefined, limit: number) => {
  const { total, events } = await operatorOf(platform).parkedEvents(service, stream, subscription, limit);
  return { total, events: sorted(events, (event) => String(event.subscription)) };
};

export const redriveParked = async (platform: Platform, filter: Filter, dryRun: boolean): Promise<readonly ParkedSummary[]> =>
  inOrder(await operatorOf(platform).redrive(filter, dryRun));

export type Ending = { readonly stream: ParkedSummary; readonly state: "done" | "parked again" | "pending"; readonly now?: ParkedSummary };

/** Waits until the owners have finished the requests. Requests that outlast the timeout are pending; their owners continue them. */
export const awaitParked = async (
  platform: Platform,
  requested: readonly ParkedSummary[],
  milliseconds: number,
): Promise<readonly Ending[]> => {
  const until = Date.now() + milliseconds;
  const keyOf = ({ service, subscription, stream }: ParkedSummary): string => [service, subscription, stream].join(" ");
  for (;;) {
    const services = [...new Set(requested.map(({ service }) => service))];
    const listed = (await Promise.all(services.map((service) => listParked(platform, { service })))).flat();
    const parked = new Map(listed.map((each) => [keyOf(each), each]));
    const endings = requested.map((stream): Ending => {
      const now = parked.get(keyOf(stream));
      if (!now) return { stream, state: "done" };
      const tried = now.asked === null && now.attempts > 0 && (now.eventId !== stream.eventId || now.attempts > stream.attempts);
      return { stream, state: tried ? "parked again" : "pending", now };
    });
    if (endings.every(({ state }) => state !== "pending") || Date.now() >= until) return endings;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
};

export const discardParked = (platform: Platform, request: Discarded): Promise<readonly ParkedSummary[]> =>
  operatorOf(platform).discard(request);

/** Parked streams that have failed for the same reason. */
export type ParkedReason = {
  /** Without the ids of the events and streams that it names. */
  readonly reason: string;
  readonly service: string;
  readonly subscription: string;
  readonly type: string;
  readonly streams: number;
  readonly events: number;
  readonly oldest: string;
  /** The first event of one of them. */
  readonly example: string;
};

const without = (text: string, id: string): string =>
  text.replaceAll(new RegExp(`(?<![\\w-])${id.replaceAll(/[^\w]/g, "\\$&")}(?![\\w-])`, "g"), "…");

export const reasonsIn = (streams: readonly ParkedSummary[]): readonly ParkedReason[] => {
  const groups = new Map<string, ParkedReason>();
  for (const { service, subscription, stream, type, reason: told, events, time, eventId } of streams) {
    const reason = [eventId, stream, stream.slice(stream.indexOf("/") + 1)].reduce(without, told);
    const key = JSON.stringify([reason, service, subscription, type]);
    const known = groups.get(key);
    groups.set(key, {
      ...{ reason, service, subscription, type, streams: (known?.streams ?? 0) + 1, events: (known?.events ?? 0) + events },
      ...{ oldest: known && known.oldest < time ? known.oldest : time, example: known?.example ?? eventId },
    });
  }
  return sorted(
    [...groups.values()],
    ({ streams: count }) => -count,
    ({ service }) => service,
    ({ subscription }) => subscription,
    ({ reason }) => reason,
  );
};

export const reasonsTable = (reasons: readonly ParkedReason[], paint: Paint, now: number): string =>
  table(
    ["STREAMS", "EVENTS", "SERVICE", "SUBSCRIPTION", "TYPE", "OLDEST", "EXAMPLE", "REASON"],
    reasons.map(({ streams, events, service, subscription, type, oldest, example, reason }) => [
      ...[streams, events, service, subscription, type, age(now - Date.parse(oldest)), example, plain(reason).slice(0, 160)],
    ]),
    paint,
  );

/** Parked streams as text: one line for each stream. */
export const parkedTable = (streams: readonly ParkedSummary[], paint: Paint, now: number): string =>
  table(
    ["SERVICE", "SUBSCRIPTION", "STREAM", "AT", "TYPE", "EVENTS", "TRIES", "AGE", "REASON"],
    streams.map(({ service, subscription, stream, eventId, type, events, attempts, time, reason, asked }) => [
      ...[service, subscription, stream, eventId.startsWith(`${stream}@`) ? eventId.slice(stream.length) : eventId, type, events, attempts],
      age(now - Date.parse(time)),
      `${asked ? `(${asked.action} requested by ${asked.by}) ` : ""}${plain(reason).slice(0, 160)}`,
    ]),
    paint,
  );
