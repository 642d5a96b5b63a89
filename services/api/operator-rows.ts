import type { Rejection } from "../../events/index.ts";
import type { ModelStatus } from "../../events/runtime.ts";
import type { ParkedStream, ParkedStreams, Platform, ReadModel } from "../../schemas/generated/http.ts";
import type { PlatformStatus } from "../chassis/http/platform-status.ts";
import { isProblem, isRejected, type Problem } from "../chassis/http/problems.ts";
import { rows } from "../chassis/http/rows.ts";
import type { Operating } from "./operating.ts";
import type { ApiOutside } from "./ports.ts";

const { answer } = rows<never, Record<never, never>, ApiOutside>();

/** The first "no" among some answers, or all of them. */
const allOf = (answers: readonly (object | Rejection | Problem)[]): readonly object[] | Rejection | Problem =>
  answers.find((each) => isProblem(each) || isRejected(each)) ?? answers;

/** A parked stream as its service tells it. */
type Told = Required<Omit<ParkedStream, "service" | "event_id" | "asked">> & {
  readonly eventId: string;
  readonly asked: { readonly action: string; readonly by: string } | null;
};
const parkedIn = (told: object): readonly ParkedStream[] => {
  const { service, streams } = told as { readonly service: string; readonly streams: readonly Told[] }; // The type of the service's answer.
  return streams.map(({ eventId, asked, subscription, stream, type, reason, time, attempts, events, origin }) => ({
    ...{ service, subscription, stream, event_id: eventId, type, reason, time, attempts, events, origin },
    ...(asked && { asked: `${asked.action} by ${asked.by}` }),
  }));
};
const parkedOf = (answers: readonly object[]): ParkedStreams => {
  const streams = answers.flatMap(parkedIn);
  return { total_count: streams.length, parked_stream_set: streams };
};

type Selected = { readonly service?: string; readonly [field: string]: unknown };
/** Asks the named service, or all. */
const askServices = (operate: Operating, by: string, { service }: Selected, path: string, body?: object) =>
  Promise.all((service === undefined ? operate.services() : [service]).map((name) => operate.ask(by, name, path, body)));

const readModelsIn = (told: object): readonly ReadModel[] => {
  const { service, models } = told as { readonly service: string; readonly models: readonly ModelStatus[] }; // All services are of one release.
  return models.map(({ model, active, next, generation, feeds, compared }) => ({
    ...{ service, model, generation },
    ...(active !== null && { active }),
    ...(next !== null && { next }),
    collection: feeds.map(({ collection, fold, read, end, rebuild }) => ({
      ...{ collection, fold, end },
      ...(read !== null && { read }),
      ...(rebuild && { compared: rebuild.verdict?.compared ?? compared }),
      ...(rebuild?.verdict && { differences: rebuild.verdict.differences }),
    })),
  }));
};

const platformOf = ({ services, problems }: PlatformStatus): Platform => ({
  problem: problems,
  service: services.map(({ service, instances, subscriptions, due }) => ({
    service,
    instance: instances.map(({ instance, since, state, reasons, breakers }) => ({
      ...{ instance, since, state, reason: reasons, open_breaker: breakers.map(({ name }) => name) },
    })),
    subscription: subscriptions.map(({ name, lag, behindSeconds, parked, unread }) => ({
      ...{ name, unread },
      ...(lag !== null && { lag }),
      ...(behindSeconds !== null && { behind_seconds: behindSeconds }),
      ...(parked !== null && { parked }),
    })),
    ...(due && { due: due.map(({ kind, marks, oldestSeconds }) => ({ kind, marks, oldest_seconds: oldestSeconds })) }),
  })),
});

/** Operations on the platform itself: the routes for operators of all services, for administrators and consoles. */
export const operatorRows = [
  answer("DescribePlatform", async (_, { actor, outside: { operate } }) => platformOf(await operate.status(actor.userId))),

  answer("DescribeParkedStreams", async ({ service, ...filter }, { actor, outside: { operate } }) => {
    const query = new URLSearchParams(
      Object.entries(filter).flatMap(([name, value]): [string, string][] => (value ? [[name, value]] : [])),
    );
    const found = allOf(await askServices(operate, actor.userId, { ...(service && { service }) }, `/internal/parked?${query}`));
    return isProblem(found) || isRejected(found) ? found : parkedOf(found);
  }),

  answer("RedriveParkedStreams", async ({ service, all = false, ...filter }, { actor, outside: { operate } }) => {
    if (!all && !service && Object.values(filter).every((value) => !value))
      return { rejected: "name the streams by a field, or say all", kind: "invalid" };
    const found = allOf(await askServices(operate, actor.userId, { ...(service && { service }) }, "/internal/parked/redrive", filter));
    return isProblem(found) || isRejected(found) ? found : parkedOf(found);
  }),

  answer("DiscardParkedEvent", async ({ service, event_id, ...given }, { actor, outside: { operate } }) => {
    const found = allOf([await operate.ask(actor.userId, service, "/internal/parked/discard", { ...given, eventId: event_id })]);
    return isProblem(found) || isRejected(found) ? found : parkedOf(found);
  }),

  answer("DescribeReadModels", async ({ service }, { actor, outside: { operate } }) => {
    const found = allOf(await askServices(operate, actor.userId, { ...(service && { service }) }, "/internal/read-models"));
    return isProblem(found) || isRejected(found) ? found : { read_model_set: found.flatMap(readModelsIn) };
  }),

  answer("MoveReadModel", async ({ service, action, ...given }, { actor, outside: { operate } }) => {
    const moved = await operate.ask(actor.userId, service, `/internal/read-models/${action}`, given);
    if (isProblem(moved) || isRejected(moved)) return moved;
    const found = await operate.ask(actor.userId, service, `/internal/read-models?model=${encodeURIComponent(given.model)}`);
    return isProblem(found) || isRejected(found) ? found : { read_model_set: readModelsIn(found) };
  }),

  answer("CreateInspection", (asked, { actor, outside: { operate } }) => operate.inspections.create(actor.userId, asked)),
  answer("GetInspection", ({ inspection_id }, { actor, outside: { operate } }) => operate.inspections.get(actor.userId, inspection_id)),
  answer("DescribeInspections", async (_, { actor, outside: { operate } }) => ({
    inspection_set: await operate.inspections.list(actor.userId),
  })),
  answer("StopInspection", ({ inspection_id }, { actor, outside: { operate } }) => operate.inspections.stop(actor.userId, inspection_id)),
];
