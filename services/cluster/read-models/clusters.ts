import type { Meta } from "../../../events/index.ts";
import type { ClusterRole, Deployment as ClusterSpec } from "../../../schemas/generated/events.ts";
import { ownedBy } from "../../chassis/access/ownership.ts";
import type { Projection } from "../../chassis/events.ts";
import { showMarkers } from "../../packages/secret-markers.ts";
import { type ActionRequested, actions, type ClusterStatus } from "../actions.ts";
import { empty, type Row } from "./owned.ts";

export type ClusterDocument = Row & {
  readonly cluster_id: string;
  readonly name: string;
  readonly description: string;
  readonly app_id: string;
  readonly version_id: string;
  /** The package that runs. */
  readonly package_digest: string;
  readonly version_type: string;
  readonly runtime_id: string;
  readonly zone: string;
  readonly cluster_type: number;
  readonly status: ClusterStatus;
  readonly transition_status: string;
  readonly env: string;
  readonly endpoints: string;
  readonly debug: boolean;
  readonly roles: readonly ClusterRole[];
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
const described = ({ appId, versionId, packageDigest, versionType, runtimeId, zone, configuration, endpoints, roles }: ClusterSpec) => ({
  app_id: appId,
  version_id: versionId,
  package_digest: packageDigest,
  version_type: versionType,
  runtime_id: runtimeId,
  zone,
  env: showMarkers(configuration),
  endpoints: JSON.stringify(Object.fromEntries(endpoints.map(({ name, port, protocol }) => [name, { port, protocol }]))),
  roles: roles.map((role) => ({ ...role, env: mapValues(role.env, showMarkers) })),
});

const mapValues = (texts: { readonly [name: string]: string }, change: (text: string) => string) =>
  Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, change(text)]));

/** All clusters, as users see them. */
export const clusters: Projection<ClusterDocument> = {
  name: "clusters",
  version: 4,
  indexes: ["app_id", "version_id", "runtime_id", "status"],
  initialState: {
    ...empty,
    cluster_id: "",
    name: "",
    description: "",
    app_id: "",
    version_id: "",
    package_digest: "",
    version_type: "",
    runtime_id: "",
    zone: "",
    cluster_type: 0,
    status: "pending",
    transition_status: "",
    env: "",
    endpoints: "",
    debug: false,
    roles: [],
    message: "",
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
