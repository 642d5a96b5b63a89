import { aggregateOf, type Meta, streamOf } from "../../events/index.ts";

/** The service of a provider. */
export const serviceOf = (provider: string): string => `provider-${provider}`;
/** The aggregates in which a provider announces what it does for clusters, and what it can do. */
export const deploymentsOf = (provider: string): string => `${provider}Deployment`;
export const announcementsOf = (provider: string): string => `${provider}Provider`;

/** The provider that reports something about a cluster: only its own service can write into its topics. */
export const reporterOf = ({ stream }: Pick<Meta, "stream">): string => aggregateOf(stream).replace(/Deployment$/, "");
/** The key of a read model of providers: what another one says in a provider's name changes nothing. */
export const ownAnnouncements = {
  ProviderAnnounced: ({ provider }: { readonly provider: string }, { stream }: Meta): readonly string[] =>
    stream === streamOf(announcementsOf(provider), provider) ? [provider] : [],
};
