import { createHash } from "node:crypto";
import type { AdoptedRelease } from "../../../schemas/generated/events.ts";
import type { Pod } from "./ports.ts";

/** Labels of a release: whose it is, and the task that made its newest revision. */
export const CLUSTER_LABEL = "pitrix-cluster";
export const TASK_LABEL = "pitrix-task";

/** The name of a cluster's release, unless it has adopted one: a DNS label of at most 53 characters, since helm takes no more. */
export const releaseOf = (clusterId: string, adopted: AdoptedRelease | null = null): string => {
  if (adopted) return adopted.release;
  const name = clusterId.toLowerCase();
  return /^[a-z]([a-z0-9-]{0,51}[a-z0-9])?$/.test(name) ? name : `cl-${digest(clusterId, 20)}`;
};

/** The value of a label: ids may be longer than labels. */
export const labelOf = (id: string): string => (/^[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?$/.test(id) ? id : digest(id, 40));

/** The node of a pod. It names the cluster, so that no API server can name a node of another one. */
export const nodeIdOf = (clusterId: string, { uid }: Pick<Pod, "uid">): string =>
  `cln-${clusterId.slice(clusterId.indexOf("-") + 1)}-${digest(uid, 10)}`;

const digest = (text: string, length: number): string => createHash("sha256").update(text).digest("hex").slice(0, length);

/** Whether a text can be the name of a release. */
export const isReleaseName = (name: string): boolean => /^[a-z0-9]([a-z0-9.-]{0,51}[a-z0-9])?$/.test(name);

/** Whether a text can be a namespace (RFC 1123). */
export const isNamespace = (name: string): boolean => /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(name);
