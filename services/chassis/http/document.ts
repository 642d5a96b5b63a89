import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

type Json = { readonly [name: string]: unknown };
/** The OpenAPI document of the platform, or a part of it. */
export type ApiDocument = Json & { readonly paths: { readonly [path: string]: Json } };

/** A file or folder that is no code, by its path from the root; the compiled code and the source are both below that. */
export const assetOf = (path: string): string => {
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    if (existsSync(join(folder, path))) return join(folder, path);
    if (folder === dirname(folder)) throw new Error(`there is no ${path} above ${fileURLToPath(import.meta.url)}`);
  }
};
const generated = (name: string) => JSON.parse(readFileSync(assetOf(join("schemas", "generated", name)), "utf8"));

export const apiDocument = (): ApiDocument => generated("openapi.json");

/** The AsyncAPI document of the public topics, whose registry is at this URL. */
export const eventsDocument = (registry: string): EventsDocument => {
  const document = generated("asyncapi.json");
  document.servers.kafka.bindings.kafka.schemaRegistryUrl = registry;
  return document;
};

/** What a page needs of the AsyncAPI document. */
export type EventsDocument = {
  readonly info: { readonly title: string; readonly description: string };
  readonly channels: { readonly [topic: string]: { readonly description: string; readonly messages: Json } };
  readonly operations: { readonly [name: string]: { readonly channel: { readonly $ref: string }; readonly summary: string } };
  readonly components: { readonly messages: { readonly [type: string]: EventMessage } };
};
export type EventMessage = {
  readonly title: string;
  readonly summary?: string;
  readonly payload: {
    readonly schema: { readonly fields: readonly { readonly name: string; readonly type: unknown; readonly doc?: string }[] };
  };
  readonly "x-schema-id": number;
  /** What not to use any more, by the path of the field; an empty path is the whole event. */
  readonly "x-deprecated"?: { readonly [path: string]: string };
};

/** An operation in the contract: its parameters, and the JSON pointer of its body's schema if it has a body. */
export type Described = {
  readonly parameters: readonly Parameter[];
  readonly body: string | undefined;
  readonly request: string;
  readonly answer: string;
};
type Parameter = { readonly in: string; readonly name: string; readonly schema: Json };

export const operationsOf = (document: ApiDocument): ReadonlyMap<string, Described> =>
  new Map(
    Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => {
        const { operationId, parameters = [], requestBody, responses } = operation as Operation; // The contract's own tests check that it is OpenAPI.
        const pointer = pointerOf("paths", path, method, "requestBody", "content", "application/json", "schema");
        return [
          operationId,
          {
            parameters: parameters.map((each) => ("$ref" in each ? (at(document, each.$ref) as Parameter) : each)),
            body: requestBody && pointer,
            request: JSON.stringify(requestBody ?? {}),
            answer: JSON.stringify(responses ?? {}),
          },
        ];
      }),
    ),
  );
type Operation = {
  readonly operationId: string;
  readonly parameters?: readonly (Parameter | { readonly $ref: string })[];
  readonly requestBody?: Json;
  readonly responses?: Json;
};

/** A JSON pointer (RFC 6901) as the fragment of an URI. */
const pointerOf = (...names: readonly string[]): string =>
  `#${names.map((name) => `/${encodeURIComponent(name.replaceAll("~", "~0").replaceAll("/", "~1"))}`).join("")}`;
/** The part of the document that a reference points to; its names need no decoding. */
const at = (document: ApiDocument, reference: string): unknown =>
  reference
    .split("/")
    .slice(1)
    .reduce<unknown>((value, name) => Object(value)[name], document);

const LIMIT = 1024 * 1024;
/** Packages travel as base64 in JSON. */
const LIMIT_WITH_BYTES = 64 * LIMIT;

/** Bytes that the body of an operation's request may have. */
export const bodyLimit = (document: ApiDocument): ((operation: string) => number) => {
  const large = having(document, "request", BYTES);
  return (operation) => (large.has(operation) ? LIMIT_WITH_BYTES : LIMIT);
};

/** Operations that take forms as well as JSON. */
export const operationsWithForms = (document: ApiDocument): ReadonlySet<string> => having(document, "request", "x-www-form-urlencoded");

/** Operations that answer with files in base64. */
export const operationsAnsweringFiles = (document: ApiDocument): ReadonlySet<string> => having(document, "answer", BYTES);

const BYTES = '"format":"byte"';
const having = (document: ApiDocument, part: "request" | "answer", text: string): ReadonlySet<string> =>
  new Set([...operationsOf(document)].flatMap(([id, operation]) => (operation[part].includes(text) ? [id] : [])));
