import { codec } from "../../events/codec/codec.ts";
import { BODY, schemaIdIn } from "../../events/codec/framing.ts";
import { metaOf } from "../../events/log/record.ts";
import { aggregateOf } from "../../events/message.ts";
import type { StoredDocument } from "../../events/ports.ts";
import type { AnyProjection } from "../../events/projection.ts";
import { evolve, idsOf } from "../../events/subscription/projections.ts";
import { schemas } from "../../schemas/generated/schemas.ts";
import type { Contents } from "./evidence.ts";
import type { Finding } from "./findings.ts";

const released = codec(schemas);

/** A fact of the log, each once and in its stream's order. */
export type Fact = { readonly event: { readonly type: string }; readonly meta: ReturnType<typeof metaOf>; readonly schemaId: number };

export const factsOnLog = (contents: Contents): readonly Fact[] => {
  const seen = new Set<string>();
  const facts: Fact[] = [];
  for (const [topic, partitions] of contents) {
    if (topic.startsWith("pitrix.deadLetter")) continue;
    for (const record of partitions.flat()) {
      if (seen.has(record.headers.ce_id ?? "") || record.value === null) continue;
      seen.add(record.headers.ce_id ?? "");
      const { value } = record;
      const schemaId = schemaIdIn(value);
      facts.push({ event: released.decode(schemaId, value, BODY), meta: metaOf(record), schemaId });
    }
  }
  return facts.sort((a, b) => (a.meta.stream === b.meta.stream ? a.meta.version - b.meta.version : 0));
};

/** A read model as a full rebuild makes it. `without`: events that it has not taken. */
export const rebuild = (
  projection: AnyProjection,
  facts: readonly Fact[],
  without: (fact: Fact) => boolean = () => false,
): ReadonlyMap<string, StoredDocument> => {
  const documents = new Map<string, StoredDocument>();
  for (const fact of facts) {
    const { event, meta } = fact;
    if (!(event.type in projection.evolve) || (projection.of && !projection.of.includes(aggregateOf(meta.stream))) || without(fact))
      continue;
    for (const id of idsOf(projection, event, meta)) {
      const document = evolve(projection, id, documents.get(id), { event, meta });
      if (document) documents.set(id, document);
    }
  }
  return documents;
};

/** JSON with its fields in order and without those that are undefined: equal documents have equal bytes. */
const canonical = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map((each) => canonical(each ?? null)).join(",")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value) ?? "null";
  const fields = Object.entries(value).filter(([, field]) => field !== undefined);
  return `{${fields
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, field]) => `${JSON.stringify(name)}:${canonical(field)}`)
    .join(",")}}`;
};

/** Where a collection is not what a rebuild makes of it, byte for byte. */
export const differences = function* (
  collection: string,
  stored: ReadonlyMap<string, StoredDocument> = new Map(),
  fresh: ReadonlyMap<string, StoredDocument>,
): Generator<Pick<Finding, "about" | "message">> {
  for (const id of new Set([...fresh.keys(), ...stored.keys()])) {
    const [live, rebuilt] = [stored.get(id), fresh.get(id)].map((document) => (document ? canonical(document) : "nothing"));
    const about = (fresh.get(id) ?? stored.get(id))?.stream ?? "";
    if (live !== rebuilt) yield { about, message: `${collection} has of ${id} ${live}, a rebuild makes ${rebuilt}` };
  }
};
