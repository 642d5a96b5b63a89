import { type Clock, keyedMutex } from "../../events/index.ts";
import type { WebhookDelivery } from "../../schemas/generated/http.ts";
import type { Caller } from "../chassis/access/access.ts";
import { allowing } from "../chassis/access/rules.ts";
import type { Feed } from "../chassis/http/feed/feed.ts";
import type { Item } from "../chassis/http/feed/items.ts";
import { wantedBy } from "../chassis/http/feed/wanted.ts";
import type { WebhookOutside } from "./ports.ts";
import { KEPT_ATTEMPTS, MOST_WAITING, type Queue, type Waiting } from "./queue.ts";
import type { WebhookDocument } from "./read-models.ts";

const [SECOND, MINUTE, HOUR] = [1_000, 60_000, 3_600_000];
/** Pauses before the next attempt; the last one is repeated. */
const PAUSES = [5 * SECOND, 30 * SECOND, 2 * MINUTE, 10 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR];
/** How long a message is tried until it is parked. */
const LONGEST = 24 * HOUR;
/** Milliseconds between two looks at what is due, and between two savings of the position. */
const LOOK = SECOND;

export type DeliveryPorts = {
  readonly clock: Clock;
  readonly queue: Queue;
  readonly feed: Feed;
  readonly send: WebhookOutside["send"];
  /** The owner as they are now; undefined if they may not have events any more. */
  readonly caller: (userId: string) => Promise<Caller | undefined>;
};

/**
 * Sends a webhook the events that its owner may see, until the signal aborts. Those of a stream are sent in their order: after a failure the later ones
 * wait, and other streams go on.
 */
export const deliver = async (
  webhook: WebhookDocument,
  { clock, queue, feed, send, caller }: DeliveryPorts,
  letGo: AbortSignal,
): Promise<void> => {
  const id = webhook.webhook_id;
  const over = new AbortController();
  const signal = AbortSignal.any([letGo, over.signal]);
  const saved = await queue.progress(id);
  const isReplay = saved.replays < webhook.replays;
  const began = Date.parse(isReplay ? webhook.replay_since : webhook.create_time);
  const begin = feed.begin(isReplay ? undefined : saved.position, began) ?? feed.begin(undefined, began);
  if (!begin) return;
  const reading = feed.from(begin, signal, true);
  const attempts: WebhookDelivery[] = [...saved.attempts];
  const waiting = new Map<string, Waiting[]>();
  const places = new Set<number>();
  const freePlace = (): number => {
    let place = 0;
    while (places.has(place)) place += 1;
    return place;
  };
  const inTurn = keyedMutex();
  let left = 0;
  let noted = 0;
  let written = "";

  const save = async (position: string): Promise<void> => {
    const state = `${position} ${noted}`;
    if (state === written) return;
    written = state;
    await queue.save(id, { position, replays: webhook.replays, attempts });
  };
  const take = (each: Waiting): void => {
    waiting.set(each.stream, [...(waiting.get(each.stream) ?? []), each]);
    places.add(each.place);
    left += 1;
  };
  const record = (entry: WebhookDelivery): void => {
    attempts.push(entry);
    noted += 1;
    if (attempts.length > 2 * KEPT_ATTEMPTS) attempts.splice(0, KEPT_ATTEMPTS);
  };
  const note = (each: Pick<Waiting, "event_id" | "event_type" | "attempts">, outcome: Awaited<ReturnType<typeof send>>): void => {
    const { delivered, status, reason, milliseconds } = outcome;
    record({
      ...{ event_id: each.event_id, event_type: each.event_type, attempts: each.attempts, time: new Date(clock.now()).toISOString() },
      ...{ status: delivered ? "delivered" : "failed", took_milliseconds: milliseconds },
      ...(status !== undefined && { response_status: status }),
      ...(reason !== undefined && { reason }),
    });
  };
  /** Tries once; returns the message as it waits from then on, or undefined if it is sent. An attempt that was broken off does not count. */
  const attempt = async (each: Waiting): Promise<Waiting | undefined> => {
    const outcome = await send(webhook, each.event_id, each.json, signal);
    if (signal.aborted && !outcome.delivered) return each;
    const now = clock.now();
    if (outcome.isHeldBack) return { ...each, next: now + (PAUSES[1] ?? LOOK), reason: outcome.reason ?? "" };
    const tried = { ...each, attempts: each.attempts + 1 };
    note(tried, outcome);
    if (outcome.delivered) return undefined;
    const pause = PAUSES[Math.min(each.attempts, PAUSES.length - 1)] ?? HOUR;
    const status = now - each.since > LONGEST ? "parked" : "waiting";
    return { ...tried, status, next: now + pause * (0.9 + clock.random() / 5), reason: outcome.reason ?? "" };
  };

  const handle = async ({ event, json }: Item): Promise<void> => {
    if (!event)
      return void record({
        event_id: "",
        event_type: "gap",
        status: "gap",
        time: new Date(clock.now()).toISOString(),
        reason: json,
      });
    const at = event.id.lastIndexOf("@");
    const now = clock.now();
    const fresh: Waiting = {
      ...{
        webhook_id: id,
        place: freePlace(),
        event_id: event.id,
        event_type: event.type,
        stream: event.subject,
        number: Number(event.id.slice(at + 1)),
        json,
      },
      ...{ status: "waiting", attempts: 0, since: now, next: now, reason: "" },
    };
    await inTurn(event.subject, async () => {
      const others = waiting.get(event.subject) ?? [];
      if (others.some((each) => each.event_id === event.id)) return;
      const after = others.length > 0 ? fresh : await attempt(fresh);
      // After a broken off attempt it is read again.
      if (!after || (signal.aborted && others.length === 0)) return;
      await queue.put(after);
      take(after);
    });
  };
  const follow = async (): Promise<void> => {
    const isWanted = wantedBy(webhook.event_type.length > 0 ? { type: webhook.event_type } : {});
    for await (const items of reading) {
      await save(reading.id());
      for (const item of items) {
        if (signal.aborted) return;
        const owner = await caller(webhook.owner);
        const mine = item.event === undefined || (owner && isWanted(item.event) && allowing("own", owner)(item.owner ?? {}));
        if (mine) await handle(item);
        while (left >= MOST_WAITING && !signal.aborted) await clock.sleep(LOOK, signal);
      }
    }
  };
  /** Sends what is due of a stream, up to the first message that fails again. */
  const retry = (stream: string): Promise<void> =>
    inTurn(stream, async () => {
      for (let [first] = waiting.get(stream) ?? []; first && !signal.aborted; [first] = waiting.get(stream) ?? []) {
        if (first.status === "parked" || first.next > clock.now()) return;
        const after = await attempt(first);
        const [, ...rest] = waiting.get(stream) ?? [];
        if (after === first) return;
        if (after) await queue.put(after);
        else {
          await queue.remove(first);
          places.delete(first.place);
        }
        left -= after ? 0 : 1;
        if (after || rest.length > 0) waiting.set(stream, after ? [after, ...rest] : rest);
        else waiting.delete(stream);
        if (after) return;
      }
    });
  /** Takes up what an operator lets be sent again. */
  const refresh = async (): Promise<void> => {
    if (![...waiting.values()].some(([first]) => first?.status === "parked")) return;
    for (const each of await queue.of(id))
      await inTurn(each.stream, async () => {
        const mine = waiting.get(each.stream) ?? [];
        waiting.set(
          each.stream,
          mine.map((other) => (other.event_id === each.event_id && other.status === "parked" ? each : other)),
        );
        if (mine.length === 0) waiting.delete(each.stream);
      });
  };
  const retryAll = async (): Promise<void> => {
    while (!signal.aborted) {
      await refresh();
      await Promise.all([...waiting.keys()].map(retry));
      await save(reading.id());
      await clock.sleep(LOOK, signal);
    }
  };
  for (const each of await queue.of(id)) take(each);
  // Where one of the two ends, or fails, so does the other.
  const ends = [follow(), retryAll()].map((work) => work.finally(() => over.abort("over")));
  const failed = (await Promise.allSettled(ends)).find((each) => each.status === "rejected");
  if (failed) throw failed.reason;
  await save(reading.id());
};
