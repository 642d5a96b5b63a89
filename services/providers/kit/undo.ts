import type { ActionName } from "../../../schemas/generated/actions.ts";
import type { Deployment as ClusterSpec, DeploymentLayer } from "../../../schemas/generated/events.ts";
import { type Plan, undoLayersOf } from "./plan.ts";

/** The action that takes another one back, so that a failed one leaves what the cluster says. Others stay as they were left. */
const opposite: { readonly [A in ActionName]?: ActionName } = {
  CreateCluster: "DeleteClusters",
  RecoverClusters: "DeleteClusters",
  StartClusters: "StopClusters",
  AddClusterNodes: "DeleteClusterNodes",
};
/** The same for actions of clusters that may have run: they are to run again. */
const restarting: { readonly [A in ActionName]?: ActionName } = {
  StopClusters: "StartClusters",
  DeleteClusters: "RecoverClusters",
  DeleteClusterNodes: "StartClusters",
};
/** Actions that change the description of a cluster. What was deployed before is deployed again. */
const changing: { readonly [A in ActionName]?: ActionName } = {
  UpgradeCluster: "RollbackCluster",
  RollbackCluster: "RollbackCluster",
  ResizeCluster: "ResizeCluster",
  UpdateClusterEnv: "UpdateClusterEnv",
};

/** Actions that change how many nodes there are, where they are a number and not planned. */
const scaling: { readonly [A in ActionName]?: ActionName } = { AddClusterNodes: "ResizeCluster", DeleteClusterNodes: "ResizeCluster" };

/** What successful actions have left: the description, and whether the cluster runs. */
export type Applied = { readonly description: ClusterSpec; readonly runs: boolean };

/** An action that failed or was given up. */
export type Undone = {
  readonly action: ActionName;
  readonly jobId: string;
  readonly description: ClusterSpec;
  readonly nodeIds: readonly string[];
  readonly applied: Applied | null;
  readonly present: ReadonlySet<string>;
  /** The number of the action's own layers. */
  readonly layers: number;
};

/** The layers that take an action back, with the description that they restore. */
export const undoOf = (
  plan: Plan,
  { action, jobId, description, nodeIds, applied, present, layers }: Undone,
): { readonly deployment: ClusterSpec; readonly layers: readonly DeploymentLayer[] } => {
  const changes = description.nodes.length > 0 ? changing : { ...changing, ...scaling };
  const deployment = action in changes ? applied?.description : description;
  const undo = changes[action] ?? opposite[action] ?? (applied?.runs ? restarting[action] : undefined);
  if (!undo || !deployment) return { deployment: description, layers: [] };
  return { deployment, layers: undoLayersOf(plan, { action: undo, jobId, deployment, nodeIds, present }, layers) };
};
