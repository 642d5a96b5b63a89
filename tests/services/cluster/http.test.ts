import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { cluster } from "../../../services/cluster/service.ts";
import { served, type World } from "../chassis/world.ts";

let world: World;
let system: Awaited<ReturnType<World["as"]>>;
before(async () => {
  world = await served(cluster);
  system = await world.as("system");
});
after(() => world.stop());

type Rows = { readonly cluster_set?: readonly { readonly cluster_id: string }[] };
const ids = ({ body }: { readonly body: Rows }) => (body.cluster_set ?? []).map(({ cluster_id }) => cluster_id);

test("clusters are filtered by their age in days, and by a time since", async () => {
  const hoursAgo = (hours: number) => new Date(Date.now() - hours * 3_600_000).toISOString();
  for (const [id, hours] of [
    ["cl-now", 1],
    ["cl-yesterday", 30],
    ["cl-old", 240],
  ] as const)
    await world.put("clusters", id, { cluster_id: id, app_id: "app-aged", create_time: hoursAgo(hours) });
  for (const operation of ["DescribeClusters", "DescribeAppClusters"] as const) {
    const younger = async (created_date: number) => ids(await system.call(operation, { app_id: "app-aged", created_date }));
    assert.deepEqual(await younger(1), ["cl-now"]);
    assert.deepEqual(await younger(2), ["cl-now", "cl-yesterday"]);
    for (const everything of [0, -1, 30, Number.MAX_SAFE_INTEGER])
      assert.deepEqual(await younger(everything), ["cl-now", "cl-yesterday", "cl-old"], String(everything));
  }
  const since = (min_create_time: string, more = {}) => system.call("DescribeClusters", { app_id: "app-aged", min_create_time, ...more });
  // The same moment, as a clock in Shanghai shows it.
  const shanghai = `${new Date(Date.now() - 40 * 3_600_000 + 8 * 3_600_000).toISOString().slice(0, 19)}+08:00`;
  assert.deepEqual(ids(await since(hoursAgo(40))), ["cl-now", "cl-yesterday"]);
  assert.deepEqual(ids(await since(shanghai)), ["cl-now", "cl-yesterday"]);
  assert.deepEqual(ids(await since(shanghai, { created_date: 1 })), ["cl-now"]);
  assert.equal((await since("yesterday")).error, "illegal_parameter_format");
});
