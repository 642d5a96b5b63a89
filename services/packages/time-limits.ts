type Role = { readonly services: readonly { readonly timeoutSeconds: number }[] };

const HOUR = 3_600;
const DAY = 24 * HOUR;

/** Seconds that the lifecycle services of a cluster may take, as its package says; at most a day. */
const servicesSeconds = (roles: readonly Role[]): number =>
  Math.min(
    DAY,
    roles.flatMap(({ services }) => services).reduce((sum, { timeoutSeconds }) => sum + timeoutSeconds, 0),
  );

/** Seconds after which a provider gives up an action and takes back what it has done. */
export const providerSeconds = (roles: readonly Role[]): number => HOUR + servicesSeconds(roles);

/** Seconds after which a cluster gives up an action whose provider has not reported an outcome. The provider gives up an hour earlier. */
export const clusterSeconds = (roles: readonly Role[]): number => providerSeconds(roles) + HOUR;

/** Seconds after which a forced deletion ends for the cluster. Its provider still carries it out. */
export const FORCED_SECONDS = 600;
