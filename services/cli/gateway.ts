import { type OperationId, type Operations, operations } from "../../schemas/generated/http.ts";
import { CommandFailed, exitCodes } from "../chassis/operator/failure.ts";
import type { Asked, Kind, Results } from "../chassis/operator/inspections.ts";
import type { Progress } from "../chassis/operator/works.ts";
import type { SendToGateway } from "./connection.ts";
import { heard, modelIn, parkedIn, statusIn } from "./gateway-answers.ts";
import type { Operator, Plan } from "./operator.ts";

/** Asks the gateway, by the operations of the contract. */
export const throughGateway = (send: SendToGateway): Operator => {
  const call = async <O extends OperationId>(operation: O, request: Operations[O]["request"]): Promise<Operations[O]["answer"]> => {
    const { method, path, query, body } = operations[operation];
    const fields = Object.entries(request).filter(([, value]) => value !== undefined);
    const rest = fields.filter(([name]) => !path.includes(`{${name}}`));
    const filled = path.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(String(Reflect.get(request, name))));
    const asked = new URLSearchParams(
      rest.flatMap(([name, value]): [string, string][] => (query.includes(name) ? [[name, String(value)]] : [])),
    );
    const text = asked.size > 0 ? `${filled}?${asked}` : filled;
    return (await send(text, body ? Object.fromEntries(rest) : undefined, method.toUpperCase())) as Operations[O]["answer"]; // The contract says so.
  };

  return {
    status: async (service) => {
      const { services, problems } = statusIn(await call("DescribePlatform", {}));
      if (service === undefined) return { services, problems };
      const own = services.filter((each) => each.service === service);
      if (own.length === 0)
        throw new CommandFailed(
          `there is no service ${service}; there are ${services.map((each) => each.service).join(", ")}`,
          exitCodes.notFound,
        );
      return { services: own, problems: problems.filter((problem) => problem.startsWith(`${service}: `)) };
    },
    why: (id) =>
      call("GetCommand", { id }).catch((error: unknown) => {
        if (error instanceof CommandFailed && error.code === exitCodes.notFound) return undefined;
        throw error;
      }),
    parked: async ({ olderThanSeconds, ...filter }) => {
      const asked = { ...filter, ...(olderThanSeconds !== undefined && { older_than_seconds: olderThanSeconds }) };
      return (await call("DescribeParkedStreams", withoutUndefined(asked))).parked_stream_set?.map(parkedIn) ?? [];
    },
    parkedEvents: async (service, stream, subscription, limit) => {
      const asked = { service, stream, limit, ...(subscription !== undefined && { subscription }) };
      const { total_count = 0, parked_event_set = [] } = await call("GetParkedEvents", asked);
      return { total: total_count, events: parked_event_set.map(({ event_id: eventId, ...event }) => ({ ...event, eventId })) };
    },
    redrive: async ({ olderThanSeconds, ...filter }, dryRun) => {
      const older = olderThanSeconds !== undefined && { older_than_seconds: olderThanSeconds };
      const asked = { ...withoutUndefined({ ...filter, ...older }), dry_run: dryRun, all: true };
      return (await call("RedriveParkedStreams", asked)).parked_stream_set?.map(parkedIn) ?? [];
    },
    discard: async ({ eventId, ...request }) =>
      (await call("DiscardParkedEvent", { ...request, event_id: eventId })).parked_stream_set?.map(parkedIn) ?? [],
    models: async (service, model) => {
      const asked = { ...(service !== undefined && { service }), ...(model !== undefined && { model }) };
      return (await call("DescribeReadModels", asked)).read_model_set?.map(modelIn) ?? [];
    },
    plan: async (service, model, rate, order) => {
      const planned = await call("PlanReadModel", { service, model, ...orderTold(rate, order) });
      const { active = null, topic: topics = [], refusal: refusals = [], ...rest } = planned;
      return { ...rest, active, topics, refusals, order, rate: rate ?? null };
    },
    move: async (service, model, action, more) => {
      const { rate, collection, unverified, generation, ...order } = more;
      const given = withoutUndefined({ collection, unverified, generation });
      await call("MoveReadModel", { service, model, action, ...given, ...orderTold(rate, order) });
    },
    /** Begins an inspection, and gives what was found once it is over. */
    inspect: async <K extends Kind>(
      asked: Asked & { readonly inspection: K },
      progress: Progress,
      signal: AbortSignal,
    ): Promise<Results[K]> => {
      let found = await call("CreateInspection", asked);
      while (found.status === "running") {
        if (signal.aborted) await call("StopInspection", { inspection_id: found.inspection_id });
        if (signal.aborted) throw new CommandFailed("interrupted");
        const sum = (field: "read" | "all"): number => found.part?.reduce((all, part) => all + (part[field] ?? 0), 0) ?? 0;
        progress(sum("read"), sum("all"));
        await new Promise((resolve) => setTimeout(resolve, PAUSE));
        found = await call("GetInspection", { inspection_id: found.inspection_id });
      }
      progress(0, 0);
      if (found.status === "done") return heard[asked.inspection](found);
      const reasons = found.part?.flatMap(({ service, status, reason }) => (status === "done" ? [] : [`${service}: ${reason ?? status}`]));
      throw new CommandFailed(reasons?.join("; ") || "a service has lost its part: begin again", exitCodes.failed);
    },
  };
};

const PAUSE = 200;
const withoutUndefined = <T extends object>(fields: T): { readonly [K in keyof T]?: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as never; // These are the fields left.

const orderTold = (rate: Plan["rate"] | undefined, { since, until, mayDiffer, ...order }: Plan["order"]) => ({
  ...order,
  ...(since !== undefined && { since: new Date(since).toISOString() }),
  ...(until !== undefined && { until: new Date(until).toISOString() }),
  ...(mayDiffer && { may_differ: mayDiffer }),
  ...(rate === "auto" ? { auto_rate: true } : typeof rate === "number" && { rate }),
});
