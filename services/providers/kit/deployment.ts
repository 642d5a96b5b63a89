import type { ActionName } from "../../../schemas/generated/actions.ts";
import type {
  Deployment as ClusterSpec,
  DeploymentLayer,
  DiscoveredNode,
  FoundEndpoint,
  LocalDeploymentEvent,
  NodeAddress,
} from "../../../schemas/generated/events.ts";
import type { Applied } from "./undo.ts";

/** Every provider announces the same events, each about its own deployments. */
export type DeploymentEvent = LocalDeploymentEvent;

type ActionIds = { readonly clusterId: string; readonly jobId: string };
export type DeploymentCommand =
  | ({
      readonly type: "StartDeployment";
      readonly action: ActionName;
      readonly deployment: ClusterSpec;
      readonly nodeIds: readonly string[];
    } & ActionIds)
  | ({ readonly type: "BeginTask"; readonly taskId: string } & ActionIds)
  | ({ readonly type: "EndTask"; readonly taskId: string; readonly failure: string | null } & ActionIds)
  | ({ readonly type: "ProvisionNode" } & NodeAddress & ActionIds)
  | ({ readonly type: "ReleaseNode"; readonly nodeId: string } & ActionIds)
  | ({
      readonly type: "FinishLayer";
      readonly layer: number;
      readonly failures: readonly { readonly taskId: string; readonly reason: string }[];
    } & ActionIds)
  /** The provider's own deadline is over. */
  | ({ readonly type: "ExpireDeployment"; readonly seconds: number } & ActionIds)
  /** The cluster says that the action failed, whatever the provider says. */
  | ({ readonly type: "AbortDeployment"; readonly reason: string } & ActionIds)
  /** All nodes that the provider finds now, where they are not planned. `jobId`: of the task that has looked; null: nobody has asked. */
  | { readonly type: "NoteNodes"; readonly clusterId: string; readonly jobId: string | null; readonly nodes: readonly DiscoveredNode[] }
  | { readonly type: "NoteNodeFailed"; readonly clusterId: string; readonly nodeId: string; readonly reason: string }
  | { readonly type: "NoteNodeRecovered"; readonly clusterId: string; readonly nodeId: string }
  /** Where the deployment is reached now, and what differs from what was deployed. `jobId` as above. */
  | ({ readonly type: "NoteObserved"; readonly clusterId: string; readonly jobId: string | null } & Found);

/** What a provider finds of a deployment besides its nodes. */
export type Found = { readonly endpoints: readonly FoundEndpoint[]; readonly drift: readonly string[] };
export const nothingFound: Found = { endpoints: [], drift: [] };

export type Deployment = {
  /** The existing nodes and their addresses. */
  readonly nodes: { readonly [nodeId: string]: NodeAddress };
  /** Nodes whose creation has begun: they may exist. */
  readonly begun: readonly string[];
  /** Nodes whose provider last reported them as down. */
  readonly failing: readonly string[];
  /** Nodes that are not planned, as they were found last. */
  readonly discovered: readonly DiscoveredNode[];
  readonly found: Found;
  /** What the actions before the current one have left; null if none has succeeded. */
  readonly applied: Applied | null;
  /** The current action, or else the last one. */
  readonly current: Current | null;
};
export type Current = {
  readonly jobId: string;
  readonly action: ActionName;
  readonly description: ClusterSpec;
  /** The nodes that the action affects; empty for all nodes. */
  readonly nodeIds: readonly string[];
  readonly layers: readonly DeploymentLayer[];
  /** The index of the running layer. */
  readonly layer: number;
  readonly begun: readonly string[];
  /** The finished tasks: null for success, else the reason of the failure. */
  readonly ended: { readonly [taskId: string]: string | null };
  /** Why the action fails: from now on its layers take it back. */
  readonly failure: string | null;
  readonly over: boolean;
};

export const inHand = (current: Current | null, jobId: string): current is Current => current?.jobId === jobId && !current.over;

/** Actions after which nothing runs. */
export const ending: readonly ActionName[] = ["StopClusters", "DeleteClusters", "CeaseClusters"];

/** What there is when the next action begins. */
export const appliedIn = ({ applied, current }: Deployment): Applied | null => {
  if (!current?.over || current.failure !== null) return applied;
  const { action, description, nodeIds } = current;
  const nodes = description.nodes.filter(({ nodeId }) => action !== "DeleteClusterNodes" || !nodeIds.includes(nodeId));
  return { description: { ...description, nodes }, runs: !ending.includes(action) };
};
