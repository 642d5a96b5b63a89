import { originOf, schemaIdIn } from "../../events/runtime.ts";
import { withoutSecrets } from "../chassis/http/shown.ts";
import type { Seen } from "../chassis/operator/events.ts";
import { type Paint, plain } from "./output.ts";

/** An event as one line of text. */
export const eventLine = ({ record, delivered }: Seen, paint: Paint): string => {
  const time = plain(record.headers.ce_time).slice(11, 23);
  if (delivered instanceof Error)
    return `${paint("dim", time)}  ${paint("red", "unreadable")}  ${originOf(record)}  ${plain(delivered.message)}`;
  const { type, ...data } = delivered.event;
  const { eventId, correlationId } = delivered.meta;
  const fields = plain(JSON.stringify(withoutSecrets(data)));
  const short = fields.length > 200 ? `${fields.slice(0, 199)}…` : fields;
  return `${paint("dim", time)}  ${paint("cyan", type)}  ${plain(eventId)}  ${short}  ${paint("dim", plain(correlationId))}`;
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
