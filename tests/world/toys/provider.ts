import type { Service } from "../../../services/chassis/service.ts";
import type { TaskTable } from "../../../services/providers/kit/effects.ts";
import { providerOf } from "../../../services/providers/kit/provider.ts";
import { plan } from "../../../services/providers/local/plan.ts";

/** What a task of the local provider does in a test, before it reports its node. */
export type Work<Outside> = TaskTable<Outside>[string];

/** The local provider's plan, on machines that are whatever a test makes of a task. */
export const tasksOf = <Outside>(work: Work<Outside>): TaskTable<Outside> => {
  const run: Work<Outside> = async (task, context) => {
    await work(task, context);
    const { clusterId, jobId, report } = context;
    const node = { clusterId, jobId, nodeId: task.nodeId };
    const address = { instanceId: `i-${task.nodeId}`, privateIp: `127.0.1.${task.nodeId.split("-").at(-1)}` };
    if (task.action === "RunInstances") await report({ type: "ProvisionNode", ...node, ...address });
    if (task.action === "TerminateInstances") await report({ type: "ReleaseNode", ...node });
  };
  const steps = Object.values(plan).flat();
  return Object.fromEntries(steps.map(({ task }) => [task, run]));
};

/** The local provider on such machines. */
export const provider = <Outside = unknown>(
  work: Work<Outside> = async () => {},
  { signals = [], projections = [], ...more }: Partial<Service<Outside>> = {},
): Service<Outside> => {
  const about = { provider: "local", versionTypes: ["vmbased"], zones: ["local"], credentialSchema: "{}" };
  const tables = providerOf({ plan, tasks: tasksOf(work), ...about });
  return { ...tables, ...more, projections, signals: [...tables.signals, ...signals] };
};
