import type { Message } from "../../../events/message.ts";
import type { KafkaConnection } from "../../../infra/embedded/kafka/connection.ts";
import type { ClusterEvent, Deployment as ClusterSpec } from "../../../schemas/generated/events.ts";

/** What every contestant that fills the read model of clusters is told. */
export type ReadModelInput = {
  readonly connection: KafkaConnection;
  readonly url: string;
  readonly database: string;
  readonly topic: string;
  readonly group: string;
  readonly events: number;
};

type Patch = { readonly [field: string]: unknown };

const described = ({
  appId,
  versionId,
  packageDigest,
  versionType,
  runtimeId,
  zone,
  configuration,
  endpoints,
  roles,
}: ClusterSpec): Patch => ({
  ...{ app_id: appId, version_id: versionId, package_digest: packageDigest, version_type: versionType, runtime_id: runtimeId },
  ...{ zone, env: configuration },
  endpoints: JSON.stringify(Object.fromEntries(endpoints.map(({ name, port, protocol }) => [name, { port, protocol }]))),
  roles,
});

const moves = (transition: string) => (): Patch => ({ transition_status: transition, message: "" });
const rests =
  (status: string) =>
  (_: unknown, time: string): Patch => ({ status, transition_status: "", status_time: time });
const changes = ({ deployment }: { readonly deployment: ClusterSpec }, time: string): Patch => ({
  ...described(deployment),
  ...{ status: "active", transition_status: "", status_time: time },
});

const patches: { readonly [T in ClusterEvent["type"]]?: (event: Extract<ClusterEvent, { type: T }>, time: string) => Patch } = {
  ClusterRequested: ({ clusterId, name, description, deployment, debug, owner, ownerPath }, time) => ({
    ...{ cluster_type: 0, status: "pending", message: "", drift: [] },
    ...described(deployment),
    ...{ cluster_id: clusterId, name, description, debug, transition_status: "creating" },
    ...{ owner, owner_path: ownerPath, owner_group: ownerPath.split(":").at(-2) ?? "", create_time: time, status_time: time },
  }),
  ClusterUpgradeRequested: moves("upgrading"),
  ClusterEnvUpdateRequested: moves("updating"),
  ClusterStopRequested: moves("stopping"),
  ClusterStartRequested: moves("starting"),
  ClusterActivated: rests("active"),
  ClusterStopped: rests("stopped"),
  ClusterUpgraded: changes,
  ClusterEnvUpdated: changes,
  ClusterAttributesModified: ({ name, description }) => ({ name, description }),
};

/** The read model written by hand, as a bare script or somebody else's handler would: the fields that an event sets. Undefined = not read. */
export const patchOf = (type: string): ((event: Message, time: string) => Patch) | undefined =>
  // The table's rows take the event of their name.
  patches[type as keyof typeof patches] as ((event: Message, time: string) => Patch) | undefined;
