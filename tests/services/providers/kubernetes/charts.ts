import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { pack } from "../../../../services/packages/archive.ts";
import { root } from "../../../root.ts";

/** The charts of `tests/charts`: one behaviour each. */
export const chartFolder = join(root, "tests/charts");

/** Packs such a chart, with other files in the places of some. */
export const archiveOfChart = (name: string, others: { readonly [path: string]: string } = {}): Promise<Uint8Array> => {
  const paths = readdirSync(join(chartFolder, name), { recursive: true, encoding: "utf8" }).map((path) => join(name, path));
  const files = paths.filter((path) => statSync(join(chartFolder, path)).isFile());
  const given = Object.entries(others).map(([path, text]) => [join(name, path), new TextEncoder().encode(text)] as const);
  return pack(new Map([...files.map((path) => [path, new Uint8Array(readFileSync(join(chartFolder, path)))] as const), ...given]));
};

type Names = { readonly [kind: string]: readonly string[] };
/** What must come out of a chart. */
export type Outcome = {
  readonly chart: string;
  readonly values?: string;
  /** Why it is not deployed; else it is. */
  readonly fails?: RegExp;
  /** The nodes of the cluster, by role. */
  readonly nodes?: { readonly [role: string]: number };
  /** What the namespace has then, by kind, of the kinds that are named. */
  readonly holds?: Names;
  /** What it still has of all kinds when the cluster is deleted. */
  readonly leaves?: Names;
};

export const outcomes: readonly Outcome[] = [
  { chart: "hooks", nodes: { web: 1 }, holds: { Job: [], ConfigMap: ["kept"] }, leaves: { ConfigMap: ["kept"] } },
  {
    chart: "failing-hook",
    fails: /pre-install.*(?:failed|BackoffLimitExceeded).*; hook migrate said: no such table$/i,
    holds: { Deployment: [], Job: ["migrate"] },
    leaves: { Job: ["migrate"] },
  },
  { chart: "crds", nodes: { web: 1 }, holds: { Room: ["room"] } },
  { chart: "subcharts", nodes: { web: 1, sessions: 2, pages: 1 } },
  {
    chart: "stateful",
    nodes: { db: 2 },
    holds: { Service: ["db"] },
    leaves: { PersistentVolumeClaim: ["data-db-0", "data-db-1"] },
  },
  { chart: "jobs", nodes: {}, holds: { Job: ["once"], CronJob: ["nightly"] } },
  { chart: "daemon", nodes: { agent: 1 } },
  { chart: "described", nodes: { web: 1 }, holds: { CronJob: ["nightly"], Ingress: ["web"], Role: ["web"] } },
  { chart: "never-ready", fails: /^not ready within 1 s: Deployment web \(0 of 1 pods are ready\)/, nodes: { web: 1 } },
  { chart: "missing-image", fails: /ImagePullBackOff: container web of image missing\/web:1/, nodes: { web: 1 } },
  { chart: "crash-loop", fails: /CrashLoopBackOff: container web of image web:1, which ended with code 1/, nodes: { web: 1 } },
  { chart: "unschedulable", fails: /Pending: 0\/1 nodes are available: .*node affinity\/selector/, nodes: { web: 1 } },
  { chart: "schema", values: "replicas: 2", nodes: { web: 2 } },
  { chart: "schema", values: "replicas: 9", fails: /replicas/, holds: { Deployment: [] } },
  { chart: "pull-secrets", fails: /ImagePullBackOff: container web of image private\/web:1/, nodes: { web: 1 } },
  { chart: "pull-secrets", values: "login: bWU6c2VjcmV0", nodes: { web: 1 } },
  { chart: "notes", nodes: { web: 1 } },
  { chart: "notes", values: "host: null", fails: /host is needed/, holds: { Deployment: [] } },
  { chart: "newer-kubernetes", fails: /requires kubeVersion: >=1\.99\.0/, holds: { Deployment: [] } },
];
