import type { Request, Response } from "express";
import type { AnyService } from "../../../events/index.ts";
import { auditRoutes } from "../http/audit-routes.ts";
import type { ServicesClient } from "../http/causation-query.ts";
import { isFields } from "../http/fields.ts";
import type { Host } from "../http/host.ts";
import type { InternalRoute } from "../http/internal-route.ts";
import { isProblem, makeProblem } from "../http/problems.ts";
import { type Asked, inspectionOf } from "./inspections.ts";
import { type Work, works } from "./works.ts";

/** What the inspections of an instance answer. */
export type PartsAnswer = { readonly service: string; readonly parts: readonly Work[] };

/** Records whose streams are folded in memory at a time: the service has other work to do. */
const MOST = 50_000;
const ID = /^[\w-]{1,64}$/;

/** The routes of inspections: each service looks at what is its own, with its own rights on Kafka. `all`: the services of the platform. */
export const inspectionRoutes = (host: Host, all: () => Promise<readonly AnyService[]>): readonly InternalRoute[] => {
  const { instance, ports, logger, stopping } = host;
  const service = instance.service.name;
  const known = works({ clock: ports.clock, stopping }, (error) => logger.error({ error }, "an inspection broke off"));
  const common = { access: "operators", bodyLimit: 16 * 1_024 } as const;
  const answer = (id?: unknown): PartsAnswer => ({ service, parts: known.list().filter((work) => id === undefined || work.id === id) });
  return [
    {
      ...common,
      method: "post",
      path: "/internal/inspections",
      answer: async ({ body }, by) => {
        const { id, inspection, ...given } = isFields(body) ? body : {};
        if (typeof id !== "string" || !ID.test(id)) return makeProblem("illegal_parameter_format", "id");
        // The gateway has checked it against the contract, and is the only one that asks.
        const asked = { ...given, inspection } as Asked;
        const tables = await all();
        const row = inspectionOf(asked.inspection);
        if (!row) return makeProblem("unsupported_parameter_value", "inspection");
        try {
          if (!row.services(asked, tables).includes(service)) return makeProblem("resource_not_found", service);
        } catch (error) {
          return makeProblem("failed_precondition", error instanceof Error ? error.message : String(error));
        }
        const begun = known.begin({ id, kind: asked.inspection, by }, (signal, progress) =>
          row.run(
            {
              ...{ log: ports.log, own: [instance.service], all: tables, platform: ownAudit(host, by), signal, progress },
              ...{ now: ports.clock.now(), most: MOST },
            },
            asked,
          ),
        );
        if (!begun) return makeProblem("failed_precondition", `${service} inspects as much as it may: wait, or stop an inspection`);
        logger.info({ by, ...asked, id }, "an inspection was begun");
        return answer(id);
      },
    },
    { ...common, method: "get", path: "/internal/inspections", answer: async ({ query: { id } }) => answer(id) },
    {
      ...common,
      method: "post",
      path: "/internal/inspections/stop",
      answer: async ({ body }) => {
        const id = isFields(body) ? String(body.id) : "";
        known.stop(id);
        return answer(id);
      },
    },
  ];
};

/** The audit routes of this service, without a way over HTTP. */
const ownAudit = (host: Host, by: string): ServicesClient => {
  const routes = auditRoutes(host);
  return {
    services: async () => [host.instance.service.name],
    request: async (_service, path, body) => {
      const route = routes.find((each) => each.path === path);
      // They take nothing of a request but its body, and send nothing themselves.
      const answer = await route?.answer({ body } as Request, by, {} as Response);
      if (isProblem(answer)) throw new Error(answer.message);
      return answer;
    },
  };
};
