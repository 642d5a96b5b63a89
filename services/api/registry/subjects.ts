import type { ReleasedSchema } from "../../../schemas/generated/schemas.ts";
import { type Shape, shapeOf } from "./shape.ts";

/** A released version of an event's schema, as a schema registry names it. */
export type Version = {
  readonly subject: string;
  readonly version: number;
  readonly id: number;
  /** The schema as JSON without documentation: the text of an id never changes. */
  readonly schema: string;
  readonly shape: Shape;
};

/** All released versions, by subject and by id. */
export type Subjects = {
  /** In the order of the ids. */
  readonly all: readonly Version[];
  /** The versions of each subject, in their order. */
  readonly of: ReadonlyMap<string, readonly Version[]>;
};

/** The versions of released schemas. A subject is `<topic>-<full name of the record>` (TopicRecordNameStrategy). */
export const subjectsOf = (schemas: readonly ReleasedSchema[], topicOf: (aggregate: string) => string): Subjects => {
  const all = schemas.map(({ id, aggregate, event, version, schema }): Version => {
    const text = JSON.stringify(withoutDocs(schema));
    return { subject: `${topicOf(aggregate)}-pitrix.${aggregate}.${event}`, version, id, schema: text, shape: shapeOf(text) };
  });
  const of = new Map<string, readonly Version[]>();
  for (const version of all) of.set(version.subject, [...(of.get(version.subject) ?? []), version]);
  return { all, of };
};

/** A `doc` of a schema is a text; a field that is called `doc` stands in a list of fields, and its name is a value. */
const withoutDocs = (schema: unknown): unknown => {
  if (Array.isArray(schema)) return schema.map(withoutDocs);
  if (typeof schema !== "object" || schema === null) return schema;
  return Object.fromEntries(
    Object.entries(schema).flatMap(([name, value]) => (name === "doc" ? [] : [[name, name === "default" ? value : withoutDocs(value)]])),
  );
};
