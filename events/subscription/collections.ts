import type { AnyProjection } from "../projection.ts";
import { collectionFor } from "./pointer.ts";

/** The collections of a service's read models. No other code knows the names of collections. */
export type Collections = {
  /** The collection that queries of a read model read. Throws an outage, or rejects with one, while there is none. */
  readonly of: (model: string) => string | Promise<string>;
};

/** The collections of a store whose pointers never moved: the first one of each fold. */
export const collections = (projections: readonly AnyProjection[] = []) => {
  const names = new Map(projections.map(({ name, version }) => [name, collectionFor(name, version, 1)]));
  return {
    of: (model: string): string => {
      const collection = names.get(model);
      if (collection === undefined) throw new Error(`the service has no read model ${model}`);
      return collection;
    },
  };
};

/** Fields by which the queries of a read model find and sort documents. */
export const indexesOf = ({ indexes = [] }: AnyProjection): readonly string[] => [
  ...new Set(["owner", "owner_group", "create_time", ...indexes]),
];
