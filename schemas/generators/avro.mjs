import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import avsc from "avsc";

const notAggregates = new Set(["generated", "generators", "http", "readers"]);
const primitives = new Set(["null", "boolean", "int", "long", "float", "double", "bytes", "string"]);
const allowed = {
  record: ["type", "name", "namespace", "doc", "fields"],
  enum: ["type", "name", "namespace", "doc", "symbols", "default"],
  fixed: ["type", "name", "namespace", "doc", "size", "logicalType"],
  array: ["type", "items"],
  map: ["type", "values"],
  field: ["name", "type", "default", "doc"],
  primitive: ["type", "logicalType", "precision", "scale", "secret", "personal"],
};

/** A schema that breaks a rule of this folder; the message names the file and the rule. */
export class InvalidSchema extends Error {}

/** Every `<aggregate>/<Event>.avsc` under the folder, sorted, as text. */
export function readEventFiles(directory) {
  const folders = readdirSync(directory).filter((name) => !notAggregates.has(name) && statSync(join(directory, name)).isDirectory());
  return folders.sort().flatMap((aggregate) =>
    readdirSync(join(directory, aggregate))
      .filter((name) => name.endsWith(".avsc"))
      .sort()
      .map((name) => ({ file: `${aggregate}/${name}`, text: readFileSync(join(directory, aggregate, name), "utf8") })),
  );
}

/** Parsed, checked and self-contained event schemas, and a problem for each file that breaks a rule. */
export function parseEvents(files) {
  const problems = [];
  const attempt = (file, work) => {
    try {
      return [work()];
    } catch (error) {
      problems.push(error instanceof InvalidSchema ? error.message : `${file}: ${error.message}`);
      return [];
    }
  };
  const raw = files.flatMap(({ file, text }) => attempt(file, () => head(file, JSON.parse(text))));
  const definitions = new Map();
  for (const { file, source } of raw) attempt(file, () => collect(source, source.namespace, definitions));
  const events = raw.flatMap(({ file, aggregate, action, deprecated, source }) =>
    attempt(file, () => {
      const schema = normalise(source, { file, namespace: source.namespace, definitions, seen: new Set() });
      avsc.Type.forSchema(schema, { wrapUnions: false });
      return { file, aggregate, event: source.name, action, deprecated, schema };
    }),
  );
  return { events, problems };
}

/** The schema without documentation: schemas with the same canonical form encode to the same bytes. */
export function canonical(schema) {
  if (Array.isArray(schema)) return schema.map(canonical);
  if (typeof schema === "string") return schema;
  const { doc: _, ...rest } = schema;
  if (rest.type === "record") {
    rest.fields = rest.fields.map(({ doc: _, ...field }) => ({ ...field, type: canonical(field.type) }));
  }
  if (rest.type === "array") rest.items = canonical(rest.items);
  if (rest.type === "map") rest.values = canonical(rest.values);
  return rest;
}

const fullName = (name, namespace) => (name.includes(".") ? name : `${namespace}.${name}`);

function head(file, source) {
  const [aggregate, name] = file.replace(/\.avsc$/, "").split("/");
  if (!/^[a-z][A-Za-z0-9]*$/.test(aggregate)) throw new InvalidSchema(`${file}: the folder is an aggregate, so its name is camelCase`);
  if (source?.type !== "record") throw new InvalidSchema(`${file}: an event is an Avro record`);
  if (source.name !== name) throw new InvalidSchema(`${file}: the record is called ${source.name}, the file ${name}`);
  if (source.namespace !== `pitrix.${aggregate}`) throw new InvalidSchema(`${file}: the namespace must be pitrix.${aggregate}`);
  // The action names the work that an event requests, a notice what not to use any more. Neither is part of the event's bytes, or of its schema.
  const { action, deprecated, ...record } = source;
  return { file, aggregate, action, deprecated, source: record };
}

function collect(schema, namespace, definitions) {
  if (Array.isArray(schema)) for (const branch of schema) collect(branch, namespace, definitions);
  if (schema === null || typeof schema !== "object") return;
  const inner = schema.namespace ?? namespace;
  if (schema.name !== undefined) {
    const name = fullName(schema.name, inner);
    if (!definitions.has(name)) definitions.set(name, { schema, namespace: inner });
  }
  for (const field of schema.fields ?? []) collect(field.type, inner, definitions);
  for (const part of [schema.items, schema.values]) collect(part, inner, definitions);
  if (typeof schema.type === "object") collect(schema.type, inner, definitions);
}

function normalise(schema, context) {
  if (Array.isArray(schema)) return schema.map((branch) => normalise(branch, context));
  if (typeof schema === "string") return primitives.has(schema) ? schema : reference(fullName(schema, context.namespace), context);
  if (schema === null || typeof schema !== "object")
    throw new InvalidSchema(`${context.file}: ${JSON.stringify(schema)} is not an Avro type`);
  if (typeof schema.type === "object") return normalise(schema.type, context);
  const kind = schema.type in allowed && schema.type !== "field" ? schema.type : "primitive";
  onlyKnown(schema, kind, context.file);
  if (kind === "array") return { type: "array", items: normalise(schema.items, context) };
  if (kind === "map") return { type: "map", values: normalise(schema.values, context) };
  if (kind !== "primitive") return named(schema, context);
  if (!primitives.has(schema.type)) return normalise(schema.type, context);
  if ("secret" in schema && (schema.type !== "string" || schema.secret !== true))
    throw new InvalidSchema(`${context.file}: only a string is a secret, and says so with "secret": true`);
  if ("personal" in schema && (schema.type !== "string" || schema.personal !== true || "secret" in schema))
    throw new InvalidSchema(`${context.file}: only a string that is no secret is personal, and says so with "personal": true`);
  return Object.keys(schema).length === 1 ? schema.type : inOrder(schema, kind);
}

function reference(name, context) {
  if (context.seen.has(name)) return name;
  const found = context.definitions.get(name);
  if (!found) throw new InvalidSchema(`${context.file}: no schema defines the type ${name}`);
  return named(found.schema, { ...context, namespace: found.namespace });
}

function named(schema, context) {
  const namespace = schema.namespace ?? context.namespace;
  const name = fullName(schema.name, namespace);
  if (!/^[A-Z][A-Za-z0-9]*$/.test(schema.name)) throw new InvalidSchema(`${context.file}: the type name ${schema.name} must be PascalCase`);
  if (context.seen.has(name)) return name;
  context.seen.add(name);
  const whole = inOrder({ ...schema, namespace }, schema.type);
  if (schema.type !== "record") return whole;
  if (!schema.doc) throw new InvalidSchema(`${context.file}: the record ${schema.name} needs a doc`);
  return { ...whole, fields: schema.fields.map((field) => fieldOf(field, schema.name, { ...context, namespace })) };
}

function fieldOf(field, record, context) {
  onlyKnown(field, "field", context.file);
  if (field.name === "type") throw new InvalidSchema(`${context.file}: the field "type" of ${record} is reserved for the message type`);
  if (!/^[a-z][A-Za-z0-9]*$/.test(field.name))
    throw new InvalidSchema(`${context.file}: the field ${field.name} of ${record} must be camelCase`);
  return inOrder({ ...field, type: normalise(field.type, context) }, "field");
}

/** The properties in a fixed order, so that a comparison of two schemas ignores their order. */
const inOrder = (schema, kind) => Object.fromEntries(allowed[kind].filter((key) => key in schema).map((key) => [key, schema[key]]));

function onlyKnown(schema, kind, file) {
  const unknown = Object.keys(schema).find((key) => !allowed[kind].includes(key));
  if (unknown)
    throw new InvalidSchema(`${file}: the property "${unknown}" of ${schema.name ?? kind} is not one of ${allowed[kind].join(", ")}`);
}
