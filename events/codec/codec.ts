import type avro from "avsc";
import type { ReleasedSchema } from "../contract.ts";
import type { Message } from "../message.ts";
import type { EncodedEvent } from "../ports.ts";
import { strictType } from "./strict.ts";

/** The event does not match its schema. This is a bug of the decider that produced it. */
export class InvalidEvent extends Error {
  override name = "InvalidEvent";
}

/** The events of a decision are larger than the store takes. */
export class EventTooLarge extends InvalidEvent {
  override name = "EventTooLarge";
}

/** This build does not know the schema of the encoded event. */
export class UnknownSchema extends Error {
  override name = "UnknownSchema";
}

export type Codec = {
  /** Validates and encodes with the newest schema. Throws InvalidEvent, naming the field. */
  readonly encode: (aggregate: string, event: Message) => EncodedEvent;
  /** Decodes the bytes after `from` with the schema that wrote them, resolved to the newest. Throws UnknownSchema. */
  readonly decode: (schemaId: number, bytes: Uint8Array, from?: number) => Message;
  /** The aggregate whose events a schema writes; undefined if this build does not know it. */
  readonly aggregateOf: (schemaId: number) => string | undefined;
};

/** Encodes and decodes all events of a contract in Avro. */
export const codec = (schemas: readonly ReleasedSchema[]): Codec => {
  const released = new Map(schemas.map((schema) => [schema.id, schema]));
  const newest = new Map<string, Map<string, ReleasedSchema>>();
  for (const schema of schemas) newest.set(schema.aggregate, (newest.get(schema.aggregate) ?? new Map()).set(schema.event, schema));
  // Most services use few of all events: a schema is parsed on first use.
  const types = new Map<number, avro.Type>();
  const typeOf = ({ id, schema }: ReleasedSchema): avro.Type => {
    const type = types.get(id) ?? parse(schema);
    types.set(id, type);
    return type;
  };
  type Reader = (bytes: Uint8Array, from: number) => Message;
  const readers = new Map<number, Reader>();
  const readerOf = (schemaId: number): Reader | undefined => {
    const written = released.get(schemaId);
    const wanted = written && newest.get(written.aggregate)?.get(written.event);
    if (!wanted) return undefined;
    const type = typeOf(wanted);
    const resolver = wanted.id === schemaId ? undefined : type.createResolver(typeOf(written));
    const read: Reader = (bytes, from) => {
      const buffer = bytes instanceof Buffer ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      const { value, offset } = type.decode(buffer, from, resolver) as { readonly value: { type: string }; readonly offset: number };
      if (offset !== buffer.byteLength) throw new Error(offset < 0 ? "truncated" : "trailing data");
      value.type = written.event;
      return value;
    };
    readers.set(schemaId, read);
    return read;
  };
  type Writer = (event: Message) => EncodedEvent;
  const writers = new Map<string, Map<string, Writer>>();
  const writerOf = (aggregate: string, event: string): Writer | undefined => {
    const schema = newest.get(aggregate)?.get(event);
    if (!schema) return undefined;
    const avroType = typeOf(schema);
    const write = (event: Message): EncodedEvent => {
      const bytes = written(avroType, event);
      if (!bytes) throw new InvalidEvent(`${event.type} does not fit its schema: ${complaintsOf(avroType, event)}`);
      return { type: event.type, schemaId: schema.id, bytes };
    };
    writers.set(aggregate, (writers.get(aggregate) ?? new Map()).set(event, write));
    return write;
  };
  return {
    encode: (aggregate, event) => {
      const write = writers.get(aggregate)?.get(event.type) ?? writerOf(aggregate, event.type);
      if (!write)
        throw new InvalidEvent(`no schema for event ${event.type} of aggregate ${aggregate}: add schemas/${aggregate}/${event.type}.avsc`);
      return write(event);
    },
    decode: (schemaId, bytes, from = 0) => {
      const read = readers.get(schemaId) ?? readerOf(schemaId);
      if (!read) throw new UnknownSchema(`schema id ${schemaId} is not known to this build`);
      return read(bytes, from);
    },
    aggregateOf: (schemaId) => released.get(schemaId)?.aggregate,
  };
};

const scratch = Buffer.allocUnsafe(65_536);

/** Encodes a value; undefined if it does not match the type. */
const written = (type: avro.Type, value: unknown): Buffer | undefined => {
  try {
    const end = type.encode(value, scratch, 0);
    // A negative result means that the scratch buffer is too small.
    if (end < 0) return type.toBuffer(value);
    const bytes = Buffer.allocUnsafe(end);
    scratch.copy(bytes, 0, 0, end);
    return bytes;
  } catch {
    return undefined;
  }
};

const complaintsOf = (avroType: avro.Type, { type: _, ...fields }: Message): string => {
  const complaints: string[] = [];
  const errorHook = (path: string[], part: unknown): void => void complaints.push(`${path.join(".")} is ${show(part)}`);
  avroType.isValid(fields, { noUndeclaredFields: true, errorHook });
  return complaints.join(", ");
};

const parse = (schema: object): avro.Type => {
  const type = strictType(schema, ["type"]);
  makePlain(type, new Set());
  return type;
};

/** avsc creates records with generated constructors. Events must be plain objects at every level, so these constructors get the prototype of Object. */
const makePlain = (type: avro.Type, seen: Set<avro.Type>): void => {
  if (seen.has(type)) return;
  seen.add(type);
  const { recordConstructor, fields, itemsType, valuesType, types } = type as Partial<RecordType & ArrayType & MapType & UnionType>;
  if (recordConstructor) recordConstructor.prototype = Object.prototype;
  for (const part of [...(fields ?? []).map((field) => field.type), itemsType, valuesType, ...(types ?? [])])
    if (part) makePlain(part, seen);
};
type RecordType = { readonly recordConstructor: { prototype: unknown }; readonly fields: readonly { readonly type: avro.Type }[] };
type ArrayType = { readonly itemsType: avro.Type };
type MapType = { readonly valuesType: avro.Type };
type UnionType = { readonly types: readonly avro.Type[] };

/** What a value is. Never its text: it may be a secret, and complaints are logged. */
const show = (value: unknown): string => {
  if (value === undefined) return "missing";
  if (typeof value === "string") return `a text of ${value.length} characters`;
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" && value !== null ? "an object" : String(value);
};
