/** A text is not a usable Avro schema; the message says why. */
export class InvalidSchema extends Error {
  override name = "InvalidSchema";
}

const primitives = new Set(["null", "boolean", "int", "long", "float", "double", "bytes", "string"]);
/** What a schema says of a text beside its type. */
const marks = ["secret", "personal"];
/** Levels of nesting. The deepest released schema has six. */
const MOST_LEVELS = 32;

/** The part of an Avro schema that decides about its bytes and says which texts are sealed or empty, with full names: docs, aliases and all else are left out. */
export type Shape = string | readonly Shape[] | { readonly [attribute: string]: unknown };

/** The shape of a schema: two schemas with the same shape write the same bytes. Linear in the size of the text. Throws InvalidSchema. */
export const shapeOf = (text: string): Shape => {
  const names = new Set<string>();
  return walk(parsed(text), "", names, 0);
};

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    if (primitives.has(text)) return text;
    throw new InvalidSchema("the schema is not JSON");
  }
};

const deeper = (level: number): number => {
  if (level >= MOST_LEVELS) throw new InvalidSchema(`the schema is nested more than ${MOST_LEVELS} levels deep`);
  return level + 1;
};

/** A value that is nested no deeper than schemas are, since it is compared as text. */
const bounded = (value: unknown, level: number): unknown => {
  if (typeof value === "object" && value !== null) for (const part of Object.values(value)) bounded(part, deeper(level));
  return value;
};

const walk = (schema: unknown, namespace: string, names: Set<string>, level: number): Shape => {
  const inner = (part: unknown, within = namespace) => walk(part, within, names, deeper(level));
  if (typeof schema === "string") return primitives.has(schema) ? schema : known(fullName(schema, namespace), names);
  if (Array.isArray(schema)) return schema.map((branch) => inner(branch));
  if (!isObject(schema)) throw new InvalidSchema(`${JSON.stringify(schema) ?? "nothing"} is not a type`);
  const { type } = schema;
  if (typeof type !== "string") return inner(type);
  if (type === "array") return { type, items: inner(schema.items) };
  if (type === "map") return { type, values: inner(schema.values) };
  if (!["record", "error", "enum", "fixed"].includes(type)) {
    const mark = marks.find((each) => schema[each] === true);
    return mark ? { type: inner(type), [mark]: true } : inner(type);
  }
  const space = typeof schema.namespace === "string" ? schema.namespace : namespace;
  const name = fullName(text(schema.name, `a ${type} has no name`), space);
  if (names.has(name)) throw new InvalidSchema(`the name ${name} is defined twice`);
  names.add(name);
  if (type === "enum")
    return { type, name, symbols: list(schema.symbols, `${name} has no symbols`).map((each) => text(each, "a symbol is no text")) };
  if (type === "fixed") return { type, name, size: schema.size };
  const within = name.includes(".") ? name.slice(0, name.lastIndexOf(".")) : "";
  const fields = list(schema.fields, `the record ${name} has no fields`).map((field) => {
    if (!isObject(field)) throw new InvalidSchema(`a field of ${name} is no object`);
    const fieldName = text(field.name, `a field of ${name} has no name`);
    return { name: fieldName, type: inner(field.type, within), ...("default" in field && { default: bounded(field.default, level) }) };
  });
  return { type: "record", name, fields };
};

const isObject = (value: unknown): value is { readonly [name: string]: unknown } =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const text = (value: unknown, otherwise: string): string => {
  if (typeof value !== "string" || !/^[A-Za-z_][\w.]*$/.test(value)) throw new InvalidSchema(otherwise);
  return value;
};
const list = (value: unknown, otherwise: string): readonly unknown[] => {
  if (!Array.isArray(value)) throw new InvalidSchema(otherwise);
  return value;
};
const known = (name: string, names: ReadonlySet<string>): string => {
  if (!names.has(name)) throw new InvalidSchema(`the type ${name} is not defined`);
  return name;
};
const fullName = (name: string, namespace: string): string => (name.includes(".") || namespace === "" ? name : `${namespace}.${name}`);
