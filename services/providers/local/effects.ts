import type { DeploymentTask } from "../../../schemas/generated/events.ts";
import { commandWords } from "../../packages/command.ts";
import { readPackage } from "../../packages/devkit.ts";
import { PackageError } from "../../packages/package-error.ts";
import { type TaskContext, TaskFailure, type TaskTable } from "../deployment/effects.ts";
import { type Machine, MachineError } from "./machine/types.ts";

/** What the local provider needs of the outside. */
export type Outside = {
  readonly machine: Machine;
  /** An archive by its digest, from the service that keeps it. */
  readonly fetchPackage: (owner: string, digest: string) => Promise<Uint8Array>;
  /** A credential's content in clear; undefined while it is not known here. */
  readonly credential: (runtimeCredentialId: string) => Promise<string | undefined>;
  /** Who may run commands on this machine. Undefined: nobody. */
  readonly token: string | undefined;
  readonly sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>;
};

type Directive = {
  readonly command: string;
  readonly timeoutSeconds: number;
  readonly healthCheck?: { readonly command: string; readonly intervalSeconds: number; readonly timeoutSeconds: number } | null;
};

/** The tasks of the local provider: nodes are supervised processes on loopback addresses of their own. */
export const tasks = ({ machine, fetchPackage, credential, token, sleep }: Outside): TaskTable => {
  const files = async ({ description }: TaskContext["current"]) => {
    const archive = await fetchPackage(description.packageOwner, description.packageDigest);
    const { files } = await readPackage(archive);
    return new Map([...files].map(([path, { bytes }]) => [path, bytes]));
  };

  const authorized = async ({ description }: TaskContext["current"]): Promise<void> => {
    if (token === undefined)
      throw new TaskFailure("the local provider is switched off: it runs commands on this machine, set PITRIX_LOCAL_TOKEN to allow it");
    const content = await credential(description.runtimeCredentialId);
    if (content === undefined) throw new Error(`credential ${description.runtimeCredentialId} is not known here yet`);
    if (tokenIn(content) !== token) throw new TaskFailure("the credential's token is not the one that may run commands on this machine");
  };

  const command = async ({ taskId, nodeId, directive }: DeploymentTask): Promise<void> => {
    const { command: line, timeoutSeconds } = read(directive);
    await machine.runCommand(nodeId, { key: taskId, cmd: commandWords(line), timeoutSeconds });
  };

  const table: TaskTable = {
    RunInstances: async ({ nodeId }, { clusterId, jobId, current, report }) => {
      await authorized(current);
      const node = current.description.nodes.find((each) => each.nodeId === nodeId);
      const role = current.description.roles.find((each) => each.role === node?.role);
      if (!node || !role) throw new TaskFailure(`node ${nodeId} is not in the description`);
      const env = { ...current.description.env, ...role.env };
      const { address, instanceId } = await machine.createNode({
        nodeId,
        clusterId,
        role: role.role,
        serverId: node.serverId,
        files: await files(current),
        env,
      });
      await report({ type: "ProvisionNode", clusterId, jobId, nodeId, instanceId, privateIp: address });
    },
    UpgradeInstances: async ({ nodeId }, { current }) => {
      await authorized(current);
      await machine.replaceFiles(nodeId, await files(current));
    },
    RegisterMetadata: ({ nodeId }, context) => machine.writeMetadata(nodeId, metadata(nodeId, context)),
    StartService: async ({ taskId, nodeId, directive }, { clusterId, current, signal, report }) => {
      await authorized(current);
      const { command: line, timeoutSeconds, healthCheck } = read(directive);
      await machine.startProcess(nodeId, { cmd: commandWords(line) });
      if (healthCheck) await becomesWell(nodeId, `${taskId}-health`, healthCheck, timeoutSeconds, signal);
      // It may have been stopped while it was failing.
      await report({ type: "NoteNodeRecovered", clusterId, nodeId });
    },
    StopService: async (task, { current }) => {
      await Promise.all(stoppedWith(task, current).map(machine.announceStop));
      await command(task);
    },
    InitService: command,
    UpgradeService: command,
    ScaleOutService: command,
    ScaleInService: command,
    DestroyService: command,
    StopInstances: ({ nodeId }) => machine.stopProcess(nodeId, 10),
    TerminateInstances: async ({ nodeId }, { clusterId, jobId, report }) => {
      await machine.removeNode(nodeId);
      await report({ type: "ReleaseNode", clusterId, jobId, nodeId });
    },
  };

  const becomesWell = async (
    nodeId: string,
    key: string,
    check: NonNullable<Directive["healthCheck"]>,
    timeoutSeconds: number,
    signal: AbortSignal,
  ): Promise<void> => {
    let left = timeoutSeconds * 1_000;
    for (let pause = 50; ; pause = Math.min(2 * pause, 1_000 * check.intervalSeconds)) {
      try {
        return await machine.runCommand(nodeId, { key, cmd: commandWords(check.command), timeoutSeconds: check.timeoutSeconds });
      } catch (error) {
        left -= pause;
        if (left <= 0 || signal.aborted) throw error;
        await sleep(pause, signal);
      }
    }
  };

  return Object.fromEntries(Object.entries(table).map(([action, run]) => [action, definitive(run)]));
};

/** The nodes of the task's role that the action stops: a stop command may run on some nodes of a role for all of them. */
const stoppedWith = ({ nodeId }: DeploymentTask, { layers, description }: TaskContext["current"]): readonly string[] => {
  const roleOf = (id: string) => description.nodes.find((node) => node.nodeId === id)?.role;
  const stops = layers.flatMap(({ tasks }) => tasks.filter(({ action }) => action === "StopInstances"));
  return stops.map((stop) => stop.nodeId).filter((id) => roleOf(id) === roleOf(nodeId));
};

/** What the machine or the package refuses is an answer; anything else is an outage, and the layer is tried again. */
const definitive =
  (run: TaskTable[string]): TaskTable[string] =>
  async (task, context) => {
    try {
      await run(task, context);
    } catch (error) {
      if (error instanceof PackageError || (error instanceof MachineError && error.code !== "closed"))
        throw new TaskFailure(error.message, { cause: error });
      throw error;
    }
  };

/** What a node is told of itself and its peers. */
const metadata = (self: string, { clusterId, current, nodes }: TaskContext): object => {
  const { action, description, nodeIds } = current;
  const leaving = action === "DeleteClusterNodes" ? nodeIds : [];
  const hosts = description.nodes.flatMap(({ nodeId, role, serverId }) => {
    const address = nodes[nodeId];
    return address && !leaving.includes(nodeId) ? [{ node_id: nodeId, role, server_id: serverId, address: address.privateIp }] : [];
  });
  const own = hosts.find(({ node_id }) => node_id === self);
  const role = description.roles.find((each) => each.role === own?.role);
  return {
    self: { ...own, env: { ...role?.env } },
    hosts: Object.fromEntries(description.roles.map((each) => [each.role, hosts.filter((host) => host.role === each.role)])),
    cluster: { cluster_id: clusterId, name: description.name, env: description.env },
    endpoints: Object.fromEntries(description.endpoints.map(({ name, port, protocol }) => [name, { port, protocol }])),
  };
};

const read = (directive: string): Directive => JSON.parse(directive) as Directive; // Made by the plan of the same job.

const tokenIn = (content: string): unknown => {
  try {
    const parsed: unknown = JSON.parse(content);
    return typeof parsed === "object" && parsed !== null ? Reflect.get(parsed, "token") : undefined;
  } catch {
    return undefined;
  }
};
