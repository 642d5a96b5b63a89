/** Anything told apart by its `type`: a command (imperative) or an event (past tense). */
export type Message = { readonly type: string };

/** The members of a union of messages that carry the type `T`. */
export type Of<M extends Message, T extends M["type"]> = M extends { readonly type: infer U } ? (T extends U ? M : never) : never;

/** A message without its `type`: what a row that names its command has to give. */
export type Fields<M extends Message, T extends M["type"]> =
  Of<M, T> extends infer One ? (One extends unknown ? Omit<One, "type"> : never) : never;

/** Who caused something: the user id, and the path by which the data levels of the permissions see it. */
export type Actor = { readonly userId: string; readonly ownerPath: string };

/** What travels beside an event, never in it. */
export type Meta = {
  /** Stream and version, `cluster/cl-x7@12`: readable, unique, derivable. */
  readonly eventId: string;
  readonly stream: string;
  readonly version: number;
  /** When it was committed, RFC 3339 in UTC; never earlier than the stream's event before it. */
  readonly time: string;
  readonly actor: Actor;
  /** The request that all of this goes back to. */
  readonly correlationId: string;
  /** The event whose reaction, effect or timer decided this one; null where a person did. */
  readonly causationId: string | null;
  /** The action (job) that this belongs to. */
  readonly actionId: string | null;
};

/** How an event came about: what a reaction to it passes on, and tables do not see. */
export type TraceContext = {
  /** Reactions in a row before it. */
  readonly hops: number;
  /** The span that decided it, in the form of W3C Trace Context. */
  readonly traceparent: string | null;
};

export const streamOf = (aggregate: string, key: string): string => `${aggregate}/${key}`;
export const aggregateOf = (stream: string): string => stream.slice(0, stream.indexOf("/"));
export const keyOf = (stream: string): string => stream.slice(stream.indexOf("/") + 1);
export const eventIdOf = (stream: string, version: number): string => `${stream}@${version}`;
