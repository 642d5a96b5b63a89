import avsc from "avsc";

/**
 * The reasons why two versions cannot read each other's bytes, one for each incompatible field.
 * Both directions are checked: old events are read forever, and old consumers read new events.
 */
export function incompatibilities(earlier, later) {
  const reasons = [...new Set(inRecord(earlier, later, ""))];
  if (reasons.length) return reasons;
  const whole = failure(earlier, later);
  return whole ? [whole] : [];
}

/** The reasons why a reader cannot read what a schema wrote, one for each field that it needs and does not get. */
export function unreadable(reader, writer, path = "") {
  if (reader.type !== "record" || writer.type !== "record") return oneWay(reader, writer) ? [path.replace(/\.$/, "")] : [];
  const written = new Map(writer.fields.map((field) => [field.name, field]));
  return reader.fields.flatMap((field) => {
    const found = written.get(field.name);
    if (!found) return "default" in field ? [] : [`field ${path}${field.name} is missing, and the reader has no default for it`];
    if (field.type.type === "record" && found.type.type === "record") return unreadable(field.type, found.type, `${path}${field.name}.`);
    return oneWay(field.type, found.type)
      ? [`field ${path}${field.name} is ${words(found.type)}, and the reader needs ${words(field.type)}`]
      : [];
  });
}

function oneWay(reader, writer) {
  try {
    avsc.Type.forSchema(reader).createResolver(avsc.Type.forSchema(writer));
    return undefined;
  } catch (error) {
    return error.message;
  }
}

function inRecord(earlier, later, path) {
  const before = new Map(earlier.fields.map((field) => [field.name, field]));
  const after = new Map(later.fields.map((field) => [field.name, field]));
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((name) => {
    const [old, now] = [before.get(name), after.get(name)];
    const at = `${path}${name}`;
    if (!old) return "default" in now ? [] : [`the field ${at} is new and has no default`];
    if (!now) return "default" in old ? [] : [`the field ${at} was removed and had no default`];
    return inType(old.type, now.type, at);
  });
}

function inType(old, now, at) {
  if (JSON.stringify(old) === JSON.stringify(now)) return [];
  if (old.type === "record" && now.type === "record" && old.name === now.name) return inRecord(old, now, `${at}.`);
  if (old.type === "array" && now.type === "array") return inType(old.items, now.items, `${at}[]`);
  if (old.type === "map" && now.type === "map") return inType(old.values, now.values, `${at}{}`);
  return failure(old, now) ? [`the field ${at} was ${words(old)} and is ${words(now)}`] : [];
}

function failure(earlier, later) {
  try {
    const [old, now] = [avsc.Type.forSchema(earlier), avsc.Type.forSchema(later)];
    now.createResolver(old);
    old.createResolver(now);
    return undefined;
  } catch (error) {
    return error.message;
  }
}

const words = (type) => (typeof type === "string" ? type : JSON.stringify(type));
