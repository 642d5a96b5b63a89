import { forgedAmong, type PublishedEvent } from "../../../events/runtime.ts";
import { contract } from "../contract.ts";
import { isFields } from "./fields.ts";
import type { Host } from "./host.ts";
import type { InternalRoute } from "./internal-route.ts";
import { isProblem, makeProblem, type Problem } from "./problems.ts";

/** Events of a question. */
export const MAX_EVENTS = 1_000;

/** The route of the audit: which of some events on the log this service has not published. */
export const auditRoutes = ({ instance, ports }: Host): readonly InternalRoute[] => [
  {
    method: "post",
    path: "/internal/audit",
    access: "operators",
    bodyLimit: 1_024 * 1_024,
    answer: async (request) => {
      const events = eventsIn(request.body);
      const service = instance.service.name;
      return isProblem(events) ? events : { service, forged: await forgedAmong({ contract, service, store: ports.store }, events) };
    },
  },
];

const eventsIn = (body: unknown): readonly PublishedEvent[] | Problem => {
  const events: unknown = isFields(body) ? body.events : undefined;
  const isEvent = (each: unknown): each is PublishedEvent =>
    isFields(each) && typeof each.stream === "string" && typeof each.digest === "string" && Number.isSafeInteger(each.version);
  return Array.isArray(events) && events.length <= MAX_EVENTS && events.every(isEvent)
    ? events
    : makeProblem("illegal_parameter_format", "events");
};
