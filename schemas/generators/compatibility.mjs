import avsc from "avsc";

/**
 * Whom a later version breaks, and why, one reason for each reader and field. Both directions are checked: old events are read forever, and old
 * consumers read new events.
 */
export const incompatibilities = (earlier, later) => [
  ...unreadable(later, earlier).map((why) => `readers with the new schema cannot read earlier events: ${why}`),
  ...unreadable(earlier, later).map((why) => `readers with the earlier schema cannot read new events: ${why}`),
];

/** The reasons why a reader cannot read what a schema wrote, one for each field. */
export function unreadable(reader, writer) {
  const reasons = [...new Set(inRecord(reader, writer, ""))];
  if (reasons.length) return reasons;
  const whole = failure(reader, writer);
  return whole ? [whole] : [];
}

function inRecord(reader, writer, path) {
  const written = new Map(writer.fields.map((field) => [field.name, field]));
  return reader.fields.flatMap((field) => {
    const at = `${path}${field.name}`;
    const found = written.get(field.name);
    if (found) return inType(field.type, found.type, at);
    return "default" in field ? [] : [`the field ${at} is missing there, and they have no default for it`];
  });
}

function inType(reader, writer, at) {
  if (JSON.stringify(reader) === JSON.stringify(writer)) return [];
  if (reader.type === "record" && writer.type === "record" && reader.name === writer.name) return inRecord(reader, writer, `${at}.`);
  if (reader.type === "array" && writer.type === "array") return inType(reader.items, writer.items, `${at}[]`);
  if (reader.type === "map" && writer.type === "map") return inType(reader.values, writer.values, `${at}{}`);
  return failure(reader, writer) ? [`the field ${at} is ${words(writer)} there, and they need ${words(reader)}`] : [];
}

function failure(reader, writer) {
  try {
    avsc.Type.forSchema(reader).createResolver(avsc.Type.forSchema(writer));
    return undefined;
  } catch (error) {
    return error.message;
  }
}

const words = (type) => (typeof type === "string" ? type : JSON.stringify(type));
