import type { EventByType, EventType } from "../schemas/generated/events.ts";
import type { Meta } from "./message.ts";

/** What `evolve` returns to delete its document; a tombstone keeps the version, so that a late repeat cannot revive it. */
export const deleted: unique symbol = Symbol("deleted");

/**
 * A read model: a table from event to document. A document belongs to one stream; the key defaults to the stream's
 * and may name several documents of that stream. What belongs to several streams is joined in the query.
 */
export type Projection<Document extends object> = {
  readonly name: string;
  /** Part of the collection's name: a new fold fills a new collection while the old one serves. */
  readonly version: number;
  readonly initialState: Document;
  readonly evolve: {
    readonly [T in EventType]?: (document: Document, event: EventByType[T], meta: Meta, id: string) => Document | typeof deleted;
  };
  /** Ids of the documents that an event changes, where it is not the stream's key. */
  readonly key?: { readonly [T in EventType]?: (event: EventByType[T], meta: Meta) => string | readonly string[] };
  /** Aggregates whose events count, where several have events of one name; all that have them by default. */
  readonly of?: readonly string[];
  /** Fields that queries filter or sort by. */
  readonly indexes?: readonly (keyof Document & string)[];
};

// biome-ignore lint/suspicious/noExplicitAny: as AnyDecider.
export type AnyProjection = Projection<any>;
