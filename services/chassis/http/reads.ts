import type { AnyProjection, Condition, Documents } from "../../../events/index.ts";
import type { Collections } from "../../../events/runtime.ts";
import { type Caller, owns, visible } from "../access/access.ts";
import type { Reads } from "./rows.ts";

/** The read models of a service by name. */
export type Models = ReadonlyMap<string, AnyProjection>;
export const modelsOf = (projections: readonly AnyProjection[] = []): Models => new Map(projections.map((each) => [each.name, each]));

const EVERYTHING = 10_000;
const TOP = 10;

/** The reads of a row. Without a caller, as in a public operation, lists hold every document. */
export const readsFor = (
  collections: Collections,
  documents: Documents,
  caller: Caller | undefined,
): Reads<{ readonly [model: string]: { readonly [field: string]: unknown } }> => {
  const list = async (model: string, where: readonly Condition[], limit: number, anyOf: readonly (readonly Condition[])[] | undefined) => {
    const query = { where, offset: 0, limit, ...(anyOf && { anyOf }) };
    return (await documents.find(collections.of(model), query)).documents.map(({ value }) => value);
  };
  const seen = caller && visible(caller);
  return {
    get: async (model, id) => {
      const [found] = await documents.get(collections.of(model), [id]);
      return found && !found.deleted ? found.value : undefined;
    },
    all: (model, where, limit = EVERYTHING) => list(model, where, limit, seen),
    find: (model, where, limit = EVERYTHING) => list(model, where, limit, undefined),
    count: (model, where, by) => documents.count(collections.of(model), { limit: TOP, ...by, where, ...(seen && { anyOf: seen }) }),
    sees: (row) => caller === undefined || owns(caller, row),
  };
};
