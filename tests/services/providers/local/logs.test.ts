import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { ownedBy } from "../../../../services/chassis/access/ownership.ts";
import { clusterOwnersOf } from "../../../../services/providers/kit/read-models.ts";
import { http, type Shown } from "../../../../services/providers/local/http.ts";
import { MachineError, type NodeState } from "../../../../services/providers/local/machine/types.ts";
import { clusterId, clusterStory } from "../../../world/toys/clusters.ts";
import { provider } from "../../../world/toys/provider.ts";
import { served, type World } from "../../../world/world.ts";

let world: World;
const asked: (readonly [string, string, number])[] = [];
const node = (nodeId: string, clusterId: string): NodeState => ({
  ...{ nodeId, clusterId, role: "web", serverId: 1, address: "127.1.1.1", instanceId: `i-${nodeId}`, directory: "/", package: "" },
  ...{ process: { status: "stopped", restarts: 0 } as const, commands: ["t-1"] },
});
const nodes = new Map([node("cln-1", "cl-1"), node("cln-2", "cl-unknown")].map((each) => [each.nodeId, each]));
const machine = {
  describe: async (nodeId: string) => nodes.get(nodeId),
  logs: async (nodeId: string, name: string, limit: number) => {
    asked.push([nodeId, name, limit]);
    if (name === "gone") throw new MachineError("closed", "closed");
    return "line 1\nline 2\n";
  },
};

before(async () => {
  const service = provider<Shown>(undefined, { projections: [clusterOwnersOf("local")], http });
  world = await served([{ service, outside: () => ({ machine }) }]);
  await world.put("clusterOwners", "cl-1", { cluster_id: "cl-1", ...ownedBy({ owner: "usr-1", ownerPath: ":grp-1:usr-1" }) });
  await world.know("user/usr-1", { kind: "user", roleIds: ["developer"], groupPath: ":grp-1" });
  await world.know("user/usr-2", { kind: "user", roleIds: ["developer"], groupPath: ":grp-1" });
  await world.know("user/usr-3", { kind: "user", roleIds: ["isv"], groupPath: ":grp-1" });
});
after(() => world.stop());

const logs = async (fields: object, userId = "usr-1") => (await world.as(userId)).call("DescribeClusterNodeLogs", fields);

test("the owner of a cluster, the owner's group and administrators read the logs of its nodes", async () => {
  for (const userId of ["usr-1", "usr-3", "system"]) {
    const { status, body } = await logs({ node_id: "cln-1" }, userId);
    assert.deepEqual([status, body], [200, { node_id: "cln-1", name: "process", log: "line 1\nline 2\n", task_id: ["t-1"] }], userId);
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

test("nodes that are not there are not found, and what is no node's id is refused", async () => {
  for (const nodeId of ["cln-9", "cln-2"]) assert.equal((await logs({ node_id: nodeId })).status, 404, nodeId);
  assert.equal((await logs({ node_id: "../cln-1" })).status, 400);
  assert.equal((await logs({})).error, "missing_parameter");
});

test("whose a cluster is, is kept for this provider's clusters, and whether they have ceased", async () => {
  const platform = await clusterStory({ service: provider(undefined, { projections: [clusterOwnersOf("local")] }) });
  const owners = async () => (await platform.documents("provider-local", "clusterOwners")).map(({ value }) => value);
  const kept = { cluster_id: clusterId, ceased: false, runtime_id: "runtime-1", ...ownedBy({ owner: "usr-1", ownerPath: ":usr-1" }) };
  assert.deepEqual(await owners(), [kept]);
  await platform.send("cluster", { type: "DeleteCluster", clusterId, jobId: "j-2", force: false });
  await platform.settle();
  assert.equal((await owners()).length, 1);
  await platform.send("cluster", { type: "CeaseCluster", clusterId, jobId: "j-3", force: false });
  await platform.settle();
  assert.deepEqual(await owners(), [{ ...kept, ceased: true }]);
  await platform.stop();
});
