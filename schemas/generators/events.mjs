import { canonical } from "./avro.mjs";
import { banner, comment, pascalCase, property } from "./text.mjs";

const scalars = {
  null: "null",
  boolean: "boolean",
  int: "number",
  long: "number",
  float: "number",
  double: "number",
  bytes: "Uint8Array",
  fixed: "Uint8Array",
  string: "string",
};
const reservedNames = [
  "AnyEvent",
  "Aggregate",
  "EventByAggregate",
  "EventByType",
  "EventType",
  "Personal",
  "Readonly",
  "Record",
  "Sealed",
  "Uint8Array",
];

/** The TypeScript of the events, and a problem for each conflict between their names or shapes. */
export function renderEvents(events) {
  const problems = [];
  const aggregates = [...new Set(events.map(({ aggregate }) => aggregate))].sort();
  const reserved = new Map([
    ...reservedNames.map((name) => [name, "the generated file"]),
    ...aggregates.map((name) => [unionOf(name), `the union of ${name}`]),
  ]);
  const declarations = new Map();
  for (const { file, event, schema } of events) {
    for (const type of namedTypes(schema)) {
      const isEvent = type === schema;
      const earlier = declarations.get(type.name);
      if (reserved.has(type.name)) problems.push(`${file}: the name ${type.name} is taken by ${reserved.get(type.name)}`);
      else if (!earlier) declarations.set(type.name, { file, isEvent, type });
      else if (earlier.isEvent !== isEvent)
        problems.push(`${file}: ${type.name} is an event in one schema and a part of an event in another (${earlier.file})`);
      else {
        const difference = differenceOf(earlier.type, type);
        if (difference)
          problems.push(`${file}: ${type.name} differs from the one in ${earlier.file}: ${difference}${isEvent ? "" : ` (in ${event})`}`);
      }
    }
  }
  return { problems, text: problems.length ? "" : render(events, aggregates, declarations) };
}

const unionOf = (aggregate) => `${pascalCase(aggregate)}Event`;

function render(events, aggregates, declarations) {
  const sorted = [...declarations.values()].sort((a, b) => Number(a.isEvent) - Number(b.isEvent) || (a.type.name < b.type.name ? -1 : 1));
  const names = sorted.filter(({ isEvent }) => isEvent).map(({ type }) => type.name);
  const having = (aggregate) => events.filter((event) => event.aggregate === aggregate).map(({ event }) => event);
  const homes = (name) => events.filter(({ event }) => event === name).map(({ aggregate }) => aggregate);
  const list = (values) => `[${values.map((value) => JSON.stringify(value)).join(", ")}]`;
  return [
    banner("schemas/<aggregate>/<Event>.avsc"),
    `${comment("A secret as ciphertext, which only the edge makes: clear text is not assignable.")}export type Sealed = string & { readonly sealed: true };\n`,
    `${comment("What earlier releases wrote of a person in clear. New events leave it empty: clear text is not assignable.")}export type Personal = "" | (string & { readonly personal: true });\n`,
    ...sorted.map(({ type, isEvent }) => declaration(type, isEvent)),
    ...aggregates.map(
      (name) => `${comment(`What can happen to ${article(name)}.`)}export type ${unionOf(name)} = ${union(having(name))};\n`,
    ),
    `${comment("The events by the aggregate that announces them.")}export type EventByAggregate = {\n${aggregates.map((name) => `  ${name}: ${unionOf(name)};\n`).join("")}};\n`,
    "export type Aggregate = keyof EventByAggregate;\n",
    `export type EventByType = {\n${names.map((name) => `  ${name}: ${name};\n`).join("")}};\n`,
    "export type EventType = keyof EventByType;\n",
    `export type AnyEvent = ${union(names)};\n`,
    `${comment("The aggregates that announce each event type.")}export const eventTypes = {\n${names.map((name) => `  ${name}: ${list(homes(name))},\n`).join("")}} as const;\n`,
  ].join("\n");
}

const article = (name) => `${/^[aeiou]/.test(name) ? "an" : "a"} ${name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)}`;
const union = (names) => (names.length ? names.join(" | ") : "never");

function declaration(type, isEvent) {
  if (type.type === "enum")
    return `${comment(type.doc)}export type ${type.name} = ${type.symbols.map((s) => JSON.stringify(s)).join(" | ")};\n`;
  const own = isEvent ? [`  readonly type: "${type.name}";\n`] : [];
  const fields = type.fields.map((field) => `${comment(field.doc, "  ")}  readonly ${property(field.name)}: ${typescript(field.type)};\n`);
  return `${comment(type.doc)}export interface ${type.name} {\n${[...own, ...fields].join("")}}\n`;
}

/** The TypeScript type of an Avro type; named ones by their short name. */
export function typescript(type) {
  if (Array.isArray(type))
    return [...type]
      .sort((a, b) => Number(a === "null") - Number(b === "null"))
      .map(typescript)
      .join(" | ");
  if (typeof type === "string") return scalars[type] ?? type.split(".").at(-1);
  if (type.secret) return "Sealed";
  if (type.personal) return "Personal";
  if (type.type === "array") return `readonly ${grouped(type.items)}[]`;
  if (type.type === "map") return `Readonly<Record<string, ${typescript(type.values)}>>`;
  return type.type === "record" || type.type === "enum" ? type.name : scalars[type.type];
}

const grouped = (type) => (/[ |]/.test(typescript(type)) ? `(${typescript(type)})` : typescript(type));

function namedTypes(type) {
  if (Array.isArray(type)) return type.flatMap(namedTypes);
  if (typeof type !== "object") return [];
  if (type.type === "enum") return [type];
  if (type.type === "record") return [type, ...type.fields.flatMap((field) => namedTypes(field.type))];
  return [...namedTypes(type.items), ...namedTypes(type.values)];
}

/** Describes how two types of the same name differ in shape; undefined if they do not. */
export function differenceOf(one, other) {
  if (one.type !== other.type) return `${one.type} and ${other.type}`;
  if (one.type === "enum")
    return shape(one) === shape(other) ? undefined : `symbols ${one.symbols.join(", ")} and ${other.symbols.join(", ")}`;
  const fields = (type) => new Map(type.fields.map((field) => [field.name, shape(field)]));
  const [left, right] = [fields(one), fields(other)];
  for (const name of new Set([...left.keys(), ...right.keys()])) {
    if (!left.has(name) || !right.has(name)) return `only one of them has the field ${name}`;
    if (left.get(name) !== right.get(name)) return `the field ${name} is ${left.get(name)} in one and ${right.get(name)} in the other`;
  }
  return undefined;
}

const shape = (part) => {
  const { type, doc: _, namespace: __, ...rest } = part;
  const bare = "symbols" in part ? { type, ...rest } : { ...rest, type: canonical(type) };
  return JSON.stringify(unscoped(bare));
};

function unscoped(value) {
  if (Array.isArray(value)) return value.map(unscoped);
  if (typeof value === "string") return value.startsWith("pitrix.") ? value.split(".").at(-1) : value;
  if (value === null || typeof value !== "object") return value;
  const entries = Object.entries(value).filter(([key, inner]) => !(key === "namespace" && String(inner).startsWith("pitrix.")));
  return Object.fromEntries(entries.map(([key, inner]) => [key, unscoped(inner)]));
}
