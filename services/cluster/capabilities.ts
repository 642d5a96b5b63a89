import { Outage, type Rejection } from "../../events/index.ts";
import { actionOf } from "../../schemas/generated/actions.ts";
import type { Fields } from "../chassis/http/fields.ts";
import { makeProblem } from "../chassis/http/problems.ts";
import type { Guard, Reads } from "../chassis/http/rows.ts";
import { serviceOf } from "../chassis/provider-names.ts";
import type { ActionRequested } from "./actions.ts";
import type { ClusterCommand } from "./commands.ts";
import type { Configured } from "./deployment.ts";
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

type Asked = Pick<ClusterOutside, "runs" | "inquire">;
type Known = Reads<ClusterReadModels> & { readonly outside: Asked };

/** Refuses what the provider of a cluster has not announced, and what helm would refuse of a chart, before anything happens. What is forced goes on without a provider. */
export const capabilities: Guard<ClusterCommand, ClusterReadModels, Asked> = {
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
    if (zone !== undefined && provider.zones.length > 0 && !provider.zones.includes(zone))
      return refused(`provider [${name}] has no zone [${zone}]: it has ${provider.zones.join(", ")}`);
    const why = await unfitChart(command, serviceOf(name), { outside, ...reads });
    return why === undefined ? undefined : refused(`provider [${name}] does not take this chart: ${why}`);
  },
};

/**
 * What helm refuses of a chart with the values of a command, which only the provider can say. A provider that does not answer does not hold up the
 * request: helm refuses the chart later, as the outcome of the action.
 */
const unfitChart = async (command: ClusterCommand, service: string, { outside, ...reads }: Known): Promise<string | undefined> => {
  const chart = outside.runs(service) ? await chartOf(command, reads) : undefined;
  const answer =
    chart &&
    (await outside.inquire(service, "chart", chart).catch((error: unknown) => {
      if (error instanceof Outage) return undefined;
      throw error;
    }));
  return typeof answer?.refused === "string" ? answer.refused : undefined;
};

/** The chart that a command deploys, and with which values; undefined if it is none, or keeps the values that the cluster has. */
const chartOf = async (command: ClusterCommand, { get, parts }: Reads<ClusterReadModels>): Promise<Fields | undefined> => {
  if (command.type === "RequestCluster") {
    const { version, placement } = command;
    const chart = { package_owner: version.packageOwner, package_digest: version.packageDigest };
    const where = { runtime_credential_id: placement.runtimeCredentialId, zone: placement.zone };
    return version.versionType === "helm" ? { ...valuesOf(command), ...chart, ...where } : undefined;
  }
  if (command.type !== "UpdateClusterEnv" || (command.configuration !== "" && command.secrets.length === 0)) return undefined;
  const cluster = await get("clusters", command.clusterId);
  if (cluster?.version_type !== "helm") return undefined;
  const [chart] = await parts(cluster, "packages", "version_id", "package_digest");
  const [runtime] = await parts(cluster, "runtimes", "runtime_id");
  if (!chart || !runtime) return undefined;
  const { package_owner, package_digest } = chart;
  return { ...valuesOf(command), package_owner, package_digest, runtime_credential_id: runtime.runtime_credential_id, zone: cluster.zone };
};
const valuesOf = ({ clusterId: cluster_id, configuration, secrets }: Configured & { readonly clusterId: string }) => ({
  ...{ cluster_id, configuration, secrets },
});

/** The provider that a command asks; undefined if its cluster does not exist. */
const providerOf = async (command: ClusterCommand, { get, parts }: Reads<ClusterReadModels>): Promise<string | undefined> => {
  if ("placement" in command) return command.placement.provider;
  const cluster = await get("clusters", command.clusterId);
  return cluster && ((await parts(cluster, "runtimes", "runtime_id"))[0]?.provider ?? "");
};

const refused = (rejected: string): Rejection => ({ rejected, kind: "invalid", error: "validate_failed" });
