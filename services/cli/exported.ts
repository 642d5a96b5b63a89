import { createHash } from "node:crypto";
import type { LogRecord, OutgoingRecord, ReleasedSchema } from "../../events/index.ts";
import { type Codec, decode } from "../../events/runtime.ts";

/** A record of the log as an export holds it. */
export type ExportedRecord = Omit<OutgoingRecord, "topic"> & { readonly partition: number; readonly offset: number };

const fields = [
  { name: "partition", type: "int" },
  { name: "offset", type: "long", doc: "Of the record in its partition." },
  { name: "key", type: "string", doc: "The stream." },
  { name: "headers", type: { type: "map", values: "string" }, doc: "CloudEvents attributes, as ce_id and ce_time." },
  { name: "value", type: ["null", "bytes"], doc: "The record's bytes: 0x00, the schema id in four bytes, and the Avro body." },
];
/** A record without its decoded event. */
export const recordSchema = { type: "record", name: "Record", namespace: "pitrix.export", fields };

/** The newest schema of each event of an aggregate. */
const newestOf = (aggregate: string, released: readonly ReleasedSchema[]): readonly ReleasedSchema[] => [
  ...new Map(released.filter((each) => each.aggregate === aggregate).map((each) => [each.event, each])).values(),
];

/** How records of an aggregate's topic are exported: with the event decoded, too, for whoever opens the file with a reader of Avro. */
export const eventRecordSchema = (aggregate: string, released: readonly ReleasedSchema[]): object => ({
  ...recordSchema,
  fields: [
    ...fields,
    {
      name: "event",
      type: ["null", ...newestOf(aggregate, released).map(({ schema, event }) => scoped(schema, event))],
      default: null,
      doc: "The event as its newest schema reads it; secrets are ciphertext. Null: it cannot be read.",
    },
  ],
});

/** A schema whose inner types have names of their own: several events of an aggregate may define a type of one name in different ways. */
const scoped = (schema: object, event: string): object => {
  const names = new Map<string, string>();
  const walk = (part: unknown, isTop: boolean): unknown => {
    if (typeof part === "string") return names.get(part) ?? part;
    if (Array.isArray(part)) return part.map((each) => walk(each, false));
    if (part === null || typeof part !== "object") return part;
    const { type, name, namespace, fields: inner, items, values, ...rest } = part as { readonly [field: string]: unknown };
    const isNamed = ["record", "enum", "fixed"].includes(String(type));
    const own = isNamed && !isTop ? `${event}_${name}` : name;
    if (isNamed && !isTop) for (const known of [String(name), `${namespace}.${name}`]) names.set(known, String(own));
    return {
      ...rest,
      ...(type !== undefined && { type: isNamed ? type : walk(type, false) }),
      ...(own !== undefined && { name: own }),
      ...(namespace !== undefined && { namespace }),
      ...(Array.isArray(inner) && { fields: inner.map((field) => ({ ...field, type: walk(field.type, false) })) }),
      ...(items !== undefined && { items: walk(items, false) }),
      ...(values !== undefined && { values: walk(values, false) }),
    };
  };
  return walk(schema, true) as object;
};

/** Turns records of an aggregate's topic into values of its schema. */
export const exporter = (aggregate: string, topic: string, released: readonly ReleasedSchema[], codec: Codec) => {
  const isOnly = newestOf(aggregate, released).length === 1;
  return (record: LogRecord): object => {
    const delivered = decode(record, codec);
    if (delivered instanceof Error) return { ...exported(record), event: null };
    const { type, ...event } = delivered.event;
    // A union of null and one record needs no name of its branch.
    return { ...exported(record), event: isOnly ? event : { [`${topic}.${type}`]: event } };
  };
};

export const exported = ({ partition, offset, key, value, headers }: LogRecord): ExportedRecord => ({
  ...{ partition, offset, key, headers: { ...headers } },
  value: value && Buffer.from(value),
});

/** What must be equal for two records to be the same. */
export const digestOfRecord = ({ key, value, headers }: Pick<OutgoingRecord, "key" | "value" | "headers">): string => {
  const names = Object.keys(headers).sort();
  const hash = createHash("sha256").update(JSON.stringify([key, value === null, ...names.flatMap((name) => [name, headers[name]])]));
  return hash
    .update(value ?? "")
    .digest("base64url")
    .slice(0, 22);
};
