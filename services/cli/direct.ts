import type { ModelStatus } from "../../events/runtime.ts";
import { queryCausation, type ServicesClient } from "../chassis/http/causation-query.ts";
import { platformStatus } from "../chassis/http/platform-status.ts";
import { loadServices } from "../chassis/list.ts";
import { CommandFailed, exitCodes } from "../chassis/operator/failure.ts";
import { inspectionOf, type Kind, type Results } from "../chassis/operator/inspections.ts";
import { services } from "../index.ts";
import { askOne, logOf, type Platform, servicesClient } from "./connection.ts";
import type { Filter, Operator, ParkedSummary, Plan } from "./operator.ts";

/** Asks the services themselves at their routes for operators, and reads Kafka with rights of its own. */
export const direct = (platform: Platform): Operator => {
  const answered = async (service: string, path: string, body?: object): Promise<object> => {
    const answer = await askOne(platform, service, path, body);
    if (answer === undefined) throw new CommandFailed(`${service} does not answer`, exitCodes.unavailable);
    return Object(answer);
  };
  const namesOf = async (service?: string): Promise<readonly string[]> => [
    ...new Set((await platform.instances(service)).map((instance) => instance.service)),
  ];
  /** One instance of each service. Parked streams and pointers are in its store, so any instance knows them. */
  const each = async (service: string | undefined, path: string, body?: object): Promise<readonly object[]> =>
    Promise.all((await namesOf(service)).map((name) => answered(name, path, body)));

  return {
    status: (service) => platformStatus({ ...platform, instances: () => platform.instances(service) }, Date.now()),
    why: async (id) => {
      const found = await queryCausation(withoutGateway(servicesClient(platform)), id, () => true);
      return typeof found === "object" ? found : undefined;
    },
    parked: async (filter) => (await each(filter.service, `/internal/parked${query(filter)}`)).flatMap(streamsIn),
    parkedEvents: async (service, stream, subscription, limit) => {
      const asked = query({ stream, subscription }, { limit: String(limit) });
      const { total, events } = (await answered(service, `/internal/parked/events${asked}`)) as Awaited<
        ReturnType<Operator["parkedEvents"]>
      >; // The type of the service's answer; so below.
      return { total, events };
    },
    redrive: async ({ service, ...criteria }, dryRun) =>
      (await each(service, "/internal/parked/redrive", { ...criteria, dryRun })).flatMap(streamsIn),
    discard: async ({ service, ...body }) => streamsIn(await answered(service, "/internal/parked/discard", body)),
    models: async (service, model) => {
      const one = model === undefined ? "" : `?model=${encodeURIComponent(model)}`;
      const answers = (await namesOf(service)).map(async (name) => {
        const { models } = (await answered(name, `/internal/read-models${one}`)) as { readonly models: readonly ModelStatus[] };
        return models.map((found) => ({ ...found, service: name }));
      });
      return (await Promise.all(answers)).flat();
    },
    plan: async (service, model, rate, order) => (await answered(service, "/internal/read-models/plan", { ...order, model, rate })) as Plan,
    move: async (service, model, action, more) => void (await answered(service, `/internal/read-models/${action}`, { model, ...more })),
    inspect: async <K extends Kind>(
      asked: Parameters<Operator["inspect"]>[0],
      progress: (read: number, all: number) => void,
      signal: AbortSignal,
    ) => {
      const all = await loadServices(services);
      const row = inspectionOf(asked.inspection);
      const means = { log: logOf(platform), own: all, all, platform: servicesClient(platform), signal, progress, now: Date.now() };
      return (await row.run(means, asked)) as unknown as Results[K]; // The row of this kind.
    },
  };
};

const withoutGateway = ({ services: names, request }: ServicesClient): ServicesClient => ({
  services: async () => (await names()).filter((name) => name !== "api"),
  request,
});

const query = ({ service: _, ...filter }: Filter, more: { readonly [name: string]: string } = {}): string => {
  const given = Object.entries({ ...filter, ...more }).flatMap(([name, value]): [string, string][] =>
    value === undefined ? [] : [[name, String(value)]],
  );
  return given.length === 0 ? "" : `?${new URLSearchParams(given)}`;
};

const streamsIn = (answer: object): readonly ParkedSummary[] => {
  const { service, streams } = answer as { readonly service: string; readonly streams: readonly ParkedSummary[] };
  return streams.map((stream) => ({ ...stream, service }));
};
