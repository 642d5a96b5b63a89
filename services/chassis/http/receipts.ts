import type { Actor, Commit, Rejection } from "../../../events/index.ts";

type Asked = { readonly actor: Actor; readonly requestId: string; readonly traceparent: string | null };

/** A "no" without a stream, kept for the cause that it answers. */
export const receiptOf = (
  cause: string,
  rejection: Rejection,
  fingerprint: string,
  row: string,
  { actor, requestId, traceparent }: Asked,
  now: number,
): Commit => ({
  stream: `request/${cause.replaceAll("/", ".")}`,
  version: 0,
  events: [],
  cause,
  rejection,
  claims: [],
  publish: false,
  effects: [],
  timers: [],
  metadata: {
    time: new Date(now).toISOString(),
    actor,
    correlationId: requestId,
    causationId: null,
    actionId: null,
    row,
    traceparent,
    hops: 0,
    fingerprint,
  },
});
