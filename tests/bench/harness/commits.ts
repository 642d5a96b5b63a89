import type { Codec } from "../../../events/codec/codec.ts";
import type { Commit, CommitMetadata } from "../../../events/ports.ts";
import type { Lived } from "./lives.ts";

/** What travels beside an event, as the service that decided it would have known it. */
export const metadataOf = ({ time, owner, row, actionId }: Lived): CommitMetadata => {
  const actor = { userId: owner, ownerPath: `:${owner}` };
  return { time, actor, correlationId: actionId, causationId: null, actionId, row, traceparent: null, hops: 0, fingerprint: null };
};

/** The commit in which a service would have kept the event, with the mark that it is still to be published. One literal, since it is made within what is timed. */
export const commitOf = (lived: Lived, codec: Codec, metadata = metadataOf(lived)): Commit => ({
  stream: lived.stream,
  version: lived.version,
  events: [codec.encode("cluster", lived.event)],
  cause: null,
  rejection: null,
  claims: [],
  publish: true,
  effects: [],
  timers: [],
  metadata,
});
