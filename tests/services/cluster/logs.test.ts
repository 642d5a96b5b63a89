import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { ownedBy } from "../../../services/chassis/access/ownership.ts";
import { cluster } from "../../../services/cluster/service.ts";
import { inquiriesOf } from "../../../services/providers/local/inquiries.ts";
import { MachineError, type NodeState } from "../../../services/providers/local/machine/types.ts";
import { provider } from "../../world/toys/provider.ts";
import { served, type World } from "../../world/world.ts";

let world: World;
const asked: (readonly [string, string, number])[] = [];
const node = (nodeId: string): NodeState => ({
  ...{ nodeId, clusterId: "cl-1", role: "web", serverId: 1, address: "127.1.1.1", instanceId: `i-${nodeId}`, directory: "/", package: "" },
  ...{ process: { status: "stopped", restarts: 0 } as const, commands: ["t-1"] },
});
/** A machine with a node. */
const machineOf = (mine: string) => ({
  describe: async (nodeId: string) => (nodeId === mine ? node(nodeId) : undefined),
  logs: async (nodeId: string, name: string, limit: number) => {
    asked.push([nodeId, name, limit]);
    if (name === "gone") throw new MachineError("closed", "closed");
    return "line 1\nline 2\n";
  },
});
const on = (mine: string) =>
  provider(undefined, { outside: async () => ({ open: async () => ({ outside: {}, inquiries: inquiriesOf(machineOf(mine)) }) }) });

before(async () => {
  world = await served([cluster, on("cln-1"), on("cln-2")]);
  const owned = ownedBy({ owner: "usr-1", ownerPath: ":grp-1:usr-1" });
  for (const provider of ["local", "moon"]) {
    await world.put("runtimes", `runtime-${provider}`, { runtime_id: `runtime-${provider}`, provider, ...owned });
    await world.put("clusters", `cl-${provider}`, { cluster_id: `cl-${provider}`, runtime_id: `runtime-${provider}`, ...owned });
  }
  for (const node_id of ["cln-1", "cln-2", "cln-lost"])
    await world.put("clusterNodes", node_id, { node_id, cluster_id: "cl-local", ...owned });
  await world.put("clusterNodes", "cln-moon", { node_id: "cln-moon", cluster_id: "cl-moon", ...owned });
  await world.know("user/usr-1", { kind: "user", roleIds: ["developer"], groupPath: ":grp-1" });
  await world.know("user/usr-2", { kind: "user", roleIds: ["developer"], groupPath: ":grp-1" });
  await world.know("user/usr-3", { kind: "user", roleIds: ["isv"], groupPath: ":grp-1" });
});
after(() => world.stop());

const logs = async (fields: object, userId = "usr-1") => (await world.as(userId)).call("DescribeClusterNodeLogs", fields);

test("the owner of a cluster, the owner's group and administrators read the logs of its nodes, on whichever machine they are", async () => {
  for (const userId of ["usr-1", "usr-3", "system"])
    for (const node_id of ["cln-1", "cln-2"]) {
      const { status, body } = await logs({ node_id }, userId);
      assert.deepEqual([status, body], [200, { node_id, name: "process", log: "line 1\nline 2\n", task_id: ["t-1"] }], userId);
    }
  const { status, error } = await logs({ node_id: "cln-1" }, "usr-2");
  assert.deepEqual([status, error], [403, "error_resource_access_denied"]);
});

test("one may ask for the log of a task, and for so many bytes", async () => {
  assert.equal((await logs({ node_id: "cln-1", name: "t-1", limit: 5 })).body.name, "t-1");
  assert.deepEqual(asked.at(-1), ["cln-1", "t-1", 5]);
  await logs({ node_id: "cln-1" });
  assert.deepEqual(asked.at(-1), ["cln-1", "process", 65_536]);
  for (const limit of ["0", "x", "1048577"]) assert.equal((await logs({ node_id: "cln-1", limit })).status, 400, limit);
});

test("nodes that are not there are not found, what is no node's id is refused, and a provider that is down is an outage", async () => {
  for (const nodeId of ["cln-9", "cln-lost"]) assert.equal((await logs({ node_id: nodeId })).status, 404, nodeId);
  for (const fields of [{ node_id: "cln-moon" }, { node_id: "cln-1", name: "gone" }]) {
    const { status, headers } = await logs(fields);
    assert.deepEqual([status, headers.get("retry-after")], [503, "2"]);
  }
  assert.equal((await logs({ node_id: "../cln-1" })).status, 400);
  assert.equal((await logs({})).error, "missing_parameter");
});
