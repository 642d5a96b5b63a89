import { rejection } from "../chassis/http/problems.ts";
import { rows } from "../chassis/http/rows.ts";
import { shownTo } from "./events/shown.ts";
import { operatorRows } from "./operator-rows.ts";
import type { ApiOutside } from "./ports.ts";

const { answer, stream } = rows<never, Record<never, never>, ApiOutside>();

/** Operations that the gateway answers itself, from what all services report. */
export const http = [
  answer("GetCommand", async ({ id }, { sees, outside: { follow } }) => {
    const found = await follow(id, sees);
    if (found === "unknown") return { rejected: `resource [${id}] not found`, kind: "notFound" };
    if (found === "hidden")
      return { rejected: `access denied for resource [${id}]`, kind: "denied", error: "error_resource_access_denied" };
    return found;
  }),

  stream("StreamEvents", async (request, { lastEventId, rights, signal, outside: { events } }) => {
    const begin = events.begin(lastEventId, request.since === undefined ? undefined : Date.parse(request.since));
    return begin ? shownTo(rights, request, events.from(begin, signal)) : rejection("invalid", "illegal_parameter_format", "Last-Event-ID");
  }),
  ...operatorRows,
];
