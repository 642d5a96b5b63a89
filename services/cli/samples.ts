import avro from "avsc";
import { type Commit, isSealed, type Sealed } from "../../events/index.ts";
import { schemas } from "../../schemas/generated/schemas.ts";
import type { AnyService } from "../chassis/service.ts";

type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };
type Schema = string | readonly Schema[] | { readonly [attribute: string]: unknown };

/** An event with all its fields filled, and the id under which consumers see it. */
export type Sample = {
  readonly id: string;
  readonly type: string;
  readonly fields: Json;
  readonly commit: Commit;
  readonly isPublic: boolean;
};

/** A value of a type; `path` names its place, so that no two texts are the same. */
export const sampleOf = (schema: unknown, path: string): Json => {
  if (Array.isArray(schema)) return path.length % 2 === 0 ? null : sampleOf(schema.find((branch) => branch !== "null") ?? "null", path);
  const { type, fields, items, values, symbols, secret, personal } = (typeof schema === "string" ? { type: schema } : schema) as {
    readonly type: Schema;
    readonly fields?: readonly { readonly name: string; readonly type: Schema }[];
    readonly items?: Schema;
    readonly values?: Schema;
    readonly symbols?: readonly string[];
    readonly secret?: boolean;
    readonly personal?: boolean;
  };
  if (fields) return Object.fromEntries(fields.map((field) => [field.name, sampleOf(field.type, `${path}.${field.name}`)]));
  if (items) return [sampleOf(items, `${path}[0]`), sampleOf(items, `${path}[10]`)];
  if (values) return { one: sampleOf(values, `${path}{one}`), "größe/é ✓": sampleOf(values, `${path}{two}`) };
  if (symbols) return symbols[0] ?? "";
  if (secret) return sealedText(path);
  if (personal) return "";
  switch (type) {
    case "string":
      return `${path} größe ✓ "quoted"\n`;
    case "boolean":
      return path.length % 2 === 0;
    case "int":
      return path.length % 2 === 0 ? -2_147_483_648 : 2_147_483_647;
    case "long":
      return 1_714_557_600_123 + path.length;
    case "double":
      return path.length + 0.25;
    default:
      return typeof type === "object" ? sampleOf(type, path) : null;
  }
};

/** One event of every released version of every event of these services, each in a stream of its own, by the service that owns it. */
export const samplesOf = (services: readonly AnyService[]): ReadonlyMap<string, readonly Sample[]> =>
  new Map(
    services.map(({ name, aggregates }) => [
      name,
      schemas.flatMap(({ id, aggregate, event, version, schema }): readonly Sample[] => {
        const owned = aggregates[aggregate];
        if (!owned) return [];
        const fields = sampleOf(schema as Schema, event);
        const stream = `${aggregate}/${event}-${version}`;
        const bytes = avro.Type.forSchema(schema as avro.Schema).toBuffer(fields); // The contract's schemas are Avro.
        const commit: Commit = { ...nothingLeft, stream, version: 1, publish: true, events: [{ type: event, schemaId: id, bytes }] };
        return [{ id: `${stream}@1`, type: `pitrix.${aggregate}.${event}`, fields, commit, isPublic: owned.public === true }];
      }),
    ]),
  );

/** A text in the form of sealed text, which nobody can open: `sealedText("first")`. */
export const sealedText = (name: string): Sealed => {
  const text = `v2.${name.replaceAll(/[^\w-]/g, "-")}.${"i".repeat(16)}.${"c".repeat(22)}`;
  if (!isSealed(text)) throw new Error(`${text} has not the form of sealed text`);
  return text;
};

const nothingLeft = {
  ...{ cause: null, rejection: null, claims: [], effects: [], timers: [] },
  metadata: {
    ...{ time: "2024-05-01T10:00:00.000Z", actor: { userId: "usr-sample", ownerPath: "grp-sample:usr-sample" } },
    ...{ correlationId: "request-sample", causationId: null, actionId: null, row: "Sample", hops: 0, traceparent: null, fingerprint: null },
  },
} as const;
