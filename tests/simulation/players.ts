import type { Effect, Effects } from "../../events/effect.ts";
import type { Service } from "../../events/service.ts";
import { type Player, player, type Surroundings } from "../../events/simulation/process.ts";
import type { RuntimeCredentialEvent } from "../../schemas/generated/events.ts";
import { account } from "../../services/account/service.ts";
import { app } from "../../services/app/service.ts";
import { cluster } from "../../services/cluster/service.ts";
import { deployment } from "../../services/providers/deployment/domain.ts";
import { effectsOf, TaskFailure, type TaskTable } from "../../services/providers/deployment/effects.ts";
import { reactionsOf } from "../../services/providers/deployment/reactions.ts";
import { plan } from "../../services/providers/local/plan.ts";
import { credentials } from "../../services/providers/local/read-models.ts";
import { readEntriesHere } from "../../services/repo/index-entries.ts";
import type { RepoOutside } from "../../services/repo/ports.ts";
import { repo } from "../../services/repo/service.ts";
import type { RuntimeCredential, RuntimeCredentialCommand } from "../../services/runtime/domain.ts";
import { runtime } from "../../services/runtime/service.ts";

/** The local provider's plan on machines that are only a ledger: a task's own id is its idempotency key. */
const run: TaskTable<Surroundings>[string] = async ({ taskId, nodeId, action }, { outside: { incarnation, outside }, ...context }) => {
  const { clusterId, jobId, signal, report } = context;
  const stream = `localDeployment/${clusterId}`;
  await outside.call(incarnation, { key: taskId, thing: `task ${taskId}`, stream, version: 0, signal });
  if (refusing(taskId)) throw new TaskFailure(`the machine refuses ${taskId}`);
  if (action === "RunInstances")
    await report({ type: "ProvisionNode", clusterId, jobId, nodeId, instanceId: `i-${nodeId}`, privateIp: `127.0.0.${nodeId.at(-1)}` });
  if (action === "TerminateInstances") await report({ type: "ReleaseNode", clusterId, jobId, nodeId });
};
const tasks: TaskTable<Surroundings> = Object.fromEntries(
  Object.values(plan)
    .flat()
    .map(({ task }) => [task, run]),
);
/** Some tasks fail for good, whoever tries. */
const refusing = (taskId: string): boolean => /^t-\d*7-.*-1$/.test(taskId);

/**
 * A vault that must have each version of a credential, one after the other. It stands for all effects that nothing but their own outcome
 * tells to stop: those of the provider are also stopped by their stream's state.
 */
type Kept = { readonly runtimeCredentialId: string };
const keep: Effect<Surroundings, RuntimeCredentialCommand, Kept, RuntimeCredential> = {
  ends: ["FreeRuntimeCredential", "UseRuntimeCredential"],
  timeout: 5_000,
  run: async ({ runtimeCredentialId }, { outside: { incarnation, outside }, eventId, meta, signal }) => {
    const { stream, version } = meta;
    await outside.call(incarnation, { key: eventId, thing: `effect ${stream}@${version}`, stream, version, signal });
    return { type: "FreeRuntimeCredential", runtimeCredentialId, runtimeId: "vault" };
  },
};
const vault: Effects<Surroundings, RuntimeCredentialCommand, RuntimeCredentialEvent, RuntimeCredential> = {
  RuntimeCredentialCreated: keep,
  RuntimeCredentialModified: {
    ...keep,
    attempts: 4,
    otherwise: ({ runtimeCredentialId }) => ({ type: "UseRuntimeCredential", runtimeCredentialId, runtimeId: "vault" }),
  },
};

/** Repositories that are empty or refuse; archives are real files, which a simulation has none of. */
const repository = ({ incarnation, outside }: Surroundings): RepoOutside => ({
  blobs: { put: async () => "", get: async () => undefined, has: async () => new Set<string>() },
  open: async (sealed) => sealed,
  destroyKey: async () => {},
  readEntries: readEntriesHere,
  deadline: () => new AbortController().signal,
  readFile: async ({ url, signal }) => {
    await outside.look(incarnation, url, signal);
    return url.includes("/2/") ? { refused: `${url} is not there`, denied: true } : { bytes: new TextEncoder().encode("entries: {}\n") };
  },
});

const { runtimeCredential } = runtime.aggregates;
if (!runtimeCredential) throw new Error("the runtime service has no credentials");
/** The platform's runtimes, with a vault that their credentials go through. */
const runtimeWithVault: Service<Surroundings> = {
  name: runtime.name,
  aggregates: { ...runtime.aggregates, runtimeCredential: { decider: runtimeCredential.decider, effects: vault } },
  reactions: runtime.reactions ?? {},
  projections: runtime.projections ?? [],
};
const provider: Service<Surroundings> = {
  name: "provider-local",
  aggregates: { localDeployment: { decider: deployment(plan), effects: effectsOf(tasks) } },
  reactions: reactionsOf("local"),
  projections: [credentials],
};

/** People are in the requests; nobody logs in. */
const { seeds: _, ...accountAlone } = account;

export const players: readonly Player[] = [
  player(runtimeWithVault, (around) => around),
  player(cluster, () => undefined),
  player(provider, (around) => around),
  // Only its seeds ask for something of the outside.
  player(accountAlone, () => undefined as never),
  player(repo, repository, { indexSeconds: 0 }),
  player(app, () => ({ fetchPackage: async () => undefined })),
];
