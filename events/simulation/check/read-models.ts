import { isDeepStrictEqual } from "node:util";
import { deadLetterTopic } from "../../contract.ts";
import type { StoredDocument } from "../../ports.ts";
import { type AnyProjection, deleted } from "../../projection.ts";
import { aggregateOf, type Evidence, type Fact, keyOf, once, type Violation } from "./evidence.ts";

/** The events on the log by stream, each once and in order. */
export const factsOnLog = once(({ contents, contract, codec }: Evidence): ReadonlyMap<string, readonly Fact[]> => {
  const streams = new Map<string, Map<number, Fact>>();
  for (const [topic, partitions] of contents) {
    if (topic.startsWith(deadLetterTopic(contract))) continue;
    for (const { key, value, headers } of partitions.flat()) {
      const version = Number(headers.ce_sequence);
      const facts = streams.get(key) ?? new Map<number, Fact>();
      streams.set(key, facts);
      if (facts.has(version) || !value) continue;
      const buffer = Buffer.from(value);
      const meta = {
        ...{ eventId: headers.ce_id ?? "", stream: key, version, time: headers.ce_time ?? "" },
        actor: { userId: headers.ce_actor ?? "", ownerPath: headers.ce_ownerpath ?? "" },
        ...{
          correlationId: headers.ce_correlationid ?? "",
          causationId: headers.ce_causationid ?? null,
          actionId: headers.ce_actionid ?? null,
        },
      };
      facts.set(version, { event: codec.decode(buffer.readUInt32BE(1), buffer.subarray(5)), meta });
    }
  }
  return new Map([...streams].map(([stream, facts]) => [stream, [...facts.values()].sort((a, b) => a.meta.version - b.meta.version)]));
});

/** The ids of the read model's documents that an event changes. */
export const documentIds = (projection: AnyProjection, { event, meta }: Fact): readonly string[] => {
  const ids = projection.key?.[event.type]?.(event, meta) ?? keyOf(meta.stream);
  return typeof ids === "string" ? [ids] : [...new Set(ids)];
};

export const reads = (projection: AnyProjection, { event, meta }: Fact): boolean =>
  event.type in projection.evolve && (!projection.of || projection.of.includes(aggregateOf(meta.stream)));

const foldAll = (projection: AnyProjection, facts: ReadonlyMap<string, readonly Fact[]>, bad: (fact: Fact) => boolean) => {
  const documents = new Map<string, StoredDocument>();
  for (const stream of facts.values())
    for (const fact of stream) {
      if (!reads(projection, fact)) continue;
      if (bad(fact)) break;
      const row = projection.evolve[fact.event.type];
      if (!row) continue;
      for (const id of documentIds(projection, fact)) {
        const before = documents.get(id);
        const value = row(before && !before.deleted ? before.value : projection.initialState, fact.event, fact.meta, id);
        const gone = value === deleted;
        const { stream, version } = fact.meta;
        documents.set(id, { id, stream, version, deleted: gone, value: gone ? {} : { ...value } });
      }
    }
  return documents;
};

/** Checks that every read model equals a fresh fold of the log in every field, including tombstones. */
export const checkReadModels = function* (evidence: Evidence): Generator<Violation> {
  const facts = factsOnLog(evidence);
  for (const { name, projections = [] } of evidence.services)
    for (const projection of projections) {
      const active = evidence.databases.get(name)?.pointers.get(projection.name)?.active;
      const collection = active ?? `${projection.name}__v${projection.version}`;
      const fresh = foldAll(projection, facts, ({ meta }) => evidence.bad(`${name}.${projection.name}`, meta));
      const there = evidence.databases.get(name)?.models.get(collection) ?? new Map<string, StoredDocument>();
      const wrong = (about: string, message: string): Violation => ({ rule: "read models equal a fresh fold", about, message });
      for (const [id, document] of fresh) {
        const found = there.get(id);
        if (!found) yield wrong(document.stream, `${name}'s ${collection} has no ${id}`);
        else if (found.version !== document.version || found.deleted !== document.deleted || found.stream !== document.stream)
          yield wrong(document.stream, `${name}'s ${collection} has ${id} at version ${found.version} and not ${document.version}`);
        else if (!isDeepStrictEqual(found.value, document.value))
          yield wrong(document.stream, `${name}'s ${collection} has another ${id}: ${differing(found.value, document.value)}`);
      }
      for (const [id, { stream }] of there)
        if (!fresh.has(id)) yield wrong(stream, `${name}'s ${collection} has ${id}, which no event created`);
    }
};

const differing = (found: StoredDocument["value"], fresh: StoredDocument["value"]): string =>
  [...new Set([...Object.keys(found), ...Object.keys(fresh)])]
    .filter((field) => !isDeepStrictEqual(found[field], fresh[field]))
    .map((field) => `${field} is ${JSON.stringify(found[field])} and not ${JSON.stringify(fresh[field])}`)
    .join(", ");
