import type { Meta } from "../../../events/index.ts";
import type { Deployment as ClusterSpec } from "../../../schemas/generated/events.ts";
import { ownedBy } from "../../chassis/access/ownership.ts";
import type { Projection } from "../../chassis/events.ts";
import { type ActionRequested, actions, type ClusterStatus } from "../actions.ts";
import { type Described, described, undescribed } from "./described.ts";
import { empty, type Row } from "./owned.ts";

export type ClusterDocument = Row &
  Described & {
    readonly cluster_id: string;
    readonly name: string;
    readonly description: string;
    readonly cluster_type: number;
    readonly status: ClusterStatus;
    readonly transition_status: string;
    readonly debug: boolean;
    /** Why the last action failed; empty if it succeeded. */
    readonly message: string;
  };

const requested = (cluster: ClusterDocument, { type }: { readonly type: ActionRequested }) => ({
  ...cluster,
  transition_status: actions[type].transition,
  message: "",
});
const done =
  (status: ClusterStatus) =>
  (cluster: ClusterDocument, _: object, { time }: Meta) => ({ ...cluster, status, transition_status: "", status_time: time });
const changed = (cluster: ClusterDocument, { deployment }: { readonly deployment: ClusterSpec }, { time }: Meta) => ({
  ...cluster,
  ...described(deployment),
  status: "active" as const,
  transition_status: "",
  status_time: time,
});
/** All clusters, as users see them. */
export const clusters: Projection<ClusterDocument> = {
  name: "clusters",
  version: 4,
  indexes: ["app_id", "version_id", "runtime_id", "status"],
  initialState: {
    ...{ ...empty, ...undescribed },
    ...{ cluster_id: "", name: "", description: "", cluster_type: 0, status: "pending", transition_status: "", debug: false, message: "" },
  },

  evolve: {
    ClusterRequested: (cluster, { clusterId, name, description, deployment, debug, owner, ownerPath }, { time }) => ({
      ...cluster,
      ...described(deployment),
      cluster_id: clusterId,
      name,
      description,
      debug,
      transition_status: "creating",
      ...ownedBy({ owner, ownerPath }),
      create_time: time,
      status_time: time,
    }),
    ClusterUpgradeRequested: requested,
    ClusterRollbackRequested: requested,
    ClusterResizeRequested: requested,
    ClusterEnvUpdateRequested: requested,
    ClusterNodesRequested: requested,
    ClusterNodesRemovalRequested: requested,
    ClusterStopRequested: requested,
    ClusterStartRequested: requested,
    ClusterDeletionRequested: requested,
    ClusterRecoveryRequested: requested,
    ClusterCeaseRequested: requested,
    ClusterActivated: done("active"),
    ClusterUpgraded: changed,
    ClusterRolledBack: changed,
    ClusterResized: changed,
    ClusterEnvUpdated: changed,
    ClusterNodesAdded: changed,
    ClusterNodesDeleted: changed,
    ClusterStopped: done("stopped"),
    ClusterDeleted: done("deleted"),
    ClusterCeased: done("ceased"),
    ClusterActionFailed: (cluster, { reason }) => ({ ...cluster, transition_status: "", message: reason }),
    ClusterAttributesModified: (cluster, { name, description }) => ({ ...cluster, name, description }),
  },
};
