import { type Condition, type Rejection, streamOf } from "../../events/index.ts";
import { isProblem } from "../chassis/http/problems.ts";
import { rows } from "../chassis/http/rows.ts";
import { byDate, byValue, createdLately, lastTwoWeeks } from "../chassis/http/statistics.ts";
import { announced, type ProviderDocument } from "../chassis/providers.ts";
import { unfitContent } from "./credential-content.ts";
import type { RuntimeCommand, RuntimeCredentialCommand } from "./domain.ts";
import type { RuntimeOutside } from "./ports.ts";
import type { RuntimeCredentialDocument, RuntimeDocument, RuntimeReadModels } from "./read-models.ts";

const { command, query, answer } = rows<RuntimeCommand | RuntimeCredentialCommand, RuntimeReadModels, RuntimeOutside>();

const contentOf = (id: string) => ({ stream: streamOf("runtimeCredential", id), field: "sealedContent" });

export const http = [
  command("CreateRuntimeCredential", {
    issues: "CreateRuntimeCredential",
    prepare: async ({ runtime_credential_id, runtime_credential_content, provider: name }, { edge, newId, ...known }) => {
      const provider = await announced(name, known);
      if (!("provider" in provider)) return provider;
      const unfit = unfitContent(name, provider.credential_schema, runtime_credential_content);
      if (unfit) return unfit;
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
    prepare: async ({ runtime_credential_id: id, runtime_credential_content: content }, { edge, needs: { credential }, ...known }) => {
      if (content === undefined) return { sealedContent: undefined };
      const provider = await announced(credential.provider, known);
      if (!("provider" in provider)) return provider;
      const unfit = unfitContent(credential.provider, provider.credential_schema, content);
      return unfit ?? { sealedContent: await edge.seal(content, contentOf(id)) };
    },
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
  answer("ValidateRuntimeCredential", async ({ provider: name, runtime_credential_content: content = "", zone = "" }, known) => {
    if (name === undefined) return { ok: true, reason: "" };
    const provider = await announced(name, known);
    if (isProblem(provider)) return provider;
    const unfit = "rejected" in provider ? provider : unfitContent(name, provider.credential_schema, content);
    if (unfit) return { ok: false, reason: unfit.rejected };
    const { service } = provider as ProviderDocument; // It is no rejection.
    if (!known.outside.runs(service)) return { ok: true, reason: `provider [${name}] does not run: only the form was checked` };
    const { refused } = (await known.outside.inquire(service, "credential", { content, zone })) ?? {};
    return typeof refused === "string" ? { ok: false, reason: refused } : { ok: true, reason: "" };
  }),
  answer("DescribeRuntimeProviderZones", async ({ runtime_credential_id }, { get, parts, outside }) => {
    const credential = await get("runtimeCredentials", runtime_credential_id);
    if (credential?.status !== "active")
      return { rejected: `resource [${runtime_credential_id}] does not exist`, kind: "notFound", error: "resource_not_found" };
    const [provider] = await parts(credential, "providers", "provider");
    if (!provider || provider.zones.length > 0) return { runtime_credential_id, zone: provider?.zones ?? [] };
    const { refused, zone } = (await outside.inquire(provider.service, "zones", { runtime_credential_id })) ?? {};
    if (typeof refused === "string") return invalid(refused);
    return { runtime_credential_id, zone: Array.isArray(zone) ? zone.map(String) : [] };
  }),

  command("CreateRuntime", {
    issues: "CreateRuntime",
    needs: (r) => ({ credential: ["runtimeCredentials", r.runtime_credential_id] }),
    prepare: async ({ provider: name, zone }, { needs: { credential }, ...known }) => {
      const provider = await announced(name, known);
      if (!("provider" in provider)) return provider;
      const unfit = unfitFor(name, credential);
      if (unfit) return unfit;
      const { zones } = provider;
      if (zones.length === 0 || zones.includes(zone)) return undefined;
      return invalid(`provider [${name}] has no zone [${zone}]: it has ${zones.join(", ")}`);
    },
    command: (request, { newId, actor }) => ({
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
    }),
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
    join: { announced: ["providers", "provider", "provider", "everybody"] },
    present: (runtime: RuntimeDocument, { announced: providers = [] }, { runs }) => ({
      ...runtime,
      provider_status: providers.some(({ service }: ProviderDocument) => runs(service)) ? "available" : "unavailable",
    }),
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
    : invalid(`credential [${runtime_credential_id}] is ${status} and for provider ${its}`);

const invalid = (rejected: string): Rejection => ({ rejected, kind: "invalid", error: "validate_failed" });
