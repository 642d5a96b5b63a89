import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { ok } from "../../world/requests.ts";
import { type ClusterWorld, clusterWorld } from "./served.ts";

let world: ClusterWorld["world"];
let running: ClusterWorld["running"];
let system: ClusterWorld["system"];
let mine: ClusterWorld["mine"];
let other: ClusterWorld["other"];
let user: ClusterWorld["user"];
before(async () => {
  ({ world, running, system, mine, other, user } = await clusterWorld());
});
after(() => world.stop());

const ids = ({ body }: { readonly body: { readonly cluster_set?: readonly { readonly cluster_id: string }[] } }) =>
  (body.cluster_set ?? []).map(({ cluster_id }) => cluster_id);

test("the nodes and the jobs of a cluster are listed by it", async () => {
  const cluster_id = await running();
  const { cluster_node_set: nodes, total_count } = await ok(mine.call("DescribeClusterNodes", { cluster_id, status: "active" }));
  assert.deepEqual([total_count, new Set(nodes.map(({ role }: { role: string }) => role))], [2, new Set(["web"])]);
  assert.equal((await ok(mine.call("DescribeClusterNodes", { cluster_id, status: "stopped" }))).total_count, undefined);
  const { job_set: jobs } = await ok(mine.call("DescribeJobs", { cluster_id, status: ["successful", "failed"] }));
  assert.deepEqual(
    jobs.map(({ job_action, provider }: { job_action: string; provider: string }) => [job_action, provider]),
    [["CreateCluster", "local"]],
  );
});

test("tasks come in the order of their creation, whatever is asked; and of the job's own provider, whatever another one says", async () => {
  const task = { provider: "local", job_id: "j-tasks", task_action: "StartService", owner: "usr-mine" };
  await world.put("jobs", "j-tasks", { job_id: "j-tasks", provider: "local", owner: "usr-mine" });
  await world.put("jobs", "j-others", { job_id: "j-others", provider: "other", owner: "usr-other" });
  for (const [index, forged] of [{ provider: "other" }, { job_id: "j-none" }, { provider: "other", job_id: "j-others" }].entries())
    await world.put("tasks", `t-forged-${index}`, { ...task, ...forged, task_id: `t-forged-${index}` });
  for (const [task_id, create_time] of [
    ["t-2", "2026-01-01T00:00:02.000Z"],
    ["t-1", "2026-01-01T00:00:01.000Z"],
  ] as const)
    await world.put("tasks", task_id, { ...task, task_id, create_time });
  const { task_set } = await ok(mine.call("DescribeTasks", { job_id: "j-tasks", reverse: true }));
  assert.deepEqual(
    task_set.map(({ task_id }: { task_id: string }) => task_id),
    ["t-1", "t-2"],
  );
  assert.deepEqual((await ok(mine.call("DescribeTasks", { search_word: "t-forged" }))).task_set ?? [], []);
  assert.equal(Reflect.has(task_set[0], "provider"), false);
  assert.equal((await ok(other.call("DescribeTasks", { job_id: "j-tasks" }))).total_count, undefined);
});

test("statistics count the clusters that are there and that the caller sees", async () => {
  const counting = await user("usr-counting");
  const create_time = new Date().toISOString();
  for (const [id, app_id, status] of [
    ["cl-a", "app-1", "active"],
    ["cl-b", "app-1", "stopped"],
    ["cl-c", "app-2", "pending"],
    ["cl-d", "app-2", "ceased"],
  ] as const)
    await world.put("clusters", id, { cluster_id: id, app_id, status, runtime_id: "runtime-1", owner: "usr-counting", create_time });
  const statistics = await ok(counting.call("GetClusterStatistics"));
  assert.deepEqual([statistics.cluster_count, statistics.runtime_count], [3, 1]);
  assert.deepEqual([statistics.top_ten_apps, statistics.top_ten_runtimes], [{ "app-1": 2, "app-2": 1 }, { "runtime-1": 3 }]);
  assert.equal(statistics.last_two_week_created[create_time.slice(0, 10)], 3);
});

test("lists are filtered and searched", async () => {
  for (const [id, name, zone] of [
    ["cl-north", "Pelican", "north"],
    ["cl-south", "Parrot", "south"],
  ] as const)
    await world.put("clusters", id, { cluster_id: id, name, zone, app_id: "app-listed", owner: "usr-listed", status: "stopped" });
  const find = async (fields: object) => ids(await system.call("DescribeClusters", { owner: "usr-listed", ...fields })).toSorted();
  assert.deepEqual(await find({}), ["cl-north", "cl-south"]);
  assert.deepEqual(await find({ zone: ["north", "west"] }), ["cl-north"]);
  assert.deepEqual(await find({ search_word: "PARR" }), ["cl-south"]);
  assert.deepEqual(await find({ search_word: "cl-north" }), ["cl-north"]);
  assert.deepEqual(await find({ status: "active" }), []);
  assert.deepEqual(ids(await system.call("DescribeAppClusters", { app_id: "app-listed", search_word: "Pelican" })), ["cl-north"]);
});

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
