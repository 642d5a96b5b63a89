import type { Decider, Decision } from "../../events/index.ts";
import type { ClusterEvent, Deployment as ClusterSpec } from "../../schemas/generated/events.ts";
import { type ActionRequested, actions, type ClusterStatus, completed, failed } from "./actions.ts";
import type { ActionIds, ClusterCommand } from "./commands.ts";
import { describe, withOwnRelease } from "./deployment.ts";
import { ended, nextOf, rescaled, revised, rollbackTarget, sealedIn } from "./revisions.ts";
import { asItIs, type Planned, resized, withFewer, withMore } from "./scaling.ts";
import { type Cluster, type Existing, existing, inHand, isMeantToRun, isOn, refused, unknownCluster, wrongStatus } from "./state.ts";

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
    DeployCluster: ({ clusterId, jobId }, state) => {
      const action = inHand(state, jobId);
      return action ? [{ type: "ClusterDeploymentRequested", clusterId, jobId, deployment: action.deployment }] : [];
    },

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
    ResizeCluster: (command, state) => begin("ClusterResizeRequested", command, state, (cluster) => resized(cluster, command.sizes)),
    UpdateClusterEnv: (command, state) =>
      begin("ClusterEnvUpdateRequested", command, state, ({ deployment }) => {
        if (command.packageDigest !== deployment.packageDigest) return refused("the cluster runs another package by now, please try again");
        const version = { ...deployment, ...command.described };
        const secrets = [...command.secrets, ...deployment.secrets];
        const configured = { ...command, secrets, scales: deployment.scales };
        const next = describe(command.clusterId, version, deployment, configured, deployment.nodes);
        return "rejected" in next ? next : { deployment: { ...next, name: deployment.name } };
      }),
    AddClusterNodes: (command, state) => begin("ClusterNodesRequested", command, state, (cluster) => withMore(cluster, command)),
    DeleteClusterNodes: (command, state) =>
      begin("ClusterNodesRemovalRequested", command, state, (cluster) => withFewer(cluster, command.nodeIds)),
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
      state.status === "absent" || ![...state.deployment.nodes, ...state.found].some((node) => node.nodeId === nodeId)
        ? unknownCluster(nodeId)
        : [{ type: "ClusterNodeRenamed", clusterId, nodeId, name }],

    NoteClusterNodes: ({ clusterId, nodes, lostNodeIds, provider }, state) =>
      isOn(state, provider) ? [{ type: "ClusterNodesDiscovered", clusterId, nodes, lostNodeIds, ...state.owner }] : [],
    NoteClusterObserved: ({ clusterId, endpoints, drift, provider }, state) =>
      isOn(state, provider) ? [{ type: "ClusterObserved", clusterId, endpoints, drift }] : [],
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
      found: [],
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
    ClusterActivated: (state) => ended(state, "active", { deployment: withOwnRelease(existing(state).deployment) }),
    ClusterUpgraded: (state, { deployment }) => revised(state, deployment, { former: existing(state).deployment }),
    ClusterRolledBack: (state, { deployment }) => revised(state, deployment, { former: null }),
    ClusterResized: (state, { deployment }) => revised(state, deployment),
    ClusterEnvUpdated: (state, { deployment }) => revised(state, deployment),
    ClusterNodesAdded: (state, { deployment }) => rescaled(state, deployment),
    ClusterNodesDeleted: (state, { deployment, removedNodeIds }) =>
      rescaled(state, deployment, { failing: existing(state).failing.filter((id) => !removedNodeIds.includes(id)) }),
    ClusterStopped: (state) => ended(state, "stopped", { failing: [] }),
    ClusterDeleted: (state) => ended(state, "deleted", { failing: [] }),
    ClusterCeased: (state) => ended(state, "ceased", { failing: [] }),
    ClusterActionFailed: (state) => ({ ...existing(state), action: null }),
    ClusterAttributesModified: (state, { name, description }) => ({ ...existing(state), name, description }),
    ClusterNodeRenamed: (state) => state,
    ClusterNodesDiscovered: (state, { nodes: found }) => ({
      ...existing(state),
      found,
      failing: found.filter(({ healthy }) => !healthy).map(({ nodeId }) => nodeId),
    }),
    ClusterObserved: (state) => state,
    ClusterNodeFailed: (state, { nodeId }) => ({ ...existing(state), failing: [...existing(state).failing, nodeId] }),
    ClusterNodeRecovered: (state, { nodeId }) => ({ ...existing(state), failing: existing(state).failing.filter((id) => id !== nodeId) }),
  },
};

/** Begins an action. The status must allow it and no other action may be running, unless `force` is set. */
const begin = (
  requested: ActionRequested,
  { clusterId, jobId }: ActionIds,
  state: Cluster,
  plan: (cluster: Existing) => Planned,
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
  // Deployments of earlier releases have no owner. Those of earlier revisions do not know what became of a release that is taken over.
  const deployment = { ...planned.deployment, ...state.owner, adopted: state.deployment.adopted };
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
