import type { ClusterObserved, DiscoveredNode, NodeAddress } from "../../schemas/generated/events.ts";
import type { Configured, PackageDescription, Placement, Version } from "./deployment.ts";

export type Owner = { readonly owner: string; readonly ownerPath: string };
export type ActionIds = { readonly clusterId: string; readonly jobId: string };
/** The provider that reports it. A cluster hears its own only. */
type Reported = { readonly provider: string };
export type ClusterCommand =
  | ({
      readonly type: "RequestCluster";
      readonly name: string | undefined;
      readonly version: Version;
      readonly placement: Omit<Placement, keyof Owner>;
      readonly debug: boolean;
    } & Owner &
      Configured &
      ActionIds)
  | ({ readonly type: "DeployCluster" } & ActionIds)
  | ({ readonly type: "UpgradeCluster"; readonly version: Version } & ActionIds)
  /** To this revision; undefined: to the state before the last upgrade. */
  | ({ readonly type: "RollbackCluster"; readonly revision?: number | undefined } & ActionIds)
  | ({ readonly type: "ResizeCluster"; readonly sizes: readonly RoleSize[] } & ActionIds)
  | ({
      readonly type: "UpdateClusterEnv";
      readonly packageDigest: string;
      readonly described: PackageDescription;
    } & Configured &
      ActionIds)
  | ({ readonly type: "AddClusterNodes"; readonly role: string; readonly count: number } & ActionIds)
  | ({ readonly type: "DeleteClusterNodes"; readonly nodeIds: readonly string[] } & ActionIds)
  | ({ readonly type: "StopCluster" | "StartCluster" | "RecoverCluster" } & ActionIds)
  | ({ readonly type: "DeleteCluster" | "CeaseCluster"; readonly force: boolean } & ActionIds)
  | ({ readonly type: "NoteClusterActionStarted"; readonly taskCount: number } & ActionIds & Reported)
  | ({ readonly type: "CompleteClusterAction"; readonly addresses: readonly NodeAddress[] } & ActionIds & Reported)
  /** The provider is null if the runtime refuses the cluster. */
  | ({ readonly type: "FailClusterAction"; readonly reason: string; readonly provider: string | null } & ActionIds)
  /** The action's deadline is over. */
  | ({ readonly type: "ExpireClusterAction"; readonly seconds: number } & ActionIds)
  | {
      readonly type: "ModifyClusterAttributes";
      readonly clusterId: string;
      readonly name: string | undefined;
      readonly description: string | undefined;
    }
  | ({
      readonly type: "NoteClusterNodes";
      readonly clusterId: string;
      readonly nodes: readonly DiscoveredNode[];
      readonly lostNodeIds: readonly string[];
    } & Reported)
  | ({ readonly type: "NoteClusterObserved"; readonly clusterId: string; readonly drift: readonly string[] } & Pick<
      ClusterObserved,
      "endpoints"
    > &
      Reported)
  | ({ readonly type: "NoteClusterNodeFailed"; readonly clusterId: string; readonly nodeId: string; readonly reason: string } & Reported)
  | ({ readonly type: "NoteClusterNodeRecovered"; readonly clusterId: string; readonly nodeId: string } & Reported)
  | { readonly type: "RenameClusterNode"; readonly clusterId: string; readonly nodeId: string; readonly name: string }
  /** The keys of all secrets that lapsed so far are destroyed. */
  | { readonly type: "NoteKeysDestroyed"; readonly clusterId: string };
export type RoleSize = {
  readonly role: string;
  /** How many nodes, where they are not planned. */
  readonly count?: number;
  readonly cpu?: number;
  readonly memory?: number;
  readonly gpu?: number;
  readonly storageSize?: number;
};
