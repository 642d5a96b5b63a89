/** A command (imperative) or an event (past tense), distinguished by `type`. */
export type Message = { readonly type: string };

/** The members of a union of messages with the type `T`. */
export type Of<M extends Message, T extends M["type"]> = M extends { readonly type: infer U } ? (T extends U ? M : never) : never;

/** The fields of a message without `type`. Rows that name their command return these. */
export type Fields<M extends Message, T extends M["type"]> =
  Of<M, T> extends infer One ? (One extends unknown ? Omit<One, "type"> : never) : never;

/** The user who caused an event, with the owner path that data levels compare. */
export type Actor = { readonly userId: string; readonly ownerPath: string };

/** The metadata of an event. It travels beside the event, never in it. */
export type Meta = {
  /** Stream and version, `cluster/cl-x7@12`: readable, unique, derivable. */
  readonly eventId: string;
  readonly stream: string;
  readonly version: number;
  /** The time of the commit, RFC 3339 in UTC; never earlier than that of the previous event in the stream. */
  readonly time: string;
  readonly actor: Actor;
  /** The correlation id: the request that started the causal chain. */
  readonly correlationId: string;
  /** The event whose reaction, effect or timer led to this one; null for a user's request. */
  readonly causationId: string | null;
  /** The action (job) that this event belongs to. */
  readonly actionId: string | null;
};

/** The causal path of an event. Reactions pass it on; tables do not see it. */
export type TraceContext = {
  /** Number of reactions between the request and this event. */
  readonly hops: number;
  /** The span that committed it (W3C Trace Context). */
  readonly traceparent: string | null;
};

export const streamOf = (aggregate: string, key: string): string => `${aggregate}/${key}`;
export const aggregateOf = (stream: string): string => stream.slice(0, stream.indexOf("/"));
export const keyOf = (stream: string): string => stream.slice(stream.indexOf("/") + 1);
export const eventIdOf = (stream: string, version: number): string => `${stream}@${version}`;
