import type { Meta } from "../../../events/index.ts";
import type { Deployment as ClusterSpec } from "../../../schemas/generated/events.ts";
import { ownedBy } from "../../chassis/access/ownership.ts";
import type { Projection } from "../../chassis/events.ts";
import { type ActionRequested, actions, type ClusterStatus } from "../actions.ts";
import { type Described, described, endpointsText, undescribed } from "./described.ts";
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
    /** What its provider has found to differ from what was deployed. */
    readonly drift: readonly string[];
  };

const requested = (cluster: ClusterDocument, { type }: { readonly type: ActionRequested }) => ({
  ...cluster,
  transition_status: actions[type].transition,
  message: "",
});
const done =
  (status: ClusterStatus) =>
  (cluster: ClusterDocument, _: object, { time }: Meta) => ({ ...cluster, status, transition_status: "", status_time: time });
/** The end of an action after which nothing runs: what its provider has found is not there any more. */
const gone =
  (status: ClusterStatus) =>
  (cluster: ClusterDocument, _: object, meta: Meta): ClusterDocument => ({
    ...done(status)(cluster, _, meta),
    drift: [],
    endpoints: isFound(cluster) ? "{}" : cluster.endpoints,
  });
/** Whether its provider finds out where a cluster is reached: its package does not say. */
const isFound = ({ version_type }: Pick<ClusterDocument, "version_type">): boolean => version_type === "helm";
const changed = (cluster: ClusterDocument, { deployment }: { readonly deployment: ClusterSpec }, { time }: Meta) => ({
  ...cluster,
  ...described(deployment),
  ...(isFound(cluster) && { endpoints: cluster.endpoints }),
  status: "active" as const,
  transition_status: "",
  status_time: time,
});
/** All clusters, as users see them. */
export const clusters: Projection<ClusterDocument> = {
  name: "clusters",
  version: 5,
  indexes: ["app_id", "version_id", "runtime_id", "status"],
  initialState: {
    ...{ ...empty, ...undescribed },
    ...{ cluster_id: "", name: "", description: "", cluster_type: 0, status: "pending", transition_status: "", debug: false, message: "" },
    drift: [],
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
    ClusterStopped: gone("stopped"),
    ClusterDeleted: gone("deleted"),
    ClusterCeased: gone("ceased"),
    ClusterObserved: (cluster, { endpoints, drift }) => ({
      ...cluster,
      drift,
      ...(isFound(cluster) && { endpoints: endpointsText(endpoints) }),
    }),
    ClusterActionFailed: (cluster, { reason }) => ({ ...cluster, transition_status: "", message: reason }),
    ClusterAttributesModified: (cluster, { name, description }) => ({ ...cluster, name, description }),
  },
};
