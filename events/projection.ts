import type { Meta } from "./message.ts";

/** Return value of `evolve` that deletes the document. A tombstone keeps the version, so that a late repeated event cannot revive it. */
export const deleted: unique symbol = Symbol("deleted");

/**
 * A read model: a table from event to document. A document belongs to one stream. Its id defaults to the key of the stream; an event may also change
 * several documents of its stream. Queries join data of several streams.
 */
export type Projection<Events, Document extends object> = {
  readonly name: string;
  /** Part of the collection's name: a new fold fills a new collection while the old one serves. */
  readonly version: number;
  /** Earlier or later folds whose documents the queries of this build can read, too; it is ready at once where one of these is the active one. */
  readonly reads?: readonly number[];
  readonly initialState: Document;
  readonly evolve: {
    readonly [T in keyof Events]?: (document: Document, event: Events[T], meta: Meta, id: string) => Document | typeof deleted;
  };
  /** Ids of the documents that an event changes, if they differ from the key of the stream. */
  readonly key?: { readonly [T in keyof Events]?: (event: Events[T], meta: Meta) => string | readonly string[] };
  /** Aggregates whose events to read, if several have events of the same name; by default all. */
  readonly of?: readonly string[];
  /** Fields that queries filter or sort by. */
  readonly indexes?: readonly (keyof Document & string)[];
};

/** A read model without its specific types, for the backbone. */
export type AnyProjection = {
  readonly name: string;
  readonly version: number;
  readonly reads?: readonly number[];
  readonly initialState: object;
  readonly evolve: { readonly [event: string]: Fold | undefined };
  // biome-ignore lint/suspicious/noExplicitAny: as AnyDecider.
  readonly key?: { readonly [event: string]: ((event: any, meta: Meta) => string | readonly string[]) | undefined };
  readonly of?: readonly string[];
  readonly indexes?: readonly string[];
};
// biome-ignore lint/suspicious/noExplicitAny: as AnyDecider.
export type Fold = (document: any, event: any, meta: Meta, id: string) => object | typeof deleted;
