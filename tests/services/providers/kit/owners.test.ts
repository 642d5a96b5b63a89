import assert from "node:assert/strict";
import { test } from "node:test";
import { ownedBy } from "../../../../services/chassis/access/ownership.ts";
import { clusterOwnersOf } from "../../../../services/providers/kit/read-models.ts";
import { clusterId, clusterStory } from "../../../world/toys/clusters.ts";
import { provider } from "../../../world/toys/provider.ts";

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
