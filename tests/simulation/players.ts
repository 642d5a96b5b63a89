import type { Effects } from "../../events/effect.ts";
import { service } from "../../events/service.ts";
import type { Player, Surroundings } from "../../events/simulation/platform.ts";
import type { RuntimeCredentialEvent } from "../../schemas/generated/events.ts";
import { accountService } from "../../services/account/service.ts";
import { appService } from "../../services/app/service.ts";
import { clusterService } from "../../services/cluster/service.ts";
import { deployment } from "../../services/providers/deployment/domain.ts";
import { effectsOf, TaskFailure, type TaskTable } from "../../services/providers/deployment/effects.ts";
import { reactionsOf } from "../../services/providers/deployment/reactions.ts";
import { plan } from "../../services/providers/local/plan.ts";
import { credentials } from "../../services/providers/local/read-models.ts";
import type { RepoPorts } from "../../services/repo/ports.ts";
import { repoService } from "../../services/repo/service.ts";
import type { RuntimeCredential, RuntimeCredentialCommand } from "../../services/runtime/domain.ts";
import { runtimeService } from "../../services/runtime/service.ts";

/** The local provider's plan on machines that are only a ledger: a task's own id is its idempotency key. */
const tasks = ({ life, outside }: Surroundings): TaskTable => {
  const run: TaskTable[string] = async ({ taskId, nodeId, action }, { clusterId, jobId, signal, report }) => {
    const stream = `localDeployment/${clusterId}`;
    await outside.call(life, { key: taskId, thing: `task ${taskId}`, stream, version: 0, signal });
    if (refusing(taskId)) throw new TaskFailure(`the machine refuses ${taskId}`);
    if (action === "RunInstances")
      await report({ type: "ProvisionNode", clusterId, jobId, nodeId, instanceId: `i-${nodeId}`, privateIp: `127.0.0.${nodeId.at(-1)}` });
    if (action === "TerminateInstances") await report({ type: "ReleaseNode", clusterId, jobId, nodeId });
  };
  const names = Object.values(plan).flatMap((steps) => steps.map(({ task }) => task));
  return Object.fromEntries(names.map((name) => [name, run]));
};
/** Some tasks fail for good, whoever tries. */
const refusing = (taskId: string): boolean => /^t-\d*7-.*-1$/.test(taskId);

/**
 * A vault that must have each version of a credential, one after the other. It stands for all effects that nothing but their own outcome
 * tells to stop: those of the provider are also stopped by their stream's state.
 */
const vault = ({ life, outside }: Surroundings): Effects<RuntimeCredentialCommand, RuntimeCredentialEvent, RuntimeCredential> => {
  const effect = {
    timeout: 5_000,
    run: async (
      { runtimeCredentialId }: { readonly runtimeCredentialId: string },
      { eventId, meta, signal }: { eventId: string; meta: { stream: string; version: number }; signal: AbortSignal },
    ): Promise<RuntimeCredentialCommand> => {
      await outside.call(life, { key: eventId, thing: `effect ${meta.stream}@${meta.version}`, ...meta, signal });
      return { type: "FreeRuntimeCredential", runtimeCredentialId, runtimeId: "vault" };
    },
  };
  return {
    RuntimeCredentialCreated: effect,
    RuntimeCredentialModified: {
      ...effect,
      attempts: 4,
      otherwise: ({ runtimeCredentialId }) => ({ type: "UseRuntimeCredential", runtimeCredentialId, runtimeId: "vault" }),
    },
  };
};

/** Repositories that are empty or refuse; archives are real files, which a simulation has none of. */
const repository = ({ life, outside, clock }: Surroundings): RepoPorts => ({
  clock,
  blobs: { put: async () => "", get: async () => undefined, has: async () => new Set<string>() },
  open: async (sealed) => sealed,
  readFile: async ({ url, signal }) => {
    await outside.look(life, url, signal);
    return url.includes("/2/") ? { refused: `${url} is not there`, denied: true } : { bytes: new TextEncoder().encode("entries: {}\n") };
  },
});

export const players: readonly Player[] = [
  {
    name: "runtime",
    make: (around) => {
      const { runtimeCredential, ...others } = runtimeService.aggregates;
      const { decider } = runtimeCredential ?? never();
      return service({ ...runtimeService, aggregates: { ...others, runtimeCredential: { decider, effects: vault(around) } } });
    },
  },
  { name: "cluster", make: () => clusterService },
  {
    name: "provider-local",
    make: (around) =>
      service({
        name: "provider-local",
        aggregates: { localDeployment: { decider: deployment(plan), effects: effectsOf(tasks(around)) } },
        reactions: reactionsOf("local"),
        projections: [credentials],
      }),
  },
  { name: "account", make: () => accountService },
  { name: "repo", make: (around) => repoService(repository(around)) },
  { name: "app", make: ({ clock }) => appService({ clock, fetchPackage: async () => undefined }) },
];

const never = (): never => {
  throw new Error("the runtime service has no credentials");
};
