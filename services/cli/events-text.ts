import { originOf, schemaIdIn } from "../../events/runtime.ts";
import type { EventResult } from "../../schemas/generated/http.ts";
import { withoutSecrets } from "../chassis/http/shown.ts";
import { eventResult } from "../chassis/operator/event-result.ts";
import type { Seen } from "../chassis/operator/events.ts";
import { type Paint, plain } from "./output.ts";

/** An event as one line of text. */
export const eventLine = (seen: Seen, paint: Paint): string => eventResultLine(eventResult(seen), paint);

/** An event as the gateway tells it, as one line of text. */
export const eventResultLine = (
  { time, type = "", event_id, correlation_id, origin, data, unreadable }: EventResult,
  paint: Paint,
): string => {
  if (unreadable !== undefined)
    return `${paint("dim", clock(time))}  ${paint("red", "unreadable")}  ${plain(origin)}  ${plain(unreadable)}`;
  return `${paint("dim", clock(time))}  ${paint("cyan", type)}  ${plain(event_id)}  ${shortened(data)}  ${paint("dim", plain(correlation_id))}`;
};
const clock = (time: string): string => plain(time).slice(11, 23);
const shortened = (data: unknown): string => {
  const fields = plain(JSON.stringify(data));
  return fields.length > 200 ? `${fields.slice(0, 199)}…` : fields;
};

/** An event with all that its record says. */
export const eventDetails = (seen: Seen, paint: Paint): string => {
  const { record, delivered } = seen;
  const value = record.value ?? new Uint8Array();
  const headers = Object.entries(record.headers).map(([name, text]) => `  ${paint("dim", name.padEnd(18))}  ${plain(text)}`);
  const fields =
    delivered instanceof Error
      ? paint("red", plain(delivered.message))
      : JSON.stringify(withoutSecrets({ ...delivered.event, type: undefined }), null, 2);
  const size = value.byteLength < 5 ? "" : `, schema ${schemaIdIn(value)}, ${value.byteLength} bytes`;
  return `${paint("bold", plain(record.headers.ce_id ?? record.key))}  at ${originOf(record)}${size}\n${headers.join("\n")}\n${fields}`;
};
