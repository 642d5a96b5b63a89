import assert from "node:assert/strict";
import { test } from "node:test";
import { apiDocument } from "../../services/chassis/http/document.ts";

type Schema = {
  readonly $ref?: string;
  readonly type?: string;
  readonly items?: Schema;
  readonly properties?: { readonly [name: string]: Schema };
  readonly additionalProperties?: Schema | boolean;
  readonly propertyNames?: Schema;
  readonly [keyword: string]: unknown;
};
type Parameter = { readonly name: string; readonly schema: Schema };
type Operation = {
  readonly operationId: string;
  readonly parameters?: readonly (Parameter & { readonly $ref?: string })[];
  readonly requestBody?: { readonly content: { readonly [type: string]: { readonly schema: Schema } } };
};
type Field = { readonly name: string; readonly place: string; readonly schema: Schema };

const document = apiDocument();
const resolved = <T extends { readonly $ref?: string }>(part: T): T => {
  const found = part.$ref
    ?.split("/")
    .slice(1)
    .reduce<unknown>((value, name) => Object(value)[name], document);
  return found === undefined ? part : resolved(found as T); // The contract's own tests check that it is OpenAPI.
};

/** Every text that a schema has a place for, with the name of its field. */
const texts = (given: Schema, name: string, place: string): readonly Field[] => {
  const schema = resolved(given);
  const { type, items = {}, properties = {}, additionalProperties, propertyNames = { type: "string" } } = schema;
  if (type === "array") return texts(items, name, `${place}[]`);
  if (type === "object")
    return [
      ...Object.entries(properties).flatMap(([field, each]) => texts(each, field, `${place}.${field}`)),
      ...(typeof additionalProperties === "object"
        ? [texts(additionalProperties, name, `${place}.*`), texts(propertyNames, name, `the names in ${place}`)]
        : []
      ).flat(),
    ];
  return type === "integer" || type === "number" || type === "boolean" ? [] : [{ name, place, schema }];
};
const fields = Object.values(document.paths).flatMap((methods) =>
  Object.values(methods).flatMap((operation) => {
    const { operationId, parameters = [], requestBody } = operation as Operation;
    return [
      ...parameters.map((each) => resolved(each)).flatMap(({ name, schema }) => texts(schema, name, `${operationId} ${name}`)),
      ...Object.values(requestBody?.content ?? {}).flatMap(({ schema }) => texts(schema, "", operationId)),
    ];
  }),
);

test("every text of every request has a bound: a length, a format or a closed set", () => {
  assert.ok(fields.length > 500, `${fields.length} fields`);
  for (const { place, schema } of fields)
    assert.ok("maxLength" in schema || "enum" in schema || "const" in schema || "format" in schema, `${place} may have any length`);
});

test("every id in every request has a pattern", () => {
  const ids = fields.filter(({ name, schema }) => /(^|_)ids?(_set)?$/.test(name) && !("format" in schema));
  assert.ok(ids.length > 150, `${ids.length} ids`);
  for (const { place, schema } of ids) assert.ok("pattern" in schema, `${place} may have any characters`);
});

test("no text that a pattern bounds may hold NUL or half a character, no id a space, and no line a second one", () => {
  const patterns = new Set(fields.flatMap(({ schema }) => (typeof schema.pattern === "string" ? [schema.pattern] : [])));
  assert.ok(patterns.size >= 4);
  for (const pattern of patterns) for (const bad of ["a\0", "a\ud800"]) assert.doesNotMatch(bad, new RegExp(pattern, "u"), pattern);
  for (const { name, place, schema } of fields) {
    const fits = (text: string) => typeof schema.pattern !== "string" || new RegExp(schema.pattern, "u").test(text);
    // The id of an event names its stream and its version.
    if (/(^|_)id$/.test(name) && !["GetCommand id", "DiscardParkedEvent.event_id"].includes(place))
      for (const bad of ["a b", "a\n", "a/b", "a@1", "é"]) assert.ok(!fits(bad), `${place} takes ${JSON.stringify(bad)}`);
    if (name === "name")
      for (const bad of ["a\n", "a\r", "a\u2028b", "\u202ea", "\u001b[2J"]) assert.ok(!fits(bad), `${place} takes ${JSON.stringify(bad)}`);
    assert.ok("format" in schema || "enum" in schema || fits(""), `${place} does not take an empty text, which counts as absent`);
  }
});
