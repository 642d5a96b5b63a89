import type { DeploymentTask } from "../../../schemas/generated/events.ts";
import { commandWords } from "../../packages/command.ts";
import { PackageError } from "../../packages/package-error.ts";
import { filesOf } from "../../packages/packages.ts";
import { type TaskContext, TaskFailure, type TaskTable } from "../kit/effects.ts";
import { hidden, revealed } from "../kit/secrets.ts";
import { MachineError } from "./machine/types.ts";
import type { LocalOutside } from "./ports.ts";

type Context = TaskContext<LocalOutside>;

type Directive = {
  readonly command: string;
  readonly timeoutSeconds: number;
  readonly healthCheck?: { readonly command: string; readonly intervalSeconds: number; readonly timeoutSeconds: number } | null;
};

const withFiles = <T>({ outside, current: { description } }: Context, use: (files: Files) => Promise<T>): Promise<T> =>
  outside.inTurn(async () => {
    const files = await filesOf(await outside.fetchPackage(description.packageOwner, description.packageDigest), "vmbased");
    return use(new Map([...files].map(([path, { bytes }]) => [path, bytes])));
  });
type Files = ReadonlyMap<string, Uint8Array>;

const command = async ({ taskId, nodeId, directive }: DeploymentTask, { outside: { machine } }: Context): Promise<void> => {
  const { command: line, timeoutSeconds } = read(directive);
  await machine.runCommand(nodeId, { key: taskId, cmd: commandWords(line), timeoutSeconds });
};

const table: TaskTable<LocalOutside> = {
  RunInstances: async ({ nodeId }, context) => {
    const { outside, clusterId, jobId, report } = context;
    const { node, role } = describedNode(nodeId, context);
    const { serverId } = node;
    const { address, instanceId } = await withFiles(context, (files) =>
      outside.machine.createNode({ nodeId, clusterId, role: role.role, serverId, files, ...environmentOf(nodeId, context) }),
    );
    await report({ type: "ProvisionNode", clusterId, jobId, nodeId, instanceId, privateIp: address });
  },
  UpgradeInstances: async ({ nodeId }, context) => {
    await withFiles(context, (files) => context.outside.machine.replaceFiles(nodeId, files));
  },
  RegisterMetadata: async ({ nodeId }, context) =>
    context.outside.machine.writeMetadata(nodeId, await metadata(nodeId, context), environmentOf(nodeId, context)),
  StartService: async ({ taskId, nodeId, directive }, context) => {
    const { outside, clusterId, report } = context;
    const { command: line, timeoutSeconds, healthCheck } = read(directive);
    await outside.machine.startProcess(nodeId, { cmd: commandWords(line) });
    if (healthCheck) await becomesHealthy(nodeId, `${taskId}-health`, healthCheck, timeoutSeconds, context);
    // A stopped process may still be reported as failing.
    await report({ type: "NoteNodeRecovered", clusterId, nodeId });
  },
  StopService: async (task, context) => {
    await Promise.all(stoppedWith(task, context.current).map(context.outside.machine.announceStop));
    await command(task, context);
  },
  InitService: command,
  UpgradeService: command,
  ScaleOutService: command,
  ScaleInService: command,
  DestroyService: command,
  StopInstances: ({ nodeId }, { outside: { machine } }) => machine.stopProcess(nodeId, 10),
  TerminateInstances: async ({ nodeId }, { outside: { machine }, clusterId, jobId, report }) => {
    await machine.removeNode(nodeId);
    await report({ type: "ReleaseNode", clusterId, jobId, nodeId });
  },
};

const becomesHealthy = async (
  nodeId: string,
  key: string,
  check: NonNullable<Directive["healthCheck"]>,
  timeoutSeconds: number,
  { outside: { machine, sleep }, signal }: Context,
): Promise<void> => {
  let left = timeoutSeconds * 1_000;
  for (let pause = 50; ; pause = Math.min(2 * pause, 1_000 * check.intervalSeconds)) {
    try {
      return await machine.runCommand(nodeId, { key, cmd: commandWords(check.command), timeoutSeconds: check.timeoutSeconds });
    } catch (error) {
      left -= pause;
      if (left <= 0 || signal.aborted || (error instanceof MachineError && error.code === "denied")) throw error;
      await sleep(pause, signal);
    }
  }
};

/** The nodes of the task's role that the action stops. A stop command on some nodes of a role may stop all of them. */
const stoppedWith = ({ nodeId }: DeploymentTask, { layers, description }: Context["current"]): readonly string[] => {
  const roleOf = (id: string) => description.nodes.find((node) => node.nodeId === id)?.role;
  const stops = layers.flatMap(({ tasks }) => tasks.filter(({ action }) => action === "StopInstances"));
  return stops.map((stop) => stop.nodeId).filter((id) => roleOf(id) === roleOf(nodeId));
};

const describedNode = (nodeId: string, { current: { description } }: Context) => {
  const node = description.nodes.find((each) => each.nodeId === nodeId);
  const role = description.roles.find((each) => each.role === node?.role);
  if (!node || !role) throw new TaskFailure(`node ${nodeId} is not in the description`);
  return { node, role };
};

const environmentOf = (nodeId: string, context: Context) => {
  const { env, secrets } = context.current.description;
  return { env: { ...env, ...describedNode(nodeId, context).role.env }, secrets };
};

/** The metadata of a node, with its secrets: itself and its peers. */
const metadata = async (self: string, { clusterId, current, nodes, outside }: Context): Promise<object> => {
  const { action, description, nodeIds } = current;
  const clear = (env: { readonly [name: string]: string } = {}) => revealed(outside.open, clusterId, description.secrets, env);
  const leaving = action === "DeleteClusterNodes" ? nodeIds : [];
  const hosts = description.nodes.flatMap(({ nodeId, role, serverId }) => {
    const address = nodes[nodeId];
    return address && !leaving.includes(nodeId) ? [{ node_id: nodeId, role, server_id: serverId, address: address.privateIp }] : [];
  });
  const own = hosts.find(({ node_id }) => node_id === self);
  const role = description.roles.find((each) => each.role === own?.role);
  return {
    self: { ...own, env: await clear(role?.env) },
    hosts: Object.fromEntries(description.roles.map((each) => [each.role, hosts.filter((host) => host.role === each.role)])),
    cluster: { cluster_id: clusterId, name: description.name, env: await clear(description.env) },
    endpoints: Object.fromEntries(description.endpoints.map(({ name, port, protocol }) => [name, { port, protocol }])),
  };
};

const read = (directive: string): Directive => JSON.parse(directive) as Directive; // Made by the plan of the same job.

/** What a program says before it fails becomes an event: it must not say the secrets that it was started with. */
const withoutSecrets = async (message: string, { outside, clusterId, current }: Context): Promise<string> =>
  hidden(outside.open, clusterId, current.description.secrets, message).catch(() => message.split("\n", 1)[0] ?? "");

/** Turns a refusal by the machine or the package into a TaskFailure. Any other error is an outage, and the layer is retried. */
const definitive =
  (run: TaskTable<LocalOutside>[string]): TaskTable<LocalOutside>[string] =>
  async (task, context) => {
    try {
      await run(task, context);
    } catch (error) {
      if (error instanceof PackageError || (error instanceof MachineError && error.code !== "closed"))
        throw new TaskFailure(await withoutSecrets(error.message, context), { cause: error });
      throw error;
    }
  };

/** The tasks of the local provider. Its nodes are supervised processes, each on its own loopback address. */
export const tasks: TaskTable<LocalOutside> = Object.fromEntries(Object.entries(table).map(([action, run]) => [action, definitive(run)]));
