import { type Decision, isRejection, Outage, type Rejection } from "../../events/index.ts";
import { actionOf } from "../../schemas/generated/actions.ts";
import type { ClusterEvent } from "../../schemas/generated/events.ts";
import type { Fields } from "../chassis/http/fields.ts";
import type { Guard, Reads } from "../chassis/http/rows.ts";
import { serviceOf } from "../chassis/provider-names.ts";
import { announced } from "../chassis/providers.ts";
import type { ActionRequested } from "./actions.ts";
import type { ClusterCommand } from "./commands.ts";
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

/** What deploys a chart anew. */
const deploying: readonly ActionRequested[] = [
  "ClusterDeploymentRequested",
  "ClusterUpgradeRequested",
  "ClusterRollbackRequested",
  "ClusterEnvUpdateRequested",
  "ClusterRecoveryRequested",
];

type Asked = Pick<ClusterOutside, "runs" | "inquire">;

/** Refuses what the provider of a cluster has not announced, and what helm would refuse of a chart, before anything happens. What is forced goes on without a provider. */
export const capabilities: Guard<ClusterCommand, ClusterReadModels, Asked, ClusterEvent> = {
  inTurn: () => false,
  judge: async (command, { outside, foresee, ...reads }) => {
    const requested = requests[command.type];
    if (!requested || ("force" in command && command.force)) return undefined;
    const place = await placeOf(command, reads);
    if (place === undefined) return undefined;
    const { provider: name } = place;
    const [service, provider] = [serviceOf(name), await announced(name, { ...reads, outside })];
    if (!("provider" in provider)) return provider;
    const action = actionOf[requested];
    if (!provider.actions.includes(action)) return refused(`provider [${name}] does not support ${action}`);
    if ("version" in command && !provider.version_types.includes(command.version.versionType))
      return refused(`provider [${name}] does not run packages of type ${command.version.versionType}`);
    const zone = "placement" in command ? command.placement.zone : undefined;
    if (zone !== undefined && provider.zones.length > 0 && !provider.zones.includes(zone))
      return refused(`provider [${name}] has no zone [${zone}]: it has ${provider.zones.join(", ")}`);
    const chart = deploying.includes(requested) && outside.runs(service) ? chartIn(await foresee(), place) : undefined;
    const why = chart && (await unfitChart(chart, service, outside));
    return why === undefined ? undefined : refused(`provider [${name}] does not take this chart: ${why}`);
  },
};

/**
 * What helm refuses of a chart with its values, which only the provider can say. A provider that does not answer does not hold up the request: helm
 * refuses the chart later, as the outcome of the action.
 */
const unfitChart = async (chart: Fields, service: string, { inquire }: Asked): Promise<string | undefined> => {
  const answer = await inquire(service, "chart", chart).catch((error: unknown) => {
    if (error instanceof Outage) return undefined;
    throw error;
  });
  return typeof answer?.refused === "string" ? answer.refused : undefined;
};

/** The chart that is to be deployed, with all its values, also those that the cluster keeps (sealed). Undefined if no chart is deployed. */
const chartIn = (foreseen: Decision<ClusterEvent>, { runtime_credential_id }: Place): Fields | undefined => {
  for (const event of isRejection(foreseen) ? [] : foreseen)
    if ("deployment" in event && event.deployment.versionType === "helm") {
      const { packageOwner: package_owner, packageDigest: package_digest, zone, configuration, secrets, adopted } = event.deployment;
      const where = { runtime_credential_id, zone, ...(adopted && { release: adopted.release }) };
      return { cluster_id: event.clusterId, configuration, secrets, package_owner, package_digest, ...where };
    }
  return undefined;
};

type Place = { readonly provider: string; readonly runtime_credential_id: string };
/** The provider that a command asks, and the credential that the runtime has now; undefined if its cluster does not exist. */
const placeOf = async (command: ClusterCommand, { get, parts }: Reads<ClusterReadModels>): Promise<Place | undefined> => {
  if ("placement" in command) return { provider: command.placement.provider, runtime_credential_id: command.placement.runtimeCredentialId };
  const cluster = await get("clusters", command.clusterId);
  return cluster && ((await parts(cluster, "runtimes", "runtime_id"))[0] ?? { provider: "", runtime_credential_id: "" });
};

const refused = (rejected: string): Rejection => ({ rejected, kind: "invalid", error: "validate_failed" });
