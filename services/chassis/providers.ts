import { type Rejection, streamOf } from "../../events/index.ts";
import type { Projection } from "./events.ts";
import { makeProblem, type Problem } from "./http/problems.ts";
import type { Reads } from "./http/rows.ts";
import { announcementsOf, serviceOf } from "./provider-names.ts";

/** What a provider can do, as it announced it last. */
export type ProviderDocument = {
  readonly provider: string;
  readonly service: string;
  readonly actions: readonly string[];
  /** The kinds of packages that it runs. */
  readonly version_types: readonly string[];
  /** Empty: they depend on the credential. */
  readonly zones: readonly string[];
  /** A JSON Schema, as JSON. */
  readonly credential_schema: string;
};

/** The providers that have ever announced themselves, for each service that must know them. */
export const providers: Projection<ProviderDocument> = {
  name: "providers",
  version: 3,
  indexes: ["provider"],
  initialState: { provider: "", service: "", actions: [], version_types: [], zones: [], credential_schema: "{}" },
  // What another one says in a provider's name changes nothing.
  key: { ProviderAnnounced: ({ provider }, { stream }) => (stream === streamOf(announcementsOf(provider), provider) ? [provider] : []) },
  evolve: {
    ProviderAnnounced: (_, { provider, service, actions, versionTypes: version_types, zones, credentialSchema: credential_schema }) => ({
      ...{ provider, service, actions, version_types, zones, credential_schema },
    }),
  },
};

type Known = Pick<Reads<{ readonly providers: ProviderDocument }>, "get" | "all"> & {
  readonly outside: { readonly runs: (service: string) => boolean };
};

/** A provider as it announced itself, or why it cannot be used: it has never announced itself, or its announcement has not arrived yet. */
export const announced = async (name: string, { get, all, outside }: Known): Promise<ProviderDocument | Rejection | Problem> => {
  const known = await get("providers", name, "everybody");
  if (known) return known;
  if (outside.runs(serviceOf(name))) return makeProblem("unavailable", `: provider [${name}] is starting`);
  const names = (await all("providers", [], 100, "everybody")).map(({ provider }) => provider).sort();
  return {
    rejected: `no provider [${name}] has ever announced itself to this platform: it has ${names.join(", ") || "none"}`,
    kind: "invalid",
    error: "validate_failed",
  };
};
