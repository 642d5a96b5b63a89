import type { Rejection } from "../../events/index.ts";
import type { Deployment as ClusterSpec, DiscoveredNode, Sealed } from "../../schemas/generated/events.ts";
import type { Action, ClusterStatus } from "./actions.ts";
import type { Owner } from "./commands.ts";

export type Cluster =
  | { readonly status: "absent" }
  | {
      readonly status: ClusterStatus;
      readonly name: string;
      readonly description: string;
      readonly owner: Owner;
      /** The cluster's actual state, as far as its provider completed it. */
      readonly deployment: ClusterSpec;
      /** The state before the last upgrade. */
      readonly former: ClusterSpec | null;
      /** The latest deployed states, the present one last. A rollback may name each of them. */
      readonly revisions: readonly Revision[];
      readonly action: Action | null;
      /** Nodes that are not planned, as their provider found them last. */
      readonly found: readonly DiscoveredNode[];
      /** Nodes whose provider last reported them as down. */
      readonly failing: readonly string[];
      /** The secrets that nodes may use, or use again after a rollback. Those of a failed action are among them until another succeeds. */
      readonly secrets: readonly Sealed[];
      /** Secrets that no node needs any more. An effect destroys their keys. */
      readonly lapsed: readonly Sealed[];
    };
/** What a cluster was deployed with: its number, from 1, and the state. */
export type Revision = { readonly revision: number; readonly deployment: ClusterSpec };
export type Existing = Exclude<Cluster, { status: "absent" }>;

/** Whether a cluster is on a runtime of this provider. It never moves to another one. */
export const isOn = (state: Cluster, provider: string): state is Existing =>
  state.status !== "absent" && state.deployment.provider === provider;

/** Whether the node should run. Reports about a stopped or deleted node are ignored. */
export const isMeantToRun = (state: Cluster, nodeId: string): state is Existing =>
  state.status !== "absent" &&
  (state.action !== null || state.status === "active" || state.status === "pending") &&
  [state.deployment.nodes, state.action?.deployment.nodes, state.found].some((nodes) => nodes?.some((node) => node.nodeId === nodeId));

export const inHand = (state: Cluster, jobId: string): Action | undefined =>
  state.status !== "absent" && state.action?.jobId === jobId ? state.action : undefined;

export const existing = (state: Cluster): Existing => (state.status === "absent" ? never() : state);
const never = (): never => {
  throw new Error("the event belongs to a cluster that was never requested");
};

export const refused = (rejected: string): Rejection => ({ rejected, kind: "precondition", error: "validate_failed" });
export const unknownCluster = (id: string): Rejection => ({
  rejected: `resource [${id}] does not exist`,
  kind: "notFound",
  error: "resource_not_found",
});
export const wrongStatus = (id: string, status: string): Rejection => ({
  rejected: `cluster [${id}] status is [${status}]`,
  kind: "precondition",
  error: "resource_not_in_status",
});
