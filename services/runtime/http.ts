import { type Condition, type Rejection, streamOf } from "../../events/index.ts";
import { rows } from "../chassis/http/rows.ts";
import { byDate, byValue, createdLately, lastTwoWeeks } from "../chassis/http/statistics.ts";
import type { RuntimeCommand, RuntimeCredentialCommand } from "./domain.ts";
import type { RuntimeCredentialDocument, RuntimeReadModels } from "./read-models.ts";

const { command, query, answer } = rows<RuntimeCommand | RuntimeCredentialCommand, RuntimeReadModels>();

/** The zones of providers that have a closed list of zones. */
const zones: { readonly [provider: string]: readonly string[] } = { local: ["local"] };

const contentOf = (id: string) => ({ stream: streamOf("runtimeCredential", id), field: "sealedContent" });

export const http = [
  command("CreateRuntimeCredential", {
    issues: "CreateRuntimeCredential",
    prepare: async ({ runtime_credential_id, runtime_credential_content }, { edge, newId }) => {
      const runtimeCredentialId = runtime_credential_id ?? newId("runtimec");
      return { runtimeCredentialId, sealedContent: await edge.seal(runtime_credential_content, contentOf(runtimeCredentialId)) };
    },
    command: (request, { actor, prepared }) => ({
      type: "CreateRuntimeCredential",
      runtimeCredentialId: prepared.runtimeCredentialId,
      name: request.name,
      description: request.description ?? "",
      provider: request.provider,
      runtimeUrl: request.runtime_url ?? "",
      sealedContent: prepared.sealedContent,
      debug: false,
      owner: actor.userId,
      ownerPath: actor.ownerPath,
    }),
    answer: ([{ runtimeCredentialId }]) => ({ runtime_credential_id: runtimeCredentialId }),
  }),
  command("ModifyRuntimeCredential", {
    issues: "ModifyRuntimeCredential",
    needs: (r) => ({ credential: ["runtimeCredentials", r.runtime_credential_id] }),
    prepare: async ({ runtime_credential_id: id, runtime_credential_content: content }, { edge }) => ({
      sealedContent: content === undefined ? undefined : await edge.seal(content, contentOf(id)),
    }),
    command: (request, { prepared }) => ({
      type: "ModifyRuntimeCredential",
      runtimeCredentialId: request.runtime_credential_id,
      name: request.name,
      description: request.description,
      sealedContent: prepared.sealedContent,
    }),
    answer: ([{ runtimeCredentialId }]) => ({ runtime_credential_id: runtimeCredentialId }),
  }),
  command("DeleteRuntimeCredentials", {
    issues: "DeleteRuntimeCredential",
    each: "runtime_credential_id",
    needs: (_, id) => ({ credential: ["runtimeCredentials", id] }),
    command: (_, { item }) => ({ type: "DeleteRuntimeCredential", runtimeCredentialId: item }),
    answer: (_, __, request) => ({ runtime_credential_id: request.runtime_credential_id }),
  }),
  query("DescribeRuntimeCredentials", {
    from: "runtimeCredentials",
    filters: ["runtime_credential_id", "status", "provider", "owner"],
    search: ["runtime_credential_id", "name", "description", "owner"],
    where: [{ field: "debug", in: [false] }],
  }),
  answer("ValidateRuntimeCredential", async ({ provider, runtime_credential_content: content = "" }) => ({
    ok: provider === undefined || looksRight(provider, content),
  })),
  answer("DescribeRuntimeProviderZones", async ({ runtime_credential_id }, { get }) => {
    const credential = await get("runtimeCredentials", runtime_credential_id);
    if (credential?.status !== "active")
      return { rejected: `resource [${runtime_credential_id}] does not exist`, kind: "notFound", error: "resource_not_found" };
    return { runtime_credential_id, zone: zones[credential.provider] ?? [] };
  }),

  command("CreateRuntime", {
    issues: "CreateRuntime",
    needs: (r) => ({ credential: ["runtimeCredentials", r.runtime_credential_id] }),
    command: (request, { newId, actor, needs: { credential } }) => {
      const known = zones[request.provider];
      const unfit = unfitFor(request.provider, credential);
      if (unfit) return unfit;
      if (known && !known.includes(request.zone))
        return {
          rejected: `provider ${request.provider} has no zone [${request.zone}]: it has ${known.join(", ")}`,
          kind: "invalid",
          error: "validate_failed",
        };
      return {
        type: "CreateRuntime",
        runtimeId: request.runtime_id ?? newId("runtime"),
        name: request.name,
        description: request.description ?? "",
        provider: request.provider,
        zone: request.zone,
        runtimeCredentialId: request.runtime_credential_id,
        debug: false,
        owner: actor.userId,
        ownerPath: actor.ownerPath,
      };
    },
    answer: ([{ runtimeId }]) => ({ runtime_id: runtimeId }),
  }),
  command("ModifyRuntime", {
    issues: "ModifyRuntime",
    needs: (r) => ({ runtime: ["runtimes", r.runtime_id], credential: ["runtimeCredentials", r.runtime_credential_id] }),
    command: ({ runtime_id, name, description }, { needs: { runtime, credential } }) =>
      (credential && unfitFor(runtime.provider, credential)) ?? {
        type: "ModifyRuntime",
        runtimeId: runtime_id,
        name,
        description,
        runtimeCredentialId: credential?.runtime_credential_id,
      },
    answer: ([{ runtimeId }]) => ({ runtime_id: runtimeId }),
  }),
  command("DeleteRuntimes", {
    issues: "DeleteRuntime",
    each: "runtime_id",
    needs: (_, id) => ({ runtime: ["runtimes", id] }),
    command: ({ force = false }, { item }) => ({ type: "DeleteRuntime", runtimeId: item, force }),
    answer: (_, __, request) => ({ runtime_id: request.runtime_id }),
  }),
  query("DescribeRuntimes", {
    from: "runtimes",
    filters: ["runtime_id", "status", "provider", "owner", "runtime_credential_id"],
    search: ["runtime_id", "name", "description", "provider", "zone", "owner"],
    where: [{ field: "debug", in: [false] }],
  }),
  answer("GetRuntimeStatistics", async (_, { count, now }) => {
    const active: Condition = { field: "status", in: ["active"] };
    const [providers, lately] = await Promise.all([
      count("runtimes", [active], { field: "provider" }),
      count("runtimes", [active, createdLately(now)], byDate),
    ]);
    return {
      last_two_week_created: lastTwoWeeks(lately, now),
      top_ten_providers: byValue(providers),
      runtime_count: providers.total,
      provider_count: providers.values,
    };
  }),
];

/** The rejection of a credential that is deleted, or of another provider. */
const unfitFor = (provider: string, { runtime_credential_id, status, provider: its }: RuntimeCredentialDocument): Rejection | undefined =>
  status === "active" && its === provider
    ? undefined
    : { rejected: `credential [${runtime_credential_id}] is ${status} and for provider ${its}`, kind: "invalid", error: "validate_failed" };

/** Checks the form of a credential only. The provider accepts or refuses it at the first deployment. */
const looksRight = (provider: string, content: string): boolean => {
  if (provider === "kubernetes") return /^\s*(apiVersion|clusters|{)/m.test(content);
  try {
    const fields: unknown = JSON.parse(content);
    const wanted = provider === "local" ? ["token"] : ["access_key_id", "secret_access_key"];
    return typeof fields === "object" && fields !== null && wanted.every((name) => typeof Reflect.get(fields, name) === "string");
  } catch {
    return false;
  }
};
