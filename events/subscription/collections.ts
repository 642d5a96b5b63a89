import type { AnyProjection } from "../projection.ts";

/** The collections of a service's read models. Created once for each instance; no other code knows the names of collections. */
export type Collections = {
  /** The collection of a read model's current fold. */
  readonly of: (model: string) => string;
};

/** The version of a fold is part of its collection's name, so that a new fold fills a new collection. */
export const collections = (projections: readonly AnyProjection[] = []): Collections => {
  const names = new Map(projections.map(({ name, version }) => [name, `${name}__v${version}`]));
  return {
    of: (model) => {
      const collection = names.get(model);
      if (collection === undefined) throw new Error(`the service has no read model ${model}`);
      return collection;
    },
  };
};

/** The read model that a collection belongs to, whatever the version of its fold. */
export const modelIn = (collection: string): string => collection.replace(/__v\d+$/, "");

/** Fields by which the queries of a read model find and sort documents. */
export const indexesOf = ({ indexes = [] }: AnyProjection): readonly string[] => [...new Set(["owner", "create_time", ...indexes])];
