import type { Effect, Effects } from "../../events/effect.ts";
import type { Service } from "../../events/service.ts";
import { type Player, player, type Surroundings } from "../../events/simulation/process.ts";
import type { RuntimeCredentialEvent } from "../../schemas/generated/events.ts";
import { account } from "../../services/account/service.ts";
import { app } from "../../services/app/service.ts";
import { cluster } from "../../services/cluster/service.ts";
import { readFiles, readSummary, replaceFiles } from "../../services/packages/reading.ts";
import { TaskFailure } from "../../services/providers/kit/effects.ts";
import { credentials } from "../../services/providers/kit/read-models.ts";
import { readEntriesHere } from "../../services/repo/index-entries.ts";
import type { RepoOutside } from "../../services/repo/ports.ts";
import { repo } from "../../services/repo/service.ts";
import type { RuntimeCredential, RuntimeCredentialCommand } from "../../services/runtime/domain.ts";
import { runtime } from "../../services/runtime/service.ts";
import { provider, type Work } from "../world/toys/provider.ts";

/** The local provider on machines that are only a ledger: a task's own id is its idempotency key. */
const work: Work<Surroundings> = async ({ taskId }, { outside: { incarnation, outside }, clusterId, signal }) => {
  const stream = `localDeployment/${clusterId}`;
  await outside.call(incarnation, { key: taskId, thing: `task ${taskId}`, stream, version: 0, signal });
  if (refusing(taskId)) throw new TaskFailure(`the machine refuses ${taskId}`);
};
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
  blobs: { put: async () => "", get: async () => undefined },
  open: async (sealed) => sealed,
  destroyKey: async () => {},
  vendorOf: async () => "",
  runs: () => false,
  readEntries: readEntriesHere,
  readSummary,
  holding: { index: (_, work) => work(), archive: (_, work) => work() },
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

/** People are in the requests; nobody logs in. */
const { seeds: _, ...accountAlone } = account;

export const players: readonly Player[] = [
  player(runtimeWithVault, (around) => around),
  player(cluster, () => ({ destroyKey: async () => {}, runs: () => false, inquire: async () => undefined })),
  player(provider(work, { projections: [credentials] }), (around) => around),
  // Its seeds ask for more of the outside.
  player(accountAlone, () => ({ destroyKey: async () => {} }) as never),
  player(repo, repository, { indexSeconds: 0 }),
  player(app, () => ({
    vendorOf: async () => "",
    fetchPackage: async () => undefined,
    packages: { summary: readSummary, files: readFiles, replace: replaceFiles },
  })),
];
