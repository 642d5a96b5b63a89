import type { Edge } from "../../chassis/http/rows.ts";
import type { JsonObject } from "../../packages/json.ts";
import type { Found } from "../kit/deployment.ts";

/** A definite "no" of an API server, of helm, or of the provider itself, as a sentence. Any other error is an outage. */
export class KubernetesError extends Error {
  override name = "KubernetesError";
}

/** The credential may not do this one thing. */
export class Forbidden extends KubernetesError {}

/** A revision of a release, as helm has recorded it. */
export type Revision = {
  readonly revision: number;
  readonly uid: string;
  /** Another one after each change of what is recorded. */
  readonly version: string;
  /** Of helm: deployed, failed, superseded, pending-install, pending-upgrade, pending-rollback, uninstalling, uninstalled. */
  readonly status: string;
  readonly labels: { readonly [name: string]: string };
  /** Milliseconds since 1970 at which its status changed last. */
  readonly time: number;
};

/** A set of pods that a release describes: a Deployment, StatefulSet or DaemonSet. */
export type Workload = {
  readonly kind: string;
  readonly name: string;
  readonly isReady: boolean;
  /** How far it is: "1 of 3 pods are ready". */
  readonly progress: string;
  /** The labels of its pods: "app=web,tier=front". Empty if it does not exist. */
  readonly selector: string;
  /** How many pods the release describes, and how many it is to have now. Undefined: it does not say, or is of a kind without such a number. */
  readonly described: number | undefined;
  readonly replicas: number | undefined;
};
export type Pod = {
  readonly uid: string;
  readonly name: string;
  /** The workload that it belongs to. */
  readonly workload: string;
  readonly ip: string;
  readonly isReady: boolean;
  /** It is being deleted. */
  readonly isLeaving: boolean;
  /** What keeps it from being ready; empty if nothing is known. */
  readonly reason: string;
};
export type Observed = { readonly workloads: readonly Workload[]; readonly pods: readonly Pod[] };

/** What a revision was made of. */
export type Made = { readonly chart: string; readonly values: JsonObject };

export type Chart = {
  readonly archive: Uint8Array;
  /** In YAML; it may hold secrets. */
  readonly values: string;
  readonly labels: { readonly [name: string]: string };
};

/** One namespace of one API server, with what the provider does there. */
export type Target = {
  readonly namespace: string;
  /** Creates the namespace if it does not exist. */
  readonly ensureNamespace: () => Promise<void>;
  /** Throws what helm would refuse of a chart on this API server, and changes nothing. */
  readonly judge: (release: string, chart: Omit<Chart, "labels">, signal: AbortSignal) => Promise<void>;
  /** The revisions of a release, the newest last; empty: there is no such release. */
  readonly revisions: (release: string) => Promise<readonly Revision[]>;
  /** The chart of a revision, by its name, and the values that its user gave. */
  readonly made: (release: string, revision: number) => Promise<Made>;
  /** The name that a chart gives itself. */
  readonly nameOf: (archive: Uint8Array, signal: AbortSignal) => Promise<string>;
  /** Gives a revision labels, or takes those from it that are null. False: it is not any more as it was read. */
  readonly label: (release: string, revision: Revision, labels: { readonly [name: string]: string | null }) => Promise<boolean>;
  /** Installs a release, or upgrades it. */
  readonly upgrade: (release: string, chart: Chart, signal: AbortSignal) => Promise<void>;
  readonly rollback: (release: string, revision: number, signal: AbortSignal) => Promise<void>;
  readonly uninstall: (release: string, signal: AbortSignal) => Promise<void>;
  /** What the newest revision of a release describes, as it is now. */
  readonly observe: (release: string) => Promise<Observed>;
  /** Where a release is reached, and what is not as helm has made it. `counts`: numbers of pods by workload, other than the chart's. */
  readonly inspect: (release: string, counts: Counts) => Promise<Found>;
  readonly setReplicas: (workload: Pick<Workload, "kind" | "name">, count: number) => Promise<void>;
  /** Has a pod deleted before others when there are to be fewer. */
  readonly giveUp: (pod: string) => Promise<void>;
  /** Labels the volume claims of the StatefulSets of a release, so that they are found when the release is gone. */
  readonly markClaims: (release: string, label: string) => Promise<void>;
  /** Deletes the claims with this label, and with them their data. */
  readonly removeClaims: (label: string) => Promise<void>;
  /** The last bytes that a container of a pod has written; undefined: there is no such pod or container. */
  readonly log: (pod: string, name: string, bytes: number) => Promise<PodLog | undefined>;
  /** Follows what releases are made of, until the signal aborts. `changed` is called without an object when anything may have changed. */
  readonly follow: (changed: (object?: Changed) => void, signal: AbortSignal) => Promise<void>;
};
export type Counts = ReadonlyMap<string, number>;
export type PodLog = { readonly uid: string; readonly log: string };
/** The metadata of an object that has changed. */
export type Changed = { readonly kind: string; readonly metadata: JsonObject };

/** The outside dependencies of the Kubernetes provider. */
export type KubernetesOutside = {
  /** Whether there is a helm that runs here. */
  readonly hasHelm: () => Promise<boolean>;
  /**
   * Opens a namespace with the credential that the cluster's runtime has now, for the time of `use`. Throws a KubernetesError for one that is
   * refused. What is left of a cluster that has ceased may only be removed.
   */
  readonly withTarget: <T>(
    cluster: { readonly clusterId: string; readonly namespace: string; readonly removing?: boolean },
    use: (target: Target) => Promise<T>,
  ) => Promise<T>;
  /** Fetches an archive by digest from the service that stores it. */
  readonly fetchPackage: (owner: string, digest: string) => Promise<Uint8Array>;
  /** Decrypts a secret of a cluster's configuration. */
  readonly open: Edge["open"];
  /** Runs calls to an API server behind the breaker of this key, such as the id of a runtime or of a credential. */
  readonly guarded: <T>(key: string, run: () => Promise<T>) => Promise<T>;
  /** Logs what a watch meets. */
  readonly report: (error: unknown, runtimeId: string) => void;
  /** Says how many releases this instance watches, and how many it looks at in turns, since no instance watches them. */
  readonly watches: (releases: { readonly watched: number; readonly inTurns: number }) => void;
  readonly now: () => number;
  readonly sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  /** Milliseconds that helm may take, and pods to get ready. */
  readonly timeouts: { readonly helm: number; readonly ready: number };
};
