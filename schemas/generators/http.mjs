import { parse } from "yaml";
import { literal } from "./json.mjs";
import { renderBundles, wrongBundles, wrongPermission } from "./permissions.mjs";
import { banner, comment, pascalCase, property } from "./text.mjs";

const methods = ["get", "put", "post", "delete", "patch"];

/** The TypeScript of the OpenAPI document: types of its schemas and operations, and a description of each operation for the server. */
export function renderHttp(yaml) {
  const document = parse(yaml);
  const problems = wrongBundles(bundlesOf(document));
  const found = Object.entries(document.paths).flatMap(([path, item]) =>
    methods.filter((method) => item[method]).map((method) => operationOf(document, path, method, item[method], problems)),
  );
  const seen = new Set();
  for (const { id } of found) {
    if (seen.has(id)) problems.push(`http/v1.yaml: the operationId ${id} occurs twice`);
    seen.add(id);
  }
  return {
    problems,
    operationIds: found.map(({ id }) => id),
    // Services read the JSON: parsing the YAML takes a second.
    json: `${JSON.stringify(document)}\n`,
    text: problems.length
      ? ""
      : render(
          document,
          found.sort((a, b) => (a.id < b.id ? -1 : 1)),
        ),
  };
}

const bundlesOf = (document) => document["x-bundles"] ?? {};

function resolve(document, part) {
  if (part?.$ref === undefined) return part;
  const target = part.$ref
    .slice(2)
    .split("/")
    .reduce((inner, key) => inner?.[key], document);
  if (target === undefined) throw new Error(`http/v1.yaml: the reference ${part.$ref} leads nowhere`);
  return resolve(document, target);
}

function operationOf(document, path, method, operation, problems) {
  const where = `http/v1.yaml: ${method.toUpperCase()} ${path}`;
  if (!operation.operationId) problems.push(`${where} has no operationId`);
  const parameters = (operation.parameters ?? [])
    .map((parameter) => resolve(document, parameter))
    .filter((parameter) => parameter.in !== "header");
  const content = resolve(document, operation.requestBody)?.content ?? {};
  const body = resolve(document, content["application/json"]?.schema);
  const answer = answerOf(resolve(document, operation.responses?.["200"])?.content ?? {});
  if (!answer) problems.push(`${where} has no answer`);
  const wrong = wrongPermission(operation["x-permission"], bundlesOf(document));
  if (wrong) problems.push(`${where} ${wrong}`);
  const rows = operation["x-rows"];
  if (operation["x-paged"] && !resolve(document, answer?.schema)?.properties?.[rows])
    problems.push(`${where} is paged, but its answer has no rows`);
  const names = parameters.map(({ name }) => name);
  const twice = Object.keys(body?.properties ?? {}).find((name) => names.includes(name));
  if (twice) problems.push(`${where} has ${twice} both in the body and as a parameter`);
  const fields = {
    type: "object",
    properties: {
      ...Object.fromEntries(parameters.map(({ name, schema, description }) => [name, description ? { ...schema, description } : schema])),
      ...body?.properties,
    },
    required: [...parameters.filter(({ required }) => required).map(({ name }) => name), ...(body?.required ?? [])],
  };
  const query = parameters.filter((parameter) => parameter.in === "query");
  return {
    id: operation.operationId,
    service: operation["x-service"],
    summary: operation.summary,
    fields,
    answer: answer?.schema ? typescript(answer.schema, "    ") : "Uint8Array",
    data: {
      method,
      path,
      service: operation["x-service"],
      query: query.map(({ name }) => name),
      arrays: query.filter(({ schema }) => resolve(document, schema).type === "array").map(({ name }) => name),
      // A path parameter is always present.
      required: fields.required.filter((name) => !parameters.some((parameter) => parameter.name === name && parameter.in === "path")),
      body: body !== undefined,
      public: operation.security?.length === 0,
      permission: operation["x-permission"],
      answers: answer?.answers,
      rows: operation["x-paged"] ? rows : null,
      ...(tellsOfPeople(document, answer?.schema) && { personal: true }),
    },
  };
}

/** Whether a schema, or one that it refers to, says that it tells of a person. */
function tellsOfPeople(document, schema, seen = new Set()) {
  if (schema === null || typeof schema !== "object" || seen.has(schema)) return false;
  seen.add(schema);
  if (schema["x-personal"]) return true;
  const inner = schema.$ref ? [resolve(document, schema)] : Object.values(schema);
  return inner.some((each) => tellsOfPeople(document, each, seen));
}

/** The format of the answer, and the schema of a JSON answer or of each streamed event; undefined if a JSON answer or a stream has no schema. */
function answerOf(content) {
  const shaped = { "application/json": "json", "text/event-stream": "stream" };
  const type = Object.keys(shaped).find((name) => name in content);
  if (!type) return Object.keys(content).length ? { answers: "bytes" } : undefined;
  const schema = content[type]?.schema;
  return schema && { answers: shaped[type], schema };
}

function render(document, operations) {
  const schemas = Object.entries(document.components?.schemas ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  const services = [...new Set(operations.map(({ service }) => service))].sort();
  const having = (service) => operations.filter((operation) => operation.service === service).map(({ id }) => `  | "${id}"\n`);
  return [
    banner("schemas/http/v1.yaml"),
    ...schemas.map(([name, schema]) => `${comment(schema.description)}export type ${name} = ${typescript(schema, "")};\n`),
    `${comment("The request (query, path and body combined) and the answer of each operation.")}export type Operations = {\n${operations.map(entry).join("")}};\n`,
    "export type OperationId = keyof Operations;\n",
    ...services.map((service) => `export type ${pascalCase(service)}Operations = Pick<\n  Operations,\n${having(service).join("")}>;\n`),
    renderBundles(bundlesOf(document)),
    description(services),
    `export const operations: { readonly [Id in OperationId]: OperationDescription } = {\n${operations.map(({ id, data }) => `  ${id}: ${literal(data)},\n`).join("")}};\n`,
  ].join("\n");
}

const entry = ({ id, summary, fields, answer }) =>
  `${comment(summary, "  ")}  ${id}: {\n    request: ${typescript(fields, "    ")};\n    answer: ${answer};\n  };\n`;

const description = (services) => `/** The description of an operation for the server. */
export type OperationDescription = {
  readonly method: "get" | "put" | "post" | "delete" | "patch";
  /** The path; a name in braces stands for a field of the request. */
  readonly path: string;
  /** The service that serves it. */
  readonly service: ${services.map((name) => JSON.stringify(name)).join(" | ")};
  readonly query: readonly string[];
  /** The query parameters that may be repeated. */
  readonly arrays: readonly string[];
  readonly required: readonly string[];
  readonly body: boolean;
  /** Needs no token. */
  readonly public: boolean;
  /** The action bundles that grant it. */
  readonly permission: readonly BundleId[];
  /** The format of the answer: JSON, bytes of any other type, or server-sent events (each event has the answer's shape). */
  readonly answers: "json" | "bytes" | "stream";
  /** For a list, the field of the answer that holds the rows. */
  readonly rows: string | null;
  /** The answer tells of people: nobody keeps it for later. */
  readonly personal?: true;
};
`;

function typescript(schema, indent) {
  if (schema.$ref) return schema.$ref.split("/").at(-1);
  if ("const" in schema) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
  if (schema.type === "array") return `readonly ${grouped(typescript(schema.items, indent))}[]`;
  if (schema.type === "integer" || schema.type === "number") return "number";
  if (schema.type !== "object") return schema.type ?? "unknown";
  if (!schema.properties || !Object.keys(schema.properties).length) {
    const values = typeof schema.additionalProperties === "object" ? typescript(schema.additionalProperties, indent) : "unknown";
    return schema.additionalProperties ? `Readonly<Record<string, ${values}>>` : "Readonly<Record<string, never>>";
  }
  const inner = `${indent}  `;
  const fields = Object.entries(schema.properties).map(([name, field]) => {
    const optional = schema.required?.includes(name) ? "" : "?";
    return `${comment(field.description, inner)}${inner}readonly ${property(name)}${optional}: ${typescript(field, inner)};\n`;
  });
  return `{\n${fields.join("")}${indent}}`;
}

const grouped = (type) => (/^[\w.]+$/.test(type) ? type : `(${type})`);
