import type { Rejection } from "../../events/index.ts";
import type {
  AdoptedRelease,
  ClusterNode,
  ClusterRole,
  Deployment as ClusterSpec,
  DeploymentSecret,
} from "../../schemas/generated/events.ts";
import type { ClusterDescription } from "../packages/cluster-description.ts";
import { describeCluster } from "../packages/devkit.ts";
import { readUserConfiguration } from "../packages/devkit-configuration.ts";
import type { Json } from "../packages/json.ts";
import { holdsMarker, markerOf, markersIn, someText } from "../packages/secret-markers.ts";

/** The files of a package that describe a cluster. */
export type PackageDescription = { readonly configJson: string; readonly template: string };
/** An application version with the description of one of its packages, without the archive. */
export type Version = PackageDescription & {
  readonly appId: string;
  readonly versionId: string;
  readonly versionType: string;
  readonly packageDigest: string;
  readonly packageOwner: string;
};
/** Where a cluster is, and whose. */
export type Placement = {
  readonly provider: string;
  readonly runtimeId: string;
  readonly zone: string;
  readonly runtimeCredentialId: string;
  readonly owner: string;
  readonly ownerPath: string;
  /** The Helm release that the cluster takes over, or has taken over. */
  readonly adopted?: AdoptedRelease | null;
};

/** Builds the cluster's description from a version and a user's configuration, or rejects them. */
export const describe = (
  clusterId: string,
  version: Version,
  placement: Placement,
  { configuration, secrets, scales = [] }: Configured & Partial<Pick<ClusterSpec, "scales">>,
  nodes?: readonly ClusterNode[],
): ClusterSpec | Rejection => {
  const needed = markersIn(configuration).map((marker) => secrets.find(({ path }) => markerOf(path) === marker));
  if (needed.includes(undefined))
    return invalid("the configuration has asterisks in the place of a password that the cluster does not have");
  const { appId, versionId, versionType, packageDigest, packageOwner } = version;
  const bare: ClusterSpec = {
    ...placement,
    adopted: placement.adopted ?? null,
    name: "",
    appId,
    versionId,
    versionType,
    packageDigest,
    packageOwner,
    configuration,
    secrets: needed.filter((secret) => secret !== undefined),
    env: {},
    roles: [],
    nodes: [],
    endpoints: [],
    scales,
  };
  if (versionType === "helm") return bare;
  const described = rendered(version, configuration);
  if ("rejected" in described) return described;
  const misused = misuseOf(described);
  if (misused !== undefined) return invalid(misused);
  return {
    ...bare,
    name: described.name,
    env: strings(described.env),
    roles: described.nodes.map((group) => roleOf(group, group.healthCheck ?? described.healthCheck)),
    nodes: nodes ?? firstNodes(clusterId, described.nodes),
    endpoints: Object.entries(described.endpoints).map(([name, { port, protocol }]) => ({ name, port, protocol })),
  };
};

/** The description once a release that the cluster takes over is its own: from then on it goes with the cluster. */
export const withOwnRelease = (deployment: ClusterSpec): ClusterSpec => ({
  ...deployment,
  adopted: deployment.adopted && { ...deployment.adopted, revision: "" },
});

/** Creates more nodes of a role. Server ids continue from the highest one; node ids derive from the cluster id. */
export const newNodes = (clusterId: string, nodes: readonly ClusterNode[], role: string, count: number): readonly ClusterNode[] => {
  const highest = Math.max(0, ...nodes.map(({ serverId }) => serverId));
  return Array.from({ length: count }, (_, index) => {
    const serverId = highest + 1 + index;
    return { nodeId: `cln-${clusterId.slice(clusterId.indexOf("-") + 1)}-${serverId}`, name: "", role, serverId };
  });
};

const firstNodes = (clusterId: string, groups: ClusterDescription["nodes"]): readonly ClusterNode[] => {
  const nodes: ClusterNode[] = [];
  for (const { role, count } of groups) nodes.push(...newNodes(clusterId, nodes, role, count));
  return nodes;
};

/** A configuration with markers, and at least the secrets that they stand for. The first secret of a path counts. */
export type Configured = { readonly configuration: string; readonly secrets: readonly DeploymentSecret[] };

/** A secret is filled in when a process starts, and only into its environment: whatever else the description holds, others may see. */
const misuseOf = ({ env, nodes, ...rest }: ClusterDescription): string | undefined => {
  const shown = [rest, ...nodes.map(({ env: _, ...node }) => node)];
  const structured = [env, ...nodes.map((node) => node.env)].flatMap((each) =>
    Object.values(each).filter((value) => typeof value === "object"),
  );
  // JSON that the package described: a plain value.
  const holds = (value: unknown, isSuch: (text: string) => boolean) => someText(value as Json, isSuch);
  if (holds([...shown, ...structured], holdsMarker)) return "the package uses a setting of type password outside of the texts of env";
  const isCut = (text: string) => text.includes("\0");
  return holds([...shown, env, ...nodes.map((node) => node.env)], isCut) ? "the description holds a NUL character" : undefined;
};

const invalid = (rejected: string): Rejection => ({ rejected, kind: "invalid", error: "validate_failed" });

const rendered = (version: Version, configuration: string): ClusterDescription | Rejection => {
  try {
    const described = describeCluster(version, readUserConfiguration(configuration));
    return "rejected" in described ? invalid(described.rejected) : described;
  } catch (error) {
    return invalid(error instanceof Error ? error.message : String(error));
  }
};

const roleOf = (group: ClusterDescription["nodes"][number], check: ClusterDescription["healthCheck"]): ClusterRole => ({
  role: group.role,
  cpu: group.cpu ?? 0,
  memory: group.memory ?? 0,
  gpu: group.gpu ?? 0,
  storageSize: group.volume.size,
  mountPoint: group.volume.mountPoints.join(","),
  image: group.container.image,
  serverIdUpperBound: group.serverIdUpperBound ?? 0,
  verticalScalingPolicy: group.verticalScalingPolicy,
  env: strings(group.env),
  healthCheck:
    check?.enable && check.checkCommand
      ? { command: check.checkCommand, intervalSeconds: check.intervalSeconds, timeoutSeconds: check.timeoutSeconds }
      : null,
  services: Object.entries(group.services).flatMap(([name, { command, order, timeout, postStartService, nodesToExecuteOn }]) =>
    command === undefined
      ? []
      : [{ name, command, order, timeoutSeconds: timeout, postStart: postStartService, nodesToExecuteOn: nodesToExecuteOn ?? 0 }],
  ),
});

const strings = (object: object): { readonly [name: string]: string } =>
  Object.fromEntries(Object.entries(object).map(([name, value]) => [name, typeof value === "string" ? value : JSON.stringify(value)]));
