import avro from "avsc";
import type { Message } from "../message.ts";
import type { EncodedEvent } from "../ports.ts";

/** A released version of an event's schema with its wire id, as `schemas/ids.json` locks it. */
export type ReleasedSchema = { readonly id: number; readonly aggregate: string; readonly event: string; readonly schema: object };

/** The event does not fit its schema: a bug of the decider that made it. */
export class InvalidEvent extends Error {
  override name = "InvalidEvent";
}

/** The bytes were written with a schema that this build does not know yet. */
export class UnknownSchema extends Error {
  override name = "UnknownSchema";
}

export type Codec = {
  /** Validates and encodes with the newest schema. Throws InvalidEvent, naming the field. */
  readonly encode: (aggregate: string, event: Message) => EncodedEvent;
  /** Reads with the schema that wrote it, resolved to the newest. Throws UnknownSchema. */
  readonly decode: (schemaId: number, bytes: Uint8Array) => Message;
};

/** Avro for all events of the platform. */
export const codec = (schemas: readonly ReleasedSchema[]): Codec => {
  const writers = new Map<string, { id: number; type: avro.Type }>();
  const readers = new Map<number, (bytes: Uint8Array) => Message>();
  for (const { id, aggregate, event, schema } of schemas) writers.set(`${aggregate}/${event}`, { id, type: parse(schema) });
  for (const { id, aggregate, event, schema } of schemas) {
    const newest = writers.get(`${aggregate}/${event}`);
    if (!newest) continue;
    const written = newest.id === id ? newest.type : parse(schema);
    const resolver = newest.id === id ? undefined : newest.type.createResolver(written);
    const copy = plain(newest.type);
    readers.set(id, (bytes) => {
      const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      return { type: event, ...(copy(newest.type.fromBuffer(buffer, resolver)) as object) };
    });
  }
  return {
    encode: (aggregate, event) => {
      const writer = writers.get(`${aggregate}/${event.type}`);
      if (!writer)
        throw new InvalidEvent(`no schema for event ${event.type} of aggregate ${aggregate}: add schemas/${aggregate}/${event.type}.avsc`);
      const { type, ...fields } = event;
      const complaints: string[] = [];
      const errorHook = (path: string[], value: unknown) => complaints.push(`${path.join(".")} is ${show(value)}`);
      if (!writer.type.isValid(fields, { noUndeclaredFields: true })) {
        writer.type.isValid(fields, { noUndeclaredFields: true, errorHook });
        throw new InvalidEvent(`${type} does not fit its schema: ${complaints.join(", ")}`);
      }
      return { type, schemaId: writer.id, bytes: writer.type.toBuffer(fields) };
    },
    decode: (schemaId, bytes) => {
      const read = readers.get(schemaId);
      if (!read) throw new UnknownSchema(`schema id ${schemaId} is not known to this build`);
      return read(bytes);
    },
  };
};

const parse = (schema: object): avro.Type => avro.Type.forSchema(schema as avro.Schema, { omitRecordMethods: true });

const show = (value: unknown): string => (value === undefined ? "missing" : (JSON.stringify(value) ?? String(value)).slice(0, 60));

/** avsc returns records as instances of generated classes; events are plain objects all the way down. */
const plain = (type: avro.Type): ((value: unknown) => unknown) =>
  type.typeName === "record" && nested(type) ? copyDeep : (value) => value;

const nested = (type: avro.Type): boolean =>
  (type as avro.types.RecordType).fields.some(
    ({ type: { typeName } }) => !["string", "int", "long", "float", "double", "boolean", "bytes", "null", "enum"].includes(typeName),
  );

const copyDeep = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(copyDeep);
  if (value === null || typeof value !== "object" || value instanceof Uint8Array) return value;
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, copyDeep(field)]));
};
