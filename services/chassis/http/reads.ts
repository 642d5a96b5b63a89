import type { AnyProjection, Condition, DocumentFilter, Documents } from "../../../events/index.ts";
import type { Collections } from "../../../events/runtime.ts";
import type { Caller } from "../access/access.ts";
import { allows, type Rules, within } from "../access/rules.ts";
import type { Reads, Unscoped } from "./rows.ts";

/** The read models of a service by name. */
export type Models = ReadonlyMap<string, AnyProjection>;
export const modelsOf = (projections: readonly AnyProjection[] = []): Models => new Map(projections.map((each) => [each.name, each]));

const EVERYTHING = 10_000;
const TOP = 10;

type AnyModels = { readonly [model: string]: { readonly [field: string]: unknown } };

/** Reads of all documents, whoever owns them. */
export const unscopedReads = (collections: Collections, documents: Documents): Unscoped<AnyModels> => ({
  get: async (model, id) => {
    const [found] = await documents.get(await collections.of(model), [id]);
    return found && !found.deleted ? found.value : undefined;
  },
  find: async (model, where, limit = EVERYTHING) =>
    (await documents.find(await collections.of(model), { where, offset: 0, limit })).documents.map(({ value }) => value),
});

/**
 * The reads of a row. Without a caller, as in a public operation, they give what is public. `given` are the documents that the row has already
 * got by a rule.
 */
export const readsFor = (
  collections: Collections,
  documents: Documents,
  caller: Caller | undefined,
  given: readonly object[] = [],
): Reads<AnyModels> => {
  const unscoped = unscopedReads(collections, documents);
  const withinRule = new WeakSet<object>(given);
  const give = <Document extends object>(document: Document): Document => {
    withinRule.add(document);
    return document;
  };
  const stored = async (model: string, filter: DocumentFilter, limit: number) =>
    (await documents.find(await collections.of(model), { ...filter, offset: 0, limit })).documents;
  const seen = (where: readonly Condition[], rule: Rules = "own"): DocumentFilter => {
    const anyOf = within(rule, caller);
    return { where, ...(anyOf && { anyOf }) };
  };
  return {
    get: async (model, id, rule: Rules = "own") => {
      const found = await unscoped.get(model, id);
      return found && allows(rule, caller, found) ? give(found) : undefined;
    },
    all: async (model, where, limit = EVERYTHING, rule: Rules = "own") =>
      (await stored(model, seen(where, rule), limit)).map(({ value }) => give(value)),
    count: async (model, where, by) => documents.count(await collections.of(model), { limit: TOP, ...by, ...seen(where) }),
    parts: async (row, model, ...fields) => {
      if (!withinRule.has(row)) throw new Error(`parts of a row that no rule gave were asked for in ${model}`);
      const values = fields.map((field) => row[field]);
      const ids: readonly string[] = fields.length === 1 ? [values[0]].flat().map(String) : [values.join("@")];
      const found = ids.length === 0 ? [] : await documents.get(await collections.of(model), ids);
      return found.filter(({ deleted }) => !deleted).map(({ value }) => give(value));
    },
    ids: async (model, where, limit) => (await stored(model, { where }, limit)).map(({ id }) => id),
    judge: (by) => by(unscoped),
    sees: (row) => allows("own", caller, row),
  };
};
