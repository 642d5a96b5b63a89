import type { Meta } from "./message.ts";

/** What `evolve` returns to delete its document; a tombstone keeps the version, so that a late repeat cannot revive it. */
export const deleted: unique symbol = Symbol("deleted");

/**
 * A read model: a table from event to document. A document belongs to one stream; the key defaults to the stream's
 * and may name several documents of that stream. What belongs to several streams is joined in the query.
 */
export type Projection<Events, Document extends object> = {
  readonly name: string;
  /** Part of the collection's name: a new fold fills a new collection while the old one serves. */
  readonly version: number;
  readonly initialState: Document;
  readonly evolve: {
    readonly [T in keyof Events]?: (document: Document, event: Events[T], meta: Meta, id: string) => Document | typeof deleted;
  };
  /** Ids of the documents that an event changes, where it is not the stream's key. */
  readonly key?: { readonly [T in keyof Events]?: (event: Events[T], meta: Meta) => string | readonly string[] };
  /** Aggregates whose events count, where several have events of one name; all that have them by default. */
  readonly of?: readonly string[];
  /** Fields that queries filter or sort by. */
  readonly indexes?: readonly (keyof Document & string)[];
};

/** A read model whose own types the backbone does not need to know. */
export type AnyProjection = {
  readonly name: string;
  readonly version: number;
  readonly initialState: object;
  readonly evolve: { readonly [event: string]: Fold | undefined };
  // biome-ignore lint/suspicious/noExplicitAny: as AnyDecider.
  readonly key?: { readonly [event: string]: ((event: any, meta: Meta) => string | readonly string[]) | undefined };
  readonly of?: readonly string[];
  readonly indexes?: readonly string[];
};
// biome-ignore lint/suspicious/noExplicitAny: as AnyDecider.
export type Fold = (document: any, event: any, meta: Meta, id: string) => object | typeof deleted;
