import type { Condition, Rejection } from "../../events/index.ts";
import { rows } from "../chassis/http/rows.ts";
import { byDate, byValue, createdLately, lastTwoWeeks } from "../chassis/http/statistics.ts";
import { serviceOf } from "../chassis/provider-names.ts";
import { adoption } from "./adoption.ts";
import { capabilities } from "./capabilities.ts";
import type { ClusterCommand } from "./commands.ts";
import { configuredWith } from "./configured.ts";
import { describe, type Version } from "./deployment.ts";
import { differences } from "./differences.ts";
import type { ClusterOutside } from "./ports.ts";
import type { ClusterDocument } from "./read-models/clusters.ts";
import { type Described, described } from "./read-models/described.ts";
import type { VersionDocument } from "./read-models/foreign.ts";
import type { ClusterNodeDocument } from "./read-models/nodes.ts";
import type { ClusterReadModels } from "./read-models/read-models.ts";
import type { RevisionDocument } from "./read-models/revisions.ts";

const { command, query, answer } = rows<ClusterCommand, ClusterReadModels, ClusterOutside>(capabilities);

/** An action on several clusters. Each cluster gets its own job. */
const each = <const O extends "StopClusters" | "StartClusters" | "RecoverClusters">(
  operation: O,
  type: "StopCluster" | "StartCluster" | "RecoverCluster",
) =>
  command(operation, {
    issues: type,
    each: "cluster_id",
    needs: (_, id) => ({ cluster: ["clusters", id] }),
    command: (_, { item, actionId }) => ({ type, clusterId: item, jobId: actionId() }),
    answer: (commands) => ids(commands),
  });
const forced = <const O extends "DeleteClusters" | "CeaseClusters">(operation: O, type: "DeleteCluster" | "CeaseCluster") =>
  command(operation, {
    issues: type,
    each: "cluster_id",
    needs: (_, id) => ({ cluster: ["clusters", id] }),
    command: ({ force = false }, { item, actionId }) => ({ type, clusterId: item, jobId: actionId(), force }),
    answer: (commands) => ids(commands),
  });
const ids = (commands: readonly ClusterCommand[]) => ({
  cluster_id: commands.map(({ clusterId }) => clusterId),
  job_id: commands.flatMap((each) => ("jobId" in each ? [each.jobId] : [])),
});
const one = ([asked]: readonly [ClusterCommand, ...ClusterCommand[]]) => ({
  cluster_id: asked.clusterId,
  job_id: "jobId" in asked ? asked.jobId : "",
});

/** A version as it is deployed: an active one as it was released, by its owner, too; any other as its owner has it. */
const versionOf = ({ app_id, version_id, type, status, draft, released }: VersionDocument): Version => {
  const { package_digest, package_owner, config_json, template } = status === "active" && released ? released : draft;
  const content = { packageDigest: package_digest, packageOwner: package_owner, configJson: config_json, template };
  return { appId: app_id, versionId: version_id, versionType: type, ...content };
};

/** A version that was deleted is not deployed any more, not even by its owner. */
const withdrawn = ({ version_id, status }: VersionDocument): Rejection | undefined =>
  status === "deleted"
    ? { rejected: `version [${version_id}] status is [deleted]`, kind: "precondition", error: "resource_not_in_status" }
    : undefined;

const unseen = (what: string, id: string): Rejection => ({
  rejected: `${what} [${id}] not found`,
  kind: "notFound",
  error: "resource_not_found",
});

/** A cluster as users would see it after an upgrade that keeps their configuration. */
const upgraded = (running: ClusterDocument, version: Version): Described | Rejection => {
  const { env, runtime_id: runtimeId, zone, cluster_id } = running;
  const nowhere = { provider: "", runtimeCredentialId: "", owner: "", ownerPath: "" };
  const next = describe(cluster_id, version, { ...nowhere, runtimeId, zone }, { configuration: env, secrets: [] }, []);
  return "rejected" in next ? next : described(next);
};

/** How many nodes of a role there are. */
const present = (nodes: readonly ClusterNodeDocument[], role: string): number =>
  nodes.filter((node) => node.role === role && node.status !== "deleted" && node.status !== "ceased").length;

/** Bytes of a log, unless the request says how many. */
const USUAL_BYTES = 65_536;
const DAY = 86_400_000;
const createdInLastDays = (days = 0, now: number): readonly Condition[] => (days > 0 ? createdSince(now - days * DAY) : []);
/** Conditions on the creation time. An invalid time excludes nothing. */
const createdSince = (time: number): readonly Condition[] => {
  const since = new Date(time);
  return Number.isNaN(since.getTime()) ? [] : [{ field: "create_time", from: since.toISOString() }];
};

export const http = [
  command("CreateCluster", {
    issues: "RequestCluster",
    needs: (r) => ({ version: ["appVersions", r.version_id, ["inStore", "own"]], runtime: ["runtimes", r.runtime_id] }),
    prepare: async ({ conf, adopt_release, zone }, { edge, newId, get, outside, needs: { version, runtime } }) => {
      const refused = withdrawn(version);
      if (refused) return refused;
      const wanted = { release: adopt_release ?? "", zone: zone ?? runtime.zone, conf, runtime, version: versionOf(version) };
      const taken = await adoption(wanted, { get, outside });
      if (!("conf" in taken)) return taken;
      const configured = await configuredWith(edge, newId("cl"), version.type, versionOf(version).configJson, taken.conf);
      return "rejected" in configured ? configured : { configured, adopted: taken.adopted };
    },
    command: ({ app_id, version_id, zone }, { newId, actionId, actor, needs: { version, runtime }, prepared }) => {
      if (version.app_id !== app_id)
        return {
          rejected: `version [${version_id}] does not belong to application [${app_id}]`,
          kind: "invalid",
          error: "validate_failed",
        };
      return {
        type: "RequestCluster",
        clusterId: newId("cl"),
        jobId: actionId(),
        name: undefined,
        version: versionOf(version),
        placement: {
          provider: runtime.provider,
          runtimeId: runtime.runtime_id,
          zone: zone ?? runtime.zone,
          runtimeCredentialId: runtime.runtime_credential_id,
          adopted: prepared.adopted,
        },
        ...prepared.configured,
        debug: false,
        owner: actor.userId,
        ownerPath: actor.ownerPath,
      };
    },
    answer: one,
  }),
  command("UpgradeCluster", {
    issues: "UpgradeCluster",
    needs: (r) => ({ cluster: ["clusters", r.cluster_id], version: ["appVersions", r.version_id, ["inStore", "own"]] }),
    command: (r, { actionId, needs: { version } }) =>
      withdrawn(version) ?? { type: "UpgradeCluster", clusterId: r.cluster_id, jobId: actionId(), version: versionOf(version) },
    answer: one,
  }),
  command("RollbackCluster", {
    issues: "RollbackCluster",
    needs: (r) => ({ cluster: ["clusters", r.cluster_id] }),
    command: ({ cluster_id, revision }, { actionId }) => ({ type: "RollbackCluster", clusterId: cluster_id, jobId: actionId(), revision }),
    answer: one,
  }),
  command("ResizeCluster", {
    issues: "ResizeCluster",
    needs: (r) => ({ cluster: ["clusters", r.cluster_id] }),
    command: (r, { actionId }) => ({
      type: "ResizeCluster",
      clusterId: r.cluster_id,
      jobId: actionId(),
      sizes: (r.role_resource ?? []).map(({ role = "", instance_size, cpu, memory, gpu, storage_size }) => ({
        role,
        ...(instance_size !== undefined && { count: instance_size }),
        ...(cpu !== undefined && { cpu }),
        ...(memory !== undefined && { memory }),
        ...(gpu !== undefined && { gpu }),
        ...(storage_size !== undefined && { storageSize: storage_size }),
      })),
    }),
    answer: one,
  }),
  command("UpdateClusterEnv", {
    issues: "UpdateClusterEnv",
    needs: (r) => ({ cluster: ["clusters", r.cluster_id] }),
    prepare: async ({ cluster_id, env }, { edge, parts, needs: { cluster } }) => {
      const { version_type } = cluster;
      const [found] = await parts(cluster, "packages", "version_id", "package_digest");
      if (!found) return { rejected: `the package of cluster [${cluster_id}] is unknown`, kind: "notFound", error: "resource_not_found" };
      const configured = await configuredWith(edge, cluster_id, version_type, found.config_json, env);
      if ("rejected" in configured) return configured;
      return { ...configured, described: { configJson: found.config_json, template: found.template } };
    },
    command: (r, { actionId, needs: { cluster }, prepared }) => ({
      type: "UpdateClusterEnv",
      clusterId: r.cluster_id,
      jobId: actionId(),
      packageDigest: cluster.package_digest,
      ...prepared,
    }),
    answer: one,
  }),
  command("AddClusterNodes", {
    issues: "AddClusterNodes",
    needs: (r) => ({ cluster: ["clusters", r.cluster_id] }),
    command: (r, { actionId }) => ({
      type: "AddClusterNodes",
      clusterId: r.cluster_id,
      jobId: actionId(),
      role: r.role ?? "",
      count: r.node_count,
    }),
    answer: one,
  }),
  command("DeleteClusterNodes", {
    issues: "DeleteClusterNodes",
    needs: (r) => ({ cluster: ["clusters", r.cluster_id] }),
    command: (r, { actionId }) => ({ type: "DeleteClusterNodes", clusterId: r.cluster_id, jobId: actionId(), nodeIds: r.node_id }),
    answer: one,
  }),
  each("StopClusters", "StopCluster"),
  each("StartClusters", "StartCluster"),
  each("RecoverClusters", "RecoverCluster"),
  forced("DeleteClusters", "DeleteCluster"),
  forced("CeaseClusters", "CeaseCluster"),
  command("ModifyClusterAttributes", {
    issues: "ModifyClusterAttributes",
    needs: (r) => ({ cluster: ["clusters", r.cluster_id] }),
    command: ({ cluster_id, name, description }) => ({ type: "ModifyClusterAttributes", clusterId: cluster_id, name, description }),
    answer: ([{ clusterId }]) => ({ cluster_id: clusterId }),
  }),
  command("ModifyClusterNodeAttributes", {
    issues: "RenameClusterNode",
    needs: (r) => ({ node: ["clusterNodes", r.node_id] }),
    command: ({ node_id, name = "" }, { needs: { node } }) => ({
      type: "RenameClusterNode",
      clusterId: node.cluster_id,
      nodeId: node_id,
      name,
    }),
    answer: (_, __, r) => ({ node_id: r.node_id }),
  }),

  query("DescribeClusters", {
    from: "clusters",
    filters: ["cluster_id", "app_id", "version_id", "status", "runtime_id", "owner", "zone"],
    search: ["cluster_id", "name", "description", "app_id", "version_id", "runtime_id"],
    where: ({ created_date, min_create_time }, { now }) => [
      ...createdInLastDays(created_date, now),
      ...(min_create_time === undefined ? [] : createdSince(Date.parse(min_create_time))),
    ],
    join: { cluster_node_set: ["clusterNodes", "cluster_id", "cluster_id", "part"] },
    present: ({ roles, package_digest: _, ...cluster }: ClusterDocument, { cluster_node_set: nodes = [] }) => ({
      ...cluster,
      cluster_node_set: nodes,
      cluster_role_set: [
        ...roles.map((role) => ({
          cluster_id: cluster.cluster_id,
          role: role.role,
          cpu: role.cpu,
          gpu: role.gpu,
          memory: role.memory,
          storage_size: role.storageSize,
          mount_point: role.mountPoint,
          env: JSON.stringify(role.env),
          instance_size: present(nodes, role.role),
        })),
        // Of a chart a role is what its nodes have.
        ...[...new Set(nodes.map(({ role }: ClusterNodeDocument) => role))]
          .filter((role) => !roles.some((each) => each.role === role) && present(nodes, role) > 0)
          .map((role) => ({ cluster_id: cluster.cluster_id, role, instance_size: present(nodes, role) })),
      ],
    }),
  }),
  query("DescribeClusterRevisions", {
    from: "clusterRevisions",
    filters: ["cluster_id", "revision", "version_id", "actor", "owner"],
    search: ["cluster_id", "version_id", "actor"],
    present: ({ revision_id: _, roles, ...revision }: RevisionDocument) => ({
      ...revision,
      role_resource: roles.map(({ role, cpu, gpu, memory, storageSize }) => ({ role, cpu, gpu, memory, storage_size: storageSize })),
    }),
  }),
  answer("DiffClusterRevisions", async ({ cluster_id, from, to }, { get }) => {
    const found = await Promise.all([from, to].map((revision) => get("clusterRevisions", `${cluster_id}@${revision}`)));
    const [before, after] = found;
    return before && after
      ? { cluster_id, from, to, difference_set: differences(before, after) }
      : unseen("revision", `${cluster_id}@${before ? to : from}`);
  }),
  answer("PreviewClusterUpgrade", async ({ cluster_id, version_id }, { get }) => {
    const [running, version] = [await get("clusters", cluster_id), await get("appVersions", version_id, ["inStore", "own"])];
    if (!running) return unseen("cluster", cluster_id);
    if (!version) return unseen("version", version_id);
    const refused = withdrawn(version);
    if (refused) return refused;
    if (version.app_id !== running.app_id)
      return { rejected: `version [${version_id}] belongs to another application`, kind: "precondition", error: "validate_failed" };
    const after = upgraded(running, versionOf(version));
    return "rejected" in after ? after : { cluster_id, version_id, difference_set: differences(running, after) };
  }),
  query("DescribeAppClusters", {
    from: "clusters",
    filters: ["app_id", "status", "owner"],
    search: ["cluster_id", "name", "description", "app_id"],
    where: ({ created_date }, { now }) => createdInLastDays(created_date, now),
    present: ({ package_digest: _, ...cluster }: ClusterDocument) => cluster,
  }),
  query("DescribeClusterNodes", {
    from: "clusterNodes",
    filters: ["cluster_id", "node_id", "status", "owner"],
    search: ["node_id", "cluster_id", "name", "role", "private_ip"],
  }),
  answer("DescribeClusterNodeLogs", async ({ node_id, name = "process", limit = USUAL_BYTES }, { get, parts, judge, outside }) => {
    const node = await get("clusterNodes", node_id);
    const notFound = { rejected: `resource [${node_id}] not found`, kind: "notFound", error: "resource_not_found" } as const;
    const denied = { rejected: `access denied for resource [${node_id}]`, kind: "denied", error: "error_resource_access_denied" } as const;
    if (!node) return (await judge(async (all) => (await all.get("clusterNodes", node_id)) !== undefined)) ? denied : notFound;
    const [cluster] = await parts(node, "clusters", "cluster_id");
    const [runtime] = cluster ? await parts(cluster, "runtimes", "runtime_id") : [];
    const asked = { node_id, cluster_id: node.cluster_id, instance_id: node.instance_id, name, limit: Number(limit) };
    const log = runtime && (await outside.inquire(serviceOf(runtime.provider), "log", asked));
    return log ? { node_id, name, ...log } : notFound;
  }),
  query("DescribeJobs", {
    from: "jobs",
    filters: ["job_id", "cluster_id", "app_id", "version_id", "provider", "runtime_id", "status", "owner"],
    search: ["job_id", "cluster_id", "job_action", "status"],
  }),
  query("DescribeTasks", {
    from: "tasks",
    filters: ["task_id", "job_id", "target", "status", "owner"],
    search: ["task_id", "job_id", "node_id", "task_action", "status"],
    ascending: true,
    join: { job: ["jobs", "job_id", "job_id"] },
    // A provider says whose its tasks are. That counts for a job of the caller's that this provider carries out.
    present: ({ provider, ...task }, { job }) => (job?.some((each) => each.provider === provider) ? task : undefined),
  }),
  answer("GetClusterStatistics", async (_, { count, now }) => {
    const present: Condition = { field: "status", in: ["active", "stopped", "pending"] };
    const [runtimes, apps, lately] = await Promise.all([
      count("clusters", [present], { field: "runtime_id" }),
      count("clusters", [present], { field: "app_id" }),
      count("clusters", [present, createdLately(now)], byDate),
    ]);
    return {
      last_two_week_created: lastTwoWeeks(lately, now),
      top_ten_runtimes: byValue(runtimes),
      top_ten_apps: byValue(apps),
      cluster_count: runtimes.total,
      runtime_count: runtimes.values,
    };
  }),
];
