import { aggregateOf, type Meta } from "../../events/index.ts";

/** The service of a provider. */
export const serviceOf = (provider: string): string => `provider-${provider}`;
/** The aggregates in which a provider announces what it does for clusters, and what it can do. */
export const deploymentsOf = (provider: string): string => `${provider}Deployment`;
export const announcementsOf = (provider: string): string => `${provider}Provider`;

/** The provider that reports something about a cluster: only its own service can write into its topics. */
export const reporterOf = ({ stream }: Pick<Meta, "stream">): string => aggregateOf(stream).replace(/Deployment$/, "");
