import { type Rejection, streamOf } from "../../events/index.ts";
import type { Projection } from "./events.ts";
import { makeProblem, type Problem } from "./http/problems.ts";
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

/** Why a provider that has no such document is not used. What one that runs has announced is on its way. */
export const unannounced = (
  name: string,
  known: readonly Pick<ProviderDocument, "provider">[],
  { runs }: { readonly runs: (service: string) => boolean },
): Rejection | Problem => {
  if (runs(serviceOf(name))) return makeProblem("unavailable", `: provider [${name}] is starting`);
  const names = known.map(({ provider }) => provider).sort();
  return {
    rejected: `no provider [${name}] has ever announced itself to this platform: it has ${names.join(", ") || "none"}`,
    kind: "invalid",
    error: "validate_failed",
  };
};
