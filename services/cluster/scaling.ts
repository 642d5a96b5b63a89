import type { Rejection } from "../../events/index.ts";
import type { Deployment as ClusterSpec } from "../../schemas/generated/events.ts";
import type { RoleSize } from "./commands.ts";
import { newNodes } from "./deployment.ts";
import { type Existing, refused } from "./state.ts";

/** What a cluster is to be like after an action, and the nodes that the action is about; or why not. */
export type Planned = { readonly deployment: ClusterSpec; readonly nodeIds?: readonly string[] } | Rejection;

/** Nodes of a role unless its package says another maximum. */
const MOST = 200;

export const asItIs = ({ deployment }: Existing): Planned => ({ deployment });

/** Other resources of roles; of a chart, whose resources are its values, other numbers of nodes. */
export const resized = (cluster: Existing, sizes: readonly RoleSize[]): Planned => {
  const { deployment } = cluster;
  const unknown = sizes.find(({ role }) => !hasRole(cluster, role));
  if (unknown) return noRole(unknown.role);
  if (isChart(deployment)) {
    const other = sizes.find(({ role: _, count, ...resources }) => count === undefined || Object.keys(resources).length > 0);
    if (other) return refused("of a role of a chart only instance_size can be changed: its resources are values of the chart");
    const many = sizes.find(({ count = 0 }) => count > MOST);
    if (many) return refused(`role [${many.role}] may have ${MOST} nodes`);
    return { deployment: sizes.reduce((scaled, { role, count = 0 }) => scaledTo(scaled, role, count), deployment) };
  }
  const roles = deployment.roles.map((role) => {
    const { count: _, ...resources } = sizes.find((size) => size.role === role.role) ?? {};
    return { ...role, ...resources };
  });
  return { deployment: { ...deployment, roles } };
};

export const withMore = (cluster: Existing, { clusterId, role: name, count }: More): Planned => {
  const { deployment } = cluster;
  if (!hasRole(cluster, name)) return noRole(name);
  const role = deployment.roles.find((each) => each.role === name);
  const now = countOf(cluster, name);
  const most = role?.serverIdUpperBound || MOST;
  if (count < 1 || now + count > most) return refused(`role [${name}] has ${now} nodes and may have ${most}`);
  if (isChart(deployment)) return { deployment: scaledTo(deployment, name, now + count), nodeIds: [] };
  const added = newNodes(clusterId, deployment.nodes, name, count);
  return { deployment: { ...deployment, nodes: [...deployment.nodes, ...added] }, nodeIds: added.map(({ nodeId }) => nodeId) };
};
type More = { readonly clusterId: string; readonly role: string; readonly count: number };

export const withFewer = (cluster: Existing, nodeIds: readonly string[]): Planned => {
  const { deployment } = cluster;
  const nodes = nodesOf(cluster);
  const unknown = nodeIds.find((id) => !nodes.some(({ nodeId }) => nodeId === id));
  if (unknown) return { rejected: `resource [${unknown}] does not exist`, kind: "notFound", error: "resource_not_found" };
  const leaving = nodes.filter(({ nodeId }) => nodeIds.includes(nodeId));
  const roles = [...new Set(leaving.map(({ role }) => role))];
  const left = (role: string) => countOf(cluster, role) - leaving.filter((node) => node.role === role).length;
  const emptied = roles.find((role) => left(role) < 1);
  if (emptied !== undefined) return refused(`role [${emptied}] would be left without a node`);
  if (!isChart(deployment)) return { deployment, nodeIds };
  return { deployment: roles.reduce((scaled, role) => scaledTo(scaled, role, left(role)), deployment), nodeIds };
};

/** Nobody plans the nodes of a chart: a role is what its provider has found, and its nodes are a number. */
const isChart = ({ versionType }: ClusterSpec): boolean => versionType === "helm";
const nodesOf = ({ deployment, found }: Existing) => (isChart(deployment) ? found : deployment.nodes);
const hasRole = ({ deployment, found }: Existing, role: string): boolean =>
  [...deployment.roles, ...deployment.scales, ...found].some((each) => each.role === role);
const countOf = (cluster: Existing, role: string): number =>
  cluster.deployment.scales.find((scale) => scale.role === role)?.count ?? nodesOf(cluster).filter((node) => node.role === role).length;
const scaledTo = (deployment: ClusterSpec, role: string, count: number): ClusterSpec => ({
  ...deployment,
  scales: [...deployment.scales.filter((scale) => scale.role !== role), { role, count }],
});
const noRole = (role: string): Rejection => refused(`the cluster has no role [${role}]`);
