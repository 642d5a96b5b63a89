import type { RawCluster, RawHealthCheck, RawNode, RawService } from "./cluster-schema.ts";
import type { JsonObject } from "./json.ts";

/** The description of a cluster that a provider deploys: the package's template with the user's configuration and all defaults. */
export type ClusterDescription = {
  readonly name: string;
  readonly description: string;
  readonly subnet: string;
  readonly nodes: readonly NodeGroup[];
  readonly env: JsonObject;
  readonly endpoints: Readonly<Record<string, Endpoint>>;
  readonly links: Readonly<Record<string, string>>;
  readonly advancedActions: readonly string[];
  readonly incrementalBackupSupported: boolean;
  readonly healthCheck?: HealthCheck;
  readonly monitor?: JsonObject;
};

/** The nodes of one role; they differ only in their address. */
export type NodeGroup = {
  readonly role: string;
  /** The role of the replicas. */
  readonly replicaRole: string;
  readonly count: number;
  /** Replicas of each node. */
  readonly replica: number;
  readonly container: { readonly type: "kvm" | "docker" | "lxc" | "bm"; readonly image: string; readonly zone?: string };
  readonly cpu?: number;
  readonly gpu?: number;
  /** In MiB. */
  readonly memory?: number;
  readonly instanceType?: string;
  readonly volume: Volume;
  readonly serverIdUpperBound?: number;
  readonly verticalScalingPolicy: "sequential" | "parallel";
  readonly loadbalancer: readonly JsonObject[];
  readonly env: JsonObject;
  /** By name: init, start, stop, restart, scale_in, scale_out, destroy, backup, restore, delete_snapshot, upgrade and the package's own. */
  readonly services: Readonly<Record<string, Service>>;
  readonly healthCheck?: HealthCheck;
  readonly monitor?: JsonObject;
  readonly customMetadata?: JsonObject;
};

export type Endpoint = { readonly port: number; readonly protocol: string };

export type Volume = {
  /** In GiB. */
  readonly size: number;
  readonly mountPoints: readonly string[];
  readonly mountOptions: string;
  readonly filesystem: "ext4" | "xfs" | "ntfs";
};

export type Service = {
  /** A command line, see `commandWords`; absent if backups need no command. */
  readonly command?: string;
  /** Lower values run first; equal values run in parallel. */
  readonly order: number;
  /** In seconds. */
  readonly timeout: number;
  /** The number of nodes that run it; absent means all nodes of the role. */
  readonly nodesToExecuteOn?: number;
  /** A command that must succeed before the service runs. */
  readonly preCheck?: string;
  /** Runs after `start` rather than before (init, upgrade). */
  readonly postStartService: boolean;
  /** Runs after `stop` rather than before (destroy). */
  readonly postStopService: boolean;
  readonly parameters: JsonObject;
};

export type HealthCheck = {
  readonly enable: boolean;
  readonly intervalSeconds: number;
  readonly timeoutSeconds: number;
  readonly actionTimeoutSeconds: number;
  readonly healthyThreshold: number;
  readonly unhealthyThreshold: number;
  readonly checkCommand: string;
  readonly actionCommand: string;
};

const serviceTimeout = 600;
const mountOptions = { ext4: "defaults,noatime", xfs: "defaults,noatime", ntfs: "" };

export const describeRaw = (raw: RawCluster): ClusterDescription => {
  const { nodes, name, description, subnet, env = {}, endpoints = {}, links = {}, monitor } = raw;
  return {
    name,
    description,
    subnet,
    nodes: nodes.map((node) => nodeGroup(node, raw)),
    env,
    endpoints: mapValues(endpoints, ({ port, protocol = "tcp" }) => ({ port, protocol })),
    links,
    advancedActions: raw.advanced_actions ?? [],
    incrementalBackupSupported: raw.incremental_backup_supported ?? false,
    ...some("healthCheck", raw.health_check && healthCheck(raw.health_check)),
    ...some("monitor", monitor),
  };
};

/** A role without a health check or monitor inherits the cluster's. */
const nodeGroup = (node: RawNode, cluster: RawCluster): NodeGroup => {
  const role = node.role ?? "";
  const check = node.health_check ?? cluster.health_check;
  const { size = 20, mount_point = "/data", filesystem = "ext4", mount_options } = node.volume ?? {};
  return {
    role,
    replicaRole: `${role}-replica`,
    count: node.count,
    replica: node.replica ?? 0,
    container: node.container,
    volume: {
      size,
      mountPoints: typeof mount_point === "string" ? [mount_point] : mount_point,
      mountOptions: mount_options ?? mountOptions[filesystem],
      filesystem,
    },
    verticalScalingPolicy: node.vertical_scaling_policy ?? "parallel",
    loadbalancer: node.loadbalancer ?? [],
    env: node.env ?? {},
    services: mapValues(node.services ?? {}, service),
    ...some("cpu", node.cpu),
    ...some("gpu", node.gpu),
    ...some("memory", node.memory),
    ...some("instanceType", node.instance_type),
    ...some("serverIdUpperBound", node.server_id_upper_bound),
    ...some("healthCheck", check && healthCheck(check)),
    ...some("monitor", node.monitor ?? cluster.monitor),
    ...some("customMetadata", node.custom_metadata),
  };
};

const service = (raw: RawService): Service => ({
  order: raw.order ?? 0,
  timeout: raw.timeout || serviceTimeout,
  postStartService: raw.post_start_service ?? false,
  postStopService: raw.post_stop_service ?? false,
  parameters: raw.service_params ?? {},
  ...some("command", raw.cmd),
  ...some("nodesToExecuteOn", raw.nodes_to_execute_on || undefined),
  ...some("preCheck", raw.pre_check),
});

const healthCheck = (raw: RawHealthCheck): HealthCheck => ({
  enable: raw.enable ?? true,
  intervalSeconds: raw.interval_sec ?? 60,
  timeoutSeconds: raw.timeout_sec ?? 10,
  actionTimeoutSeconds: raw.action_timeout_sec ?? 30,
  healthyThreshold: raw.healthy_threshold ?? 2,
  unhealthyThreshold: raw.unhealthy_threshold ?? 2,
  checkCommand: raw.check_cmd ?? "",
  actionCommand: raw.action_cmd ?? "",
});

const mapValues = <From, To>(record: Readonly<Record<string, From>>, change: (value: From) => To): Readonly<Record<string, To>> =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));

/** An optional property that is absent, not undefined, when there is no value. */
const some = <Key extends string, Value>(key: Key, value: Value | undefined): { readonly [K in Key]?: Value } =>
  // The compiler types a computed key as string.
  (value === undefined ? {} : { [key]: value }) as { readonly [K in Key]?: Value };
