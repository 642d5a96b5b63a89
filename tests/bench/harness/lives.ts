import type { ClusterEvent, ClusterRole, Deployment as ClusterSpec, LifecycleService } from "../../../schemas/generated/events.ts";

/** An event of a made-up history of real events, with what travels beside it. */
export type Lived = {
  readonly stream: string;
  readonly version: number;
  readonly time: string;
  readonly owner: string;
  readonly row: string;
  readonly actionId: string;
  readonly event: ClusterEvent;
};

/** Events in the life of each cluster. */
export const eventsOfALife = 20;
/** How many sit at the same time. */
const underWay = 256;
const secondsBetween = 0.05;
const beginning = Date.UTC(2026, 0, 1);

const lifecycle = (name: string, command: string, order: number): LifecycleService => ({
  ...{ name, command, order, timeoutSeconds: 600, postStart: false, nodesToExecuteOn: 0 },
});
const role = (name: string, size: number, port: number): ClusterRole => ({
  ...{ role: name, cpu: size, memory: size * 2048, gpu: 0, storageSize: 10 * size, mountPoint: "/data" },
  ...{ image: `img-${name}`, serverIdUpperBound: 255, verticalScalingPolicy: "sequential", env: { PORT: String(port) } },
  services: [lifecycle("init", `/opt/${name}/bin/init`, 0), lifecycle("start", `/opt/${name}/bin/start`, 1)],
  healthCheck: { command: `/opt/${name}/bin/check`, intervalSeconds: 10, timeoutSeconds: 60 },
});

const nodesOf = (cluster: number) =>
  ["web", "web", "database"].map((name, index) => ({
    ...{ nodeId: `cln-${cluster}-${index + 1}`, name: `${name}-${index + 1}`, role: name, serverId: index + 1 },
  }));
const addressesOf = (cluster: number) =>
  nodesOf(cluster).map(({ nodeId }, index) => ({ nodeId, instanceId: `i-${nodeId}`, privateIp: `10.0.${cluster % 256}.${index + 1}` }));

const ownerOf = (cluster: number): string => `usr-${cluster % 100}`;
const deploymentOf = (cluster: number, revision: number): ClusterSpec => ({
  ...{ provider: "local", runtimeId: `runtime-${cluster % 50}`, zone: "local", runtimeCredentialId: `runtimec-${cluster % 50}` },
  ...{ owner: ownerOf(cluster), ownerPath: `:${ownerOf(cluster)}` },
  ...{ name: `shop ${cluster}`, appId: `app-${cluster % 200}`, versionId: `appv-${cluster % 200}-${revision}`, versionType: "vmbased" },
  ...{ packageDigest: `sha256:${String(cluster % 200).padStart(64, "0")}`, packageOwner: "repo" },
  ...{ configuration: JSON.stringify({ name: `shop ${cluster}`, revision }), secrets: [], env: { REVISION: String(revision) } },
  roles: [role("web", 1 + (cluster % 4), 9080), role("database", 2, 3306)],
  nodes: nodesOf(cluster),
  endpoints: [{ name: "http", port: 9080, protocol: "http" }],
  scales: [],
  adopted: null,
});

type Sitting = readonly { readonly row: string; readonly actionId: string; readonly event: ClusterEvent }[];

/** What happens to a cluster in its life: it is set up, much later started anew because a node fails, and in the end upgraded. */
const sittingsOf = (cluster: number): readonly Sitting[] => {
  const clusterId = `cl-${cluster}`;
  const owner = ownerOf(cluster);
  const [first, changed, upgraded] = [deploymentOf(cluster, 1), deploymentOf(cluster, 2), deploymentOf(cluster, 3)];
  const addresses = addressesOf(cluster);
  const nodeId = `cln-${cluster}-1`;
  const nodeIds = addresses.map((address) => address.nodeId);
  const named = { name: `shop ${cluster}`, description: "made for a measurement" };
  type At = { readonly clusterId: string; readonly jobId: string };
  const action = (number: number, row: string, events: (at: At) => readonly ClusterEvent[]): Sitting => {
    const actionId = `j-${cluster}-${number}`;
    return events({ clusterId, jobId: actionId }).map((event) => ({ row, actionId, event }));
  };
  const started = (at: At): ClusterEvent => ({ type: "ClusterActionStarted", ...at, taskCount: 6 });
  return [
    [
      ...action(1, "CreateCluster", (at) => [
        { type: "ClusterRequested", ...at, ...named, deployment: first, debug: false, owner, ownerPath: `:${owner}` },
        { type: "ClusterDeploymentRequested", ...at, deployment: first },
        started(at),
        { type: "ClusterActivated", ...at, addresses },
      ]),
      ...action(2, "UpdateClusterEnv", (at) => [
        { type: "ClusterEnvUpdateRequested", ...at, deployment: changed },
        started(at),
        { type: "ClusterEnvUpdated", ...at, deployment: changed, addresses, revision: 2 },
      ]),
      ...action(3, "ModifyClusterAttributes", () => [
        { type: "ClusterAttributesModified", clusterId, name: `shop ${cluster}, renamed`, description: "renamed" },
        { type: "ClusterNodeRenamed", clusterId, nodeId, name: "the first" },
      ]),
    ],
    [
      ...action(4, "signal", () => [
        { type: "ClusterNodeFailed", clusterId, nodeId, reason: "its process ended" },
        { type: "ClusterNodeRecovered", clusterId, nodeId },
      ]),
      ...action(5, "StopClusters", (at) => [
        { type: "ClusterStopRequested", ...at, deployment: changed },
        started(at),
        { type: "ClusterStopped", ...at, nodeIds },
      ]),
      ...action(6, "StartClusters", (at) => [
        { type: "ClusterStartRequested", ...at, deployment: changed },
        started(at),
        { type: "ClusterActivated", ...at, addresses },
      ]),
    ],
    action(7, "UpgradeCluster", (at) => [
      { type: "ClusterUpgradeRequested", ...at, deployment: upgraded },
      started(at),
      { type: "ClusterUpgraded", ...at, deployment: upgraded, addresses, revision: 3 },
    ]),
  ];
};

/** Numbers that look random and are the same in every run (mulberry32). */
const chance = (seed: number) => {
  let state = seed;
  return (below: number): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
};

type UnderWay = { readonly cluster: number; readonly sitting: Sitting; next: number };

/** The order in which clusters are sat down to: each as often as its life has sittings, drawn from all that is left. */
const turnsOf = (clusters: number, draw: (below: number) => number): Uint32Array => {
  const turns = Uint32Array.from({ length: clusters * sittingsOf(0).length }, (_, index) => index % clusters);
  for (let index = turns.length - 1; index > 0; index--) {
    const other = draw(index + 1);
    const kept = turns[index] ?? 0;
    turns[index] = turns[other] ?? 0;
    turns[other] = kept;
  }
  return turns;
};

/**
 * The history of so many clusters, 20 events each, always the same. People sit down to a cluster three times, far apart; `underWay` of them
 * sit at the same time, and their events mingle. So a cluster's events come in bursts of 9, 8 and 3.
 */
export function* lives(clusters: number): Generator<Lived> {
  const draw = chance(4711);
  const turns = turnsOf(clusters, draw);
  const done = new Uint8Array(clusters);
  const versions = new Uint32Array(clusters);
  const busy = new Set<number>();
  const current: UnderWay[] = [];
  let waiting: number[] = [];
  let turn = 0;
  const sitDown = (cluster: number): void => {
    if (busy.has(cluster)) {
      waiting.push(cluster);
      return;
    }
    const number = done[cluster] ?? 0;
    done[cluster] = number + 1;
    busy.add(cluster);
    current.push({ cluster, sitting: sittingsOf(cluster)[number] ?? [], next: 0 });
  };
  for (let count = 0; ; count++) {
    while (current.length < underWay && turn < turns.length) sitDown(turns[turn++] ?? 0);
    if (current.length === 0) return;
    const chosen = draw(current.length);
    const acting = current[chosen];
    const happened = acting?.sitting[acting.next];
    if (!acting || !happened) throw new Error("nothing happens in a sitting");
    const version = (versions[acting.cluster] ?? 0) + 1;
    versions[acting.cluster] = version;
    const time = new Date(beginning + count * secondsBetween * 1000).toISOString();
    yield { ...happened, stream: `cluster/cl-${acting.cluster}`, version, time, owner: `usr-${acting.cluster % 100}` };
    acting.next += 1;
    if (acting.next < acting.sitting.length) continue;
    busy.delete(acting.cluster);
    current[chosen] = current.at(-1) ?? acting;
    current.pop();
    // Who had to wait for the cluster is next.
    const again = waiting;
    waiting = [];
    for (const cluster of again) sitDown(cluster);
  }
}
