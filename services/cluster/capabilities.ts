import type { Rejection } from "../../events/index.ts";
import { actionOf } from "../../schemas/generated/actions.ts";
import { makeProblem } from "../chassis/http/problems.ts";
import type { Guard, Reads } from "../chassis/http/rows.ts";
import { serviceOf } from "../chassis/provider-names.ts";
import type { ActionRequested } from "./actions.ts";
import type { ClusterCommand } from "./domain.ts";
import type { ClusterOutside } from "./ports.ts";
import type { ClusterReadModels } from "./read-models/read-models.ts";

/** The events by which commands ask a provider for an action. */
const requests: { readonly [T in ClusterCommand["type"]]?: ActionRequested } = {
  RequestCluster: "ClusterDeploymentRequested",
  UpgradeCluster: "ClusterUpgradeRequested",
  RollbackCluster: "ClusterRollbackRequested",
  ResizeCluster: "ClusterResizeRequested",
  UpdateClusterEnv: "ClusterEnvUpdateRequested",
  AddClusterNodes: "ClusterNodesRequested",
  DeleteClusterNodes: "ClusterNodesRemovalRequested",
  StopCluster: "ClusterStopRequested",
  StartCluster: "ClusterStartRequested",
  RecoverCluster: "ClusterRecoveryRequested",
  DeleteCluster: "ClusterDeletionRequested",
  CeaseCluster: "ClusterCeaseRequested",
};

/** Refuses what the provider of a cluster has not announced, before anything happens. What is forced goes on without a provider. */
export const capabilities: Guard<ClusterCommand, ClusterReadModels, Pick<ClusterOutside, "runs">> = {
  inTurn: () => false,
  judge: async (command, { outside, ...reads }) => {
    const requested = requests[command.type];
    if (!requested || ("force" in command && command.force)) return undefined;
    const name = await providerOf(command, reads);
    if (name === undefined) return undefined;
    const provider = await reads.get("providers", name, "everybody");
    // What one that runs has announced is on its way.
    if (!provider && outside.runs(serviceOf(name))) return makeProblem("unavailable", `: provider [${name}] is starting`);
    if (!provider) return refused(`no provider [${name}] has ever announced itself to this platform`);
    const action = actionOf[requested];
    if (!provider.actions.includes(action)) return refused(`provider [${name}] does not support ${action}`);
    if ("version" in command && !provider.version_types.includes(command.version.versionType))
      return refused(`provider [${name}] does not run packages of type ${command.version.versionType}`);
    const zone = "placement" in command ? command.placement.zone : undefined;
    if (zone === undefined || provider.zones.length === 0 || provider.zones.includes(zone)) return undefined;
    return refused(`provider [${name}] has no zone [${zone}]: it has ${provider.zones.join(", ")}`);
  },
};

/** The provider that a command asks; undefined if its cluster does not exist. */
const providerOf = async (command: ClusterCommand, { get, parts }: Reads<ClusterReadModels>): Promise<string | undefined> => {
  if ("placement" in command) return command.placement.provider;
  const cluster = await get("clusters", command.clusterId);
  return cluster && ((await parts(cluster, "runtimes", "runtime_id"))[0]?.provider ?? "");
};

const refused = (rejected: string): Rejection => ({ rejected, kind: "invalid", error: "validate_failed" });
