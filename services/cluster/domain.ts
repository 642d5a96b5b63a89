import type { Decider, Decision, Rejection } from "../../events/index.ts";
import type { ClusterEvent, Deployment as ClusterSpec, DiscoveredNode, NodeAddress, Sealed } from "../../schemas/generated/events.ts";
import { type Action, type ActionRequested, actions, type ClusterStatus, completed, failed } from "./actions.ts";
import { type Configured, describe, newNodes, type PackageDescription, type Placement, type Version } from "./deployment.ts";

type Owner = { readonly owner: string; readonly ownerPath: string };
type ActionIds = { readonly clusterId: string; readonly jobId: string };
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
  | ({ readonly type: "NoteClusterNodeFailed"; readonly clusterId: string; readonly nodeId: string; readonly reason: string } & Reported)
  | ({ readonly type: "NoteClusterNodeRecovered"; readonly clusterId: string; readonly nodeId: string } & Reported)
  | { readonly type: "RenameClusterNode"; readonly clusterId: string; readonly nodeId: string; readonly name: string }
  /** The keys of all secrets that lapsed so far are destroyed. */
  | { readonly type: "NoteKeysDestroyed"; readonly clusterId: string };
export type RoleSize = {
  readonly role: string;
  readonly cpu?: number;
  readonly memory?: number;
  readonly gpu?: number;
  readonly storageSize?: number;
};

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
      /** Nodes whose provider last reported them as down. */
      readonly failing: readonly string[];
      /** The secrets that nodes may use, or use again after a rollback. Those of a failed action are among them until another succeeds. */
      readonly secrets: readonly Sealed[];
      /** Secrets that no node needs any more. An effect destroys their keys. */
      readonly lapsed: readonly Sealed[];
    };
/** What a cluster was deployed with: its number, from 1, and the state. */
type Revision = { readonly revision: number; readonly deployment: ClusterSpec };
/** Revisions that a cluster keeps. */
const KEPT = 10;
type Existing = Exclude<Cluster, { status: "absent" }>;

/** An application version deployed into a runtime. It runs one action at a time and ignores reports about any other action. */
export const cluster: Decider<ClusterCommand, ClusterEvent, Cluster> = {
  key: "clusterId",
  initialState: { status: "absent" },

  decide: {
    RequestCluster: ({ clusterId, jobId, name, version, placement, debug, owner, ownerPath, ...configured }, { status }) => {
      if (status !== "absent") return [];
      const deployment = describe(clusterId, version, { ...placement, owner, ownerPath }, configured);
      if ("rejected" in deployment) return deployment;
      const named = name || deployment.name || clusterId;
      return [
        {
          type: "ClusterRequested",
          clusterId,
          jobId,
          name: named,
          description: "",
          deployment: { ...deployment, name: named },
          debug,
          owner,
          ownerPath,
        },
      ];
    },
    DeployCluster: ({ clusterId, jobId }, state) =>
      inHand(state, jobId)
        ? [{ type: "ClusterDeploymentRequested", clusterId, jobId, deployment: inHand(state, jobId)?.deployment ?? never() }]
        : [],

    UpgradeCluster: (command, state) =>
      begin("ClusterUpgradeRequested", command, state, ({ deployment }) => {
        const { appId, versionId, packageDigest, nodes } = deployment;
        if (command.version.appId !== appId) return refused(`version ${command.version.versionId} belongs to another application`);
        if (command.version.versionId === versionId && command.version.packageDigest === packageDigest)
          return refused(`the cluster already runs version ${versionId}`);
        const next = describe(command.clusterId, command.version, deployment, deployment, nodes);
        return "rejected" in next ? next : { deployment: { ...next, name: deployment.name } };
      }),
    RollbackCluster: (command, state) =>
      begin("ClusterRollbackRequested", command, state, (existing) => {
        const { deployment } = existing;
        const target = rollbackTarget(command.revision, existing);
        return "rejected" in target ? target : { deployment: { ...target, nodes: deployment.nodes, name: deployment.name } };
      }),
    ResizeCluster: (command, state) =>
      begin("ClusterResizeRequested", command, state, ({ deployment }) => {
        const unknown = command.sizes.find(({ role }) => !deployment.roles.some((each) => each.role === role));
        if (unknown) return refused(`the cluster has no role [${unknown.role}]`);
        const roles = deployment.roles.map((role) => ({ ...role, ...command.sizes.find((size) => size.role === role.role) }));
        return { deployment: { ...deployment, roles } };
      }),
    UpdateClusterEnv: (command, state) =>
      begin("ClusterEnvUpdateRequested", command, state, ({ deployment }) => {
        if (command.packageDigest !== deployment.packageDigest) return refused("the cluster runs another package by now, please try again");
        const version = { ...deployment, ...command.described };
        const secrets = [...command.secrets, ...deployment.secrets];
        const next = describe(command.clusterId, version, deployment, { ...command, secrets }, deployment.nodes);
        return "rejected" in next ? next : { deployment: { ...next, name: deployment.name } };
      }),
    AddClusterNodes: (command, state) =>
      begin("ClusterNodesRequested", command, state, ({ deployment }) => {
        const role = deployment.roles.find((each) => each.role === command.role);
        if (!role) return refused(`the cluster has no role [${command.role}]`);
        const now = deployment.nodes.filter((node) => node.role === command.role).length;
        const most = role.serverIdUpperBound || 200;
        if (command.count < 1 || now + command.count > most) return refused(`role [${command.role}] has ${now} nodes and may have ${most}`);
        const added = newNodes(command.clusterId, deployment.nodes, command.role, command.count);
        return { deployment: { ...deployment, nodes: [...deployment.nodes, ...added] }, nodeIds: added.map(({ nodeId }) => nodeId) };
      }),
    DeleteClusterNodes: (command, state) =>
      begin("ClusterNodesRemovalRequested", command, state, ({ deployment }) => {
        const unknown = command.nodeIds.find((id) => !deployment.nodes.some(({ nodeId }) => nodeId === id));
        if (unknown) return { rejected: `resource [${unknown}] does not exist`, kind: "notFound", error: "resource_not_found" };
        const emptied = deployment.roles.find(({ role }) =>
          deployment.nodes.filter((node) => node.role === role).every(({ nodeId }) => command.nodeIds.includes(nodeId)),
        );
        if (emptied) return refused(`role [${emptied.role}] would be left without a node`);
        return { deployment, nodeIds: command.nodeIds };
      }),
    StopCluster: (command, state) => begin("ClusterStopRequested", command, state, asItIs),
    StartCluster: (command, state) => begin("ClusterStartRequested", command, state, asItIs),
    RecoverCluster: (command, state) => begin("ClusterRecoveryRequested", command, state, asItIs),
    DeleteCluster: (command, state) => begin("ClusterDeletionRequested", command, state, asItIs, command.force),
    CeaseCluster: (command, state) => begin("ClusterCeaseRequested", command, state, asItIs, command.force),

    NoteClusterActionStarted: ({ clusterId, jobId, taskCount, provider }, state) =>
      inHand(state, jobId) && isOn(state, provider) ? [{ type: "ClusterActionStarted", clusterId, jobId, taskCount }] : [],
    CompleteClusterAction: ({ clusterId, jobId, addresses, provider }, state) => {
      const action = inHand(state, jobId);
      return action && isOn(state, provider) ? [completed(clusterId, action, addresses, nextOf(state))] : [];
    },
    FailClusterAction: ({ clusterId, jobId, reason, provider }, state) => {
      const action = inHand(state, jobId);
      return action && (provider === null || isOn(state, provider)) ? [failed(clusterId, action, reason)] : [];
    },
    ExpireClusterAction: ({ clusterId, jobId, seconds }, state) => {
      const action = inHand(state, jobId);
      if (!action) return [];
      // Its provider carries it out once it runs again.
      if (action.force) return [completed(clusterId, action, [], nextOf(existing(state)))];
      const { provider } = action.deployment;
      return [failed(clusterId, action, `provider ${provider} has not reported within ${seconds} s`, provider)];
    },

    ModifyClusterAttributes: ({ clusterId, ...changes }, state) => {
      if (state.status === "absent") return unknownCluster(clusterId);
      const name = changes.name ?? state.name;
      const description = changes.description ?? state.description;
      return name === state.name && description === state.description
        ? []
        : [{ type: "ClusterAttributesModified", clusterId, name, description }];
    },
    RenameClusterNode: ({ clusterId, nodeId, name }, state) =>
      state.status === "absent" || !state.deployment.nodes.some((node) => node.nodeId === nodeId)
        ? unknownCluster(nodeId)
        : [{ type: "ClusterNodeRenamed", clusterId, nodeId, name }],

    NoteClusterNodes: ({ clusterId, nodes, lostNodeIds, provider }, state) =>
      isOn(state, provider) ? [{ type: "ClusterNodesDiscovered", clusterId, nodes, lostNodeIds, ...state.owner }] : [],
    NoteClusterNodeFailed: ({ clusterId, nodeId, reason, provider }, state) =>
      isOn(state, provider) && isMeantToRun(state, nodeId) && !state.failing.includes(nodeId)
        ? [{ type: "ClusterNodeFailed", clusterId, nodeId, reason }]
        : [],
    NoteClusterNodeRecovered: ({ clusterId, nodeId, provider }, state) =>
      isOn(state, provider) && state.failing.includes(nodeId) ? [{ type: "ClusterNodeRecovered", clusterId, nodeId }] : [],

    NoteKeysDestroyed: () => [],
  },

  evolve: {
    ClusterRequested: (_, { jobId, name, description, deployment, owner, ownerPath }) => ({
      status: "pending",
      name,
      description,
      owner: { owner, ownerPath },
      deployment,
      former: null,
      revisions: [{ revision: 1, deployment }],
      action: { requested: "ClusterDeploymentRequested", jobId, deployment, nodeIds: [], force: false },
      failing: [],
      secrets: sealedIn(deployment),
      lapsed: [],
    }),
    ClusterDeploymentRequested: (state) => state,
    ClusterUpgradeRequested: begun,
    ClusterRollbackRequested: begun,
    ClusterResizeRequested: begun,
    ClusterEnvUpdateRequested: begun,
    ClusterNodesRequested: begun,
    ClusterNodesRemovalRequested: begun,
    ClusterStopRequested: begun,
    ClusterStartRequested: begun,
    ClusterDeletionRequested: begun,
    ClusterRecoveryRequested: begun,
    ClusterCeaseRequested: begun,
    ClusterActionStarted: (state) => state,
    ClusterActivated: (state) => ended(state, "active"),
    ClusterUpgraded: (state, { deployment }) => revised(state, deployment, { former: existing(state).deployment }),
    ClusterRolledBack: (state, { deployment }) => revised(state, deployment, { former: null }),
    ClusterResized: (state, { deployment }) => revised(state, deployment),
    ClusterEnvUpdated: (state, { deployment }) => revised(state, deployment),
    ClusterNodesAdded: (state, { deployment }) => ended(state, "active", { deployment }),
    ClusterNodesDeleted: (state, { deployment, removedNodeIds }) =>
      ended(state, "active", { deployment, failing: existing(state).failing.filter((id) => !removedNodeIds.includes(id)) }),
    ClusterStopped: (state) => ended(state, "stopped", { failing: [] }),
    ClusterDeleted: (state) => ended(state, "deleted", { failing: [] }),
    ClusterCeased: (state) => ended(state, "ceased", { failing: [] }),
    ClusterActionFailed: (state) => ({ ...existing(state), action: null }),
    ClusterAttributesModified: (state, { name, description }) => ({ ...existing(state), name, description }),
    ClusterNodeRenamed: (state) => state,
    ClusterNodesDiscovered: (state) => state,
    ClusterNodeFailed: (state, { nodeId }) => ({ ...existing(state), failing: [...existing(state).failing, nodeId] }),
    ClusterNodeRecovered: (state, { nodeId }) => ({ ...existing(state), failing: existing(state).failing.filter((id) => id !== nodeId) }),
  },
};

/** Whether a cluster is on a runtime of this provider. It never moves to another one. */
const isOn = (state: Cluster, provider: string): state is Existing => state.status !== "absent" && state.deployment.provider === provider;

/** Whether the node should run. Reports about a stopped or deleted node are ignored. */
const isMeantToRun = (state: Cluster, nodeId: string): state is Existing =>
  state.status !== "absent" &&
  (state.action !== null || state.status === "active" || state.status === "pending") &&
  [state.deployment, state.action?.deployment].some((deployment) => deployment?.nodes.some((node) => node.nodeId === nodeId));

type Plan = { readonly deployment: ClusterSpec; readonly nodeIds?: readonly string[] };
const asItIs = ({ deployment }: Existing): Plan => ({ deployment });

/** Begins an action. The status must allow it and no other action may be running, unless `force` is set. */
const begin = (
  requested: ActionRequested,
  { clusterId, jobId }: ActionIds,
  state: Cluster,
  plan: (cluster: Existing) => Plan | Rejection,
  force = false,
): Decision<ClusterEvent> => {
  if (state.status === "absent") return unknownCluster(clusterId);
  const row: { readonly from: readonly ClusterStatus[]; readonly status: ClusterStatus } = actions[requested];
  if (state.action?.jobId === jobId) return [];
  if (state.status === "ceased" || (force && state.status === row.status && !state.action))
    return force ? [] : wrongStatus(clusterId, state.status);
  if (state.action && !force)
    return {
      rejected: `cluster [${clusterId}] is [${actions[state.action.requested].transition}], please try later`,
      kind: "denied",
      error: "resource_transition_status",
    };
  if (!force && !row.from.includes(state.status)) return wrongStatus(clusterId, state.status);
  const planned = plan(state);
  if ("rejected" in planned) return planned;
  const { nodeIds } = planned;
  // Deployments of earlier releases have no owner.
  const deployment = { ...planned.deployment, ...state.owner };
  const superseded = state.action ? [failed(clusterId, state.action, `superseded by ${jobId}`)] : [];
  const own = { ...(nodeIds && { nodeIds }), ...(row.status === "deleted" || row.status === "ceased" ? { force } : {}) };
  return [...superseded, { type: requested, clusterId, jobId, deployment, ...own } as ClusterEvent]; // The kinds of request differ in these fields only.
};

function begun(
  state: Cluster,
  event: {
    readonly type: ActionRequested;
    readonly jobId: string;
    readonly deployment: ClusterSpec;
    readonly nodeIds?: readonly string[];
    readonly force?: boolean;
  },
): Cluster {
  const { type, jobId, deployment, nodeIds = [], force = false } = event;
  const cluster = existing(state);
  const secrets = [...new Set([...cluster.secrets, ...sealedIn(deployment)])];
  return { ...cluster, secrets, action: { requested: type, jobId, deployment, nodeIds, force } };
}

const ended = (state: Cluster, status: ClusterStatus, changes: Partial<Existing> = {}): Cluster => {
  const next = { ...existing(state), ...changes, status, action: null };
  // Of a chart the whole configuration is sealed, and part of its revisions. A password that was replaced is not.
  const values = next.revisions.flatMap(({ deployment }) =>
    deployment.secrets.filter(({ path }) => path === "").map(({ sealed }) => sealed),
  );
  const secrets = status === "ceased" ? [] : [...new Set([...sealedIn(next.deployment), ...sealedIn(next.former), ...values])];
  return { ...next, secrets, lapsed: [...next.lapsed, ...next.secrets.filter((sealed) => !secrets.includes(sealed))] };
};

/** The end of an action with which the cluster is deployed anew. Events of earlier releases do not tell its number: it is counted here. */
const revised = (state: Cluster, deployment: ClusterSpec, changes: Partial<Existing> = {}): Cluster => {
  const cluster = existing(state);
  const revisions = [...cluster.revisions, { revision: nextOf(cluster), deployment }].slice(-KEPT);
  return ended(state, "active", { ...changes, deployment, revisions });
};
const nextOf = ({ revisions }: Existing): number => 1 + (revisions.at(-1)?.revision ?? 0);

/** The state to go back to. In the place of a password whose key is destroyed it has the present one. */
const rollbackTarget = (revision: number | undefined, { former, revisions, deployment, secrets }: Existing): ClusterSpec | Rejection => {
  if (revision === undefined) return former ?? refused("the cluster was never upgraded");
  if (revision === revisions.at(-1)?.revision) return refused(`the cluster runs revision ${revision} already`);
  const found = revisions.find((each) => each.revision === revision)?.deployment;
  if (!found) return refused(`the cluster does not keep revision ${revision}: it keeps the last ${KEPT}`);
  const living = found.secrets.map((secret) =>
    secrets.includes(secret.sealed) ? secret : deployment.secrets.find(({ path }) => path === secret.path),
  );
  const lost = found.secrets.find((_, index) => living[index] === undefined);
  if (lost) return refused(`the password [${lost.path}] of revision ${revision} is not kept any more`);
  return { ...found, secrets: living.filter((secret) => secret !== undefined) };
};

const sealedIn = (deployment: ClusterSpec | null): readonly Sealed[] => (deployment?.secrets ?? []).map(({ sealed }) => sealed);

const inHand = (state: Cluster, jobId: string): Action | undefined =>
  state.status !== "absent" && state.action?.jobId === jobId ? state.action : undefined;

const existing = (state: Cluster): Existing => (state.status === "absent" ? never() : state);
const never = (): never => {
  throw new Error("the event belongs to a cluster that was never requested");
};

const refused = (rejected: string): Rejection => ({ rejected, kind: "precondition", error: "validate_failed" });
const unknownCluster = (id: string): Rejection => ({
  rejected: `resource [${id}] does not exist`,
  kind: "notFound",
  error: "resource_not_found",
});
const wrongStatus = (id: string, status: string): Rejection => ({
  rejected: `cluster [${id}] status is [${status}]`,
  kind: "precondition",
  error: "resource_not_in_status",
});
