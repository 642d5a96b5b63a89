import type { Codec } from "../../../events/codec/codec.ts";
import type { Commit } from "../../../events/ports.ts";
import type { Lived } from "./lives.ts";

/** The commit in which a service would have kept the event, with the mark that it is still to be published. */
export const commitOf = ({ stream, version, time, owner, row, actionId, event }: Lived, codec: Codec): Commit => ({
  ...{ stream, version, cause: null, rejection: null, claims: [], publish: true, effects: [], timers: [] },
  events: [codec.encode("cluster", event)],
  metadata: {
    ...{ time, actor: { userId: owner, ownerPath: `:${owner}` }, correlationId: actionId, causationId: null, actionId },
    ...{ row, traceparent: null, hops: 0, fingerprint: null },
  },
});
