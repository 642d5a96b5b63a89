import type { Rejection } from "../../events/index.ts";
import { isProblem, isRejected, type Problem } from "../chassis/http/problems.ts";
import type { RebuildPlan } from "../chassis/http/read-model-routes.ts";
import { rows } from "../chassis/http/rows.ts";
import type { Operating } from "./operating.ts";
import { orderOf, parkedOf, platformOf, readModelsIn, type ToldEvent } from "./operator-answers.ts";
import type { ApiOutside } from "./ports.ts";

const { answer } = rows<never, Record<never, never>, ApiOutside>();

/** The first "no" among some answers, or all of them. */
const allOf = (answers: readonly (object | Rejection | Problem)[]): readonly object[] | Rejection | Problem =>
  answers.find((each) => isProblem(each) || isRejected(each)) ?? answers;

type Selected = { readonly service?: string; readonly [field: string]: unknown };
/** Asks the named service, or all. */
const askServices = (operate: Operating, by: string, { service }: Selected, path: string, body?: object) =>
  Promise.all((service === undefined ? operate.services() : [service]).map((name) => operate.ask(by, name, path, body)));

/** Operations on the platform itself: the routes for operators of all services, for administrators and consoles. */
export const operatorRows = [
  answer("DescribePlatform", async (_, { actor, outside: { operate } }) => platformOf(await operate.status(actor.userId))),

  answer("DescribeParkedStreams", async ({ service, older_than_seconds: olderThanSeconds, ...filter }, { actor, outside: { operate } }) => {
    const query = new URLSearchParams(
      Object.entries({ ...filter, olderThanSeconds }).flatMap(([name, value]): [string, string][] =>
        value ? [[name, String(value)]] : [],
      ),
    );
    const found = allOf(await askServices(operate, actor.userId, { ...(service && { service }) }, `/internal/parked?${query}`));
    return isProblem(found) || isRejected(found) ? found : parkedOf(found);
  }),

  answer("RedriveParkedStreams", async (asked, { actor, outside: { operate } }) => {
    const { service, all = false, dry_run: dryRun = false, older_than_seconds: olderThanSeconds, ...filter } = asked;
    if (!all && !service && Object.values({ ...filter, olderThanSeconds }).every((value) => !value))
      return { rejected: "name the streams by a field, or say all", kind: "invalid" };
    const given = { ...filter, ...(olderThanSeconds !== undefined && { olderThanSeconds }), dryRun };
    const found = allOf(await askServices(operate, actor.userId, { ...(service && { service }) }, "/internal/parked/redrive", given));
    return isProblem(found) || isRejected(found) ? found : parkedOf(found);
  }),

  answer("DiscardParkedEvent", async ({ service, event_id, ...given }, { actor, outside: { operate } }) => {
    const found = allOf([await operate.ask(actor.userId, service, "/internal/parked/discard", { ...given, eventId: event_id })]);
    return isProblem(found) || isRejected(found) ? found : parkedOf(found);
  }),

  answer("GetParkedEvents", async ({ service, ...given }, { actor, outside: { operate } }) => {
    const asked = new URLSearchParams(Object.entries(given).map(([name, value]): [string, string] => [name, String(value)]));
    const found = await operate.ask(actor.userId, service, `/internal/parked/events?${asked}`);
    if (isProblem(found) || isRejected(found)) return found;
    const { total, events } = found as { readonly total: number; readonly events: readonly ToldEvent[] }; // As above.
    return {
      total_count: total,
      parked_event_set: events.map(
        ({ eventId, subscription, stream, version, type, reason, time, attempts, origin, event, unreadable }) => ({
          ...{ subscription, stream, event_id: eventId, version, type, reason, time, attempts, origin },
          ...(event && { event }),
          ...(unreadable !== undefined && { unreadable }),
        }),
      ),
    };
  }),

  answer("DescribeReadModels", async ({ service, model }, { actor, outside: { operate } }) => {
    const one = model ? `?model=${encodeURIComponent(model)}` : "";
    const found = allOf(await askServices(operate, actor.userId, { ...(service && { service }) }, `/internal/read-models${one}`));
    return isProblem(found) || isRejected(found) ? found : { read_model_set: found.flatMap(readModelsIn) };
  }),

  answer("PlanReadModel", async ({ service, ...asked }, { actor, outside: { operate } }) => {
    const planned = await operate.ask(actor.userId, service, "/internal/read-models/plan", orderOf(asked));
    if (isProblem(planned) || isRejected(planned)) return planned;
    const { model, active, generation, fold, documents, bytes, topics, refusals } = planned as RebuildPlan; // As above.
    return {
      ...{ service, model, generation, fold, documents, bytes, topic: topics, refusal: refusals },
      ...(active !== null && { active }),
    };
  }),

  answer("MoveReadModel", async ({ service, action, ...asked }, { actor, outside: { operate } }) => {
    const given = orderOf(asked);
    const moved = await operate.ask(actor.userId, service, `/internal/read-models/${action}`, given);
    if (isProblem(moved) || isRejected(moved)) return moved;
    const found = await operate.ask(actor.userId, service, `/internal/read-models?model=${encodeURIComponent(asked.model)}`);
    return isProblem(found) || isRejected(found) ? found : { read_model_set: readModelsIn(found) };
  }),

  answer("CreateInspection", (asked, { actor, outside: { operate } }) => operate.inspections.create(actor.userId, asked)),
  answer("GetInspection", ({ inspection_id }, { actor, outside: { operate } }) => operate.inspections.get(actor.userId, inspection_id)),
  answer("DescribeInspections", async (_, { actor, outside: { operate } }) => ({
    inspection_set: await operate.inspections.list(actor.userId),
  })),
  answer("StopInspection", ({ inspection_id }, { actor, outside: { operate } }) => operate.inspections.stop(actor.userId, inspection_id)),
];
