import type { Codec } from "../../../events/codec/codec.ts";
import type { Commit, CommitMetadata } from "../../../events/ports.ts";
import type { Lived } from "./lives.ts";

const around = new WeakMap<Lived, CommitMetadata>();

const metadataOf = (lived: Lived): CommitMetadata => {
  const { time, owner, row, actionId } = lived;
  const known = around.get(lived);
  if (known) return known;
  const actor = { userId: owner, ownerPath: `:${owner}` };
  const of = { time, actor, correlationId: actionId, causationId: null, actionId, row, traceparent: null, hops: 0, fingerprint: null };
  around.set(lived, of);
  return of;
};

/** The commit in which a service would have kept the event, with the mark that it is still to be published. One literal, since it is made within what is timed. */
export const commitOf = (lived: Lived, codec: Codec): Commit => ({
  stream: lived.stream,
  version: lived.version,
  events: [codec.encode("cluster", lived.event)],
  cause: null,
  rejection: null,
  claims: [],
  publish: true,
  effects: [],
  timers: [],
  metadata: metadataOf(lived),
});
