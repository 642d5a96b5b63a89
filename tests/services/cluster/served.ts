import { ownedBy } from "../../../services/chassis/access/ownership.ts";
import { cluster } from "../../../services/cluster/service.ts";
import { announced } from "../../world/announcements.ts";
import { type Caller, ok } from "../../world/requests.ts";
import { served } from "../../world/world.ts";
import { configJson, templateOf } from "../packages/package-fixtures.ts";

export type Operation = Parameters<Caller["call"]>[0];

export const configuration = (count: number) => JSON.stringify({ cluster: { name: "my shop", subnet: "any", web: { count } } });
/** A request for a cluster of two nodes. */
export const wanted = { app_id: "app-1", version_id: "appv-1", runtime_id: "runtime-usr-mine", conf: configuration(2) };

const packaged = {
  ...{ package_digest: "sha256:1", package_owner: "repo", config_json: configJson },
  template: templateOf({ services: { start: { cmd: "run" } } }),
};
const owned = ownedBy({ owner: "usr-dev", ownerPath: ":usr-dev" });
const released = { type: "vmbased", status: "active", visibility: "public", draft: packaged, released: packaged, ...owned };
const versions = {
  "appv-1": { app_id: "app-1" },
  "appv-2": { app_id: "app-1" },
  "appv-other": { app_id: "app-2" },
  "appv-draft": { app_id: "app-1", status: "draft" },
  "appv-suspended": { app_id: "app-1", status: "suspended" },
  "appv-private": { app_id: "app-1", visibility: "private" },
  "appv-gone": { app_id: "app-1", status: "deleted", ...ownedBy({ owner: "usr-mine", ownerPath: ":usr-mine" }) },
};

/** The cluster service over HTTP, with versions and runtimes that it has heard of, and two users with a runtime each. */
export const clusterWorld = async () => {
  const world = await served(cluster);
  await world.put("providers", "local", announced("local", { zones: ["local"] }));
  for (const [version_id, more] of Object.entries(versions)) {
    await world.put("appVersions", version_id, { version_id, ...released, ...more });
    await world.put("packages", `${version_id}@${packaged.package_digest}`, packaged);
  }
  const user = async (id: string): Promise<Caller> => {
    await world.know(`user/${id}`, { kind: "user", roleIds: ["user"] });
    const placed = { provider: "local", zone: "local", runtime_credential_id: "runtimec-1" };
    await world.put("runtimes", `runtime-${id}`, {
      runtime_id: `runtime-${id}`,
      ...placed,
      ...ownedBy({ owner: id, ownerPath: `:${id}` }),
    });
    return world.as(id);
  };
  const [mine, other, system] = [await user("usr-mine"), await user("usr-other"), await world.as("system")];

  const shown = async (cluster_id: string) => (await ok(mine.call("DescribeClusters", { cluster_id }))).cluster_set[0];
  const jobOf = async (job_id: string) => (await ok(mine.call("DescribeJobs", { job_id }))).job_set[0];
  /** The provider has done what the job asked for. */
  const done = async (clusterId: string, jobId: string): Promise<void> => {
    const nodes: readonly { readonly node_id: string }[] = (await shown(clusterId)).cluster_node_set;
    const addresses = nodes.map(({ node_id }) => ({ nodeId: node_id, instanceId: `i-${node_id}`, privateIp: "127.1.1.1" }));
    await world.send("cluster", { type: "CompleteClusterAction", clusterId, jobId, addresses, provider: "local" });
  };
  return {
    ...{ world, mine, other, system, user, shown, jobOf, done },
    /** A cluster of two nodes that runs. */
    running: async (): Promise<string> => {
      const { cluster_id, job_id } = await ok(mine.call("CreateCluster", wanted));
      await world.send("cluster", { type: "DeployCluster", clusterId: cluster_id, jobId: job_id });
      await done(cluster_id, job_id);
      return cluster_id;
    },
    /** Asks for an action on a cluster, and has it done. */
    act: async (operation: Operation, fields: object): Promise<void> => {
      const { cluster_id, job_id } = await ok(mine.call(operation, fields));
      await done(cluster_id, job_id);
    },
  };
};
export type ClusterWorld = Awaited<ReturnType<typeof clusterWorld>>;
