import { originOf } from "../../../events/runtime.ts";
import type { EventResult } from "../../../schemas/generated/http.ts";
import { withoutSecrets } from "../http/shown.ts";
import type { Seen } from "./events.ts";

/** An event as the contract has it, without secrets. */
export const eventResult = ({ record, delivered }: Seen): EventResult => {
  const { ce_source: source = "", ce_row: row, ce_time: time = "" } = record.headers;
  const about = { stream: record.key, origin: originOf(record), time, service: source.slice(source.lastIndexOf("/") + 1) };
  if (delivered instanceof Error) return { ...about, unreadable: delivered.message };
  const { type, ...data } = delivered.event;
  const { eventId, version, actor, correlationId, causationId, actionId } = delivered.meta;
  return {
    ...{ ...about, event_id: eventId, type, version, actor: actor.userId, correlation_id: correlationId, data: withoutSecrets(data) },
    ...(causationId !== null && { causation_id: causationId }),
    ...(actionId !== null && { action_id: actionId }),
    ...(row !== undefined && { row }),
  };
};
