import type { Actor } from "../../../events/index.ts";
import type { Deployment as ClusterSpec } from "../../../schemas/generated/events.ts";
import { type Owned, ownedBy, unowned } from "../../chassis/access/ownership.ts";

/** The owner of a document, its creation time and the time of its last status change. */
export type Row = Owned & { readonly create_time: string; readonly status_time: string };
export const empty: Row = { ...unowned, create_time: "", status_time: "" };

/** The owner of what belongs to a cluster. Events of earlier releases do not say it: there it is whoever asked for the action. */
export const ownerIn = ({ owner, ownerPath }: ClusterSpec, { userId, ...actor }: Actor): Owned =>
  ownedBy(owner === "" ? { owner: userId, ...actor } : { owner, ownerPath });
