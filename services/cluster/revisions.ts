import type { Rejection } from "../../events/index.ts";
import type { Deployment as ClusterSpec, Sealed } from "../../schemas/generated/events.ts";
import type { ClusterStatus } from "./actions.ts";
import { type Cluster, type Existing, existing, refused } from "./state.ts";

/** Revisions that a cluster keeps. */
const KEPT = 10;

/** The end of an action: the secrets that nothing needs any more lapse. */
export const ended = (state: Cluster, status: ClusterStatus, changes: Partial<Existing> = {}): Cluster => {
  const next = { ...existing(state), ...changes, status, action: null };
  // Of a chart the whole configuration is sealed, and part of its revisions. A password that was replaced is not.
  const values = next.revisions.flatMap(({ deployment }) =>
    deployment.secrets.filter(({ path }) => path === "").map(({ sealed }) => sealed),
  );
  const secrets = status === "ceased" ? [] : [...new Set([...sealedIn(next.deployment), ...sealedIn(next.former), ...values])];
  return { ...next, secrets, lapsed: [...next.lapsed, ...next.secrets.filter((sealed) => !secrets.includes(sealed))] };
};

/** The end of an action with which the cluster is deployed anew. Events of earlier releases do not tell its number: it is counted here. */
export const revised = (state: Cluster, deployment: ClusterSpec, changes: Partial<Existing> = {}): Cluster => {
  const cluster = existing(state);
  const revisions = [...cluster.revisions, { revision: nextOf(cluster), deployment }].slice(-KEPT);
  return ended(state, "active", { ...changes, deployment, revisions });
};
/** The end of an action that changes how many nodes there are: it is the same revision, with other numbers. */
export const rescaled = (state: Cluster, deployment: ClusterSpec, changes: Partial<Existing> = {}): Cluster => {
  const { scales } = deployment;
  const revisions = existing(state).revisions.map((each, index, { length }) =>
    index === length - 1 ? { ...each, deployment: { ...each.deployment, scales } } : each,
  );
  return ended(state, "active", { ...changes, deployment, revisions });
};
export const nextOf = ({ revisions }: Existing): number => 1 + (revisions.at(-1)?.revision ?? 0);

/** The state to go back to. In the place of a password whose key is destroyed it has the present one. */
export const rollbackTarget = (
  revision: number | undefined,
  { former, revisions, deployment, secrets }: Existing,
): ClusterSpec | Rejection => {
  if (revision === undefined) return former ?? refused("the cluster was never upgraded");
  if (revision === revisions.at(-1)?.revision) return refused(`the cluster runs revision ${revision} already`);
  const found = revisions.find((each) => each.revision === revision)?.deployment;
  if (!found) return refused(`the cluster does not keep revision ${revision}: it keeps the last ${KEPT}`);
  const living = found.secrets.map((secret) =>
    secrets.includes(secret.sealed) ? secret : deployment.secrets.find(({ path }) => path === secret.path),
  );
  const lost = found.secrets.find((_, index) => living[index] === undefined);
  if (lost) return refused(`the password [${lost.path}] of revision ${revision} is not kept any more`);
  return { ...found, secrets: living.filter((secret) => secret !== undefined) };
};

export const sealedIn = (deployment: ClusterSpec | null): readonly Sealed[] => (deployment?.secrets ?? []).map(({ sealed }) => sealed);
