import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Outage } from "../../../events/index.ts";
import { ownedBy } from "../../../services/chassis/access/ownership.ts";
import type { Fields } from "../../../services/chassis/http/fields.ts";
import { cluster } from "../../../services/cluster/service.ts";
import { secretLocation } from "../../../services/packages/secret-markers.ts";
import { announced } from "../../world/announcements.ts";
import { type Caller, ok, refused } from "../../world/requests.ts";
import { provider } from "../../world/toys/provider.ts";
import { served, type World } from "../../world/world.ts";

let world: World;
let mine: Caller;
const asked: Fields[] = [];
let answer: () => Promise<Fields> = async () => ({});
const chart = (fields: Fields): Promise<Fields> => {
  asked.push(fields);
  return answer();
};
/** What the provider finds of a release that is to be taken over. */
let found: Fields = {};
const release = async (fields: Fields): Promise<Fields> => {
  asked.push(fields);
  return found;
};
const packaged = (version: number) => ({ package_digest: `sha256:${version}`, package_owner: "repo", config_json: "", template: "" });

before(async () => {
  world = await served([
    cluster,
    // What it announces is put below.
    {
      ...provider(undefined, { outside: async () => ({ open: async () => ({ outside: {}, inquiries: { chart, release } }) }) }),
      signals: [],
    },
  ]);
  const owned = ownedBy({ owner: "usr-mine", ownerPath: ":usr-mine" });
  await world.put("providers", "local", announced("local", { version_types: ["helm"] }));
  for (const [version, type] of [
    [1, "helm"],
    [2, "helm"],
    [3, "vmbased"],
  ] as const) {
    const about = { version_id: `appv-${version}`, app_id: "app-1", type, status: "active", visibility: "public" };
    await world.put("appVersions", about.version_id, { ...about, draft: packaged(version), released: packaged(version), ...owned });
    await world.put("packages", `${about.version_id}@sha256:${version}`, packaged(version));
  }
  const placed = { provider: "local", zone: "shop", runtime_credential_id: "runtimec-1" };
  await world.put("runtimes", "runtime-1", { runtime_id: "runtime-1", ...placed, ...owned });
  await world.know("user/usr-mine", { kind: "user", roleIds: ["user"] });
  mine = await world.as("usr-mine");
});
after(() => world.stop());

const create = (conf: string) => mine.call("CreateCluster", { app_id: "app-1", version_id: "appv-1", runtime_id: "runtime-1", conf });
const said = "replicas: got string, want integer";
const refuses = async () => ({ refused: said });

test("a chart with values that helm refuses is refused before anything happens, in helm's words", async () => {
  answer = refuses;
  assert.equal(await refused(create("replicas: two"), 400, "validate_failed"), `provider [local] does not take this chart: ${said}`);
  assert.equal(world.of("cluster").database.commits.size, 0);
  const { cluster_id, secrets, ...fields } = asked.at(-1) ?? {};
  assert.match(String(cluster_id), /^cl-/);
  assert.doesNotMatch(JSON.stringify(secrets), /two/, "the values are sealed");
  const about = { package_owner: "repo", package_digest: "sha256:1", runtime_credential_id: "runtimec-1", zone: "shop" };
  assert.deepEqual(fields, { configuration: fields.configuration, ...about });
  await refused(create(" "), 400, "validate_failed");
});

/** The provider has done what a request asked for. */
const done = async ({ cluster_id, job_id }: { readonly cluster_id: string; readonly job_id: string }): Promise<string> => {
  await world.send("cluster", { type: "CompleteClusterAction", clusterId: cluster_id, jobId: job_id, addresses: [], provider: "local" });
  return cluster_id;
};
const eventsOf = (cluster_id: string): number => world.history().filter(({ stream }) => stream === `cluster/${cluster_id}`).length;
const sealedIn = ({ secrets }: Fields = {}) => (secrets as readonly { readonly path: string; readonly sealed: string }[])[0]?.sealed;

test("every action that deploys a chart is judged beforehand, with the values that the cluster keeps, and nothing happens that helm refuses", async () => {
  answer = async () => ({});
  const cluster_id = await done(await ok(create("replicas: 2")));
  const created = asked.at(-1);
  const upgrade = () => mine.call("UpgradeCluster", { cluster_id, version_id: "appv-2" });
  const update = (env: string) => mine.call("UpdateClusterEnv", { cluster_id, env });
  const rollBack = () => mine.call("RollbackCluster", { cluster_id, revision: 1 });
  const refusedBeforehand = async (asks: () => ReturnType<Caller["call"]>): Promise<Fields> => {
    answer = refuses;
    const [before, events] = [asked.length, eventsOf(cluster_id)];
    assert.match(
      await refused(asks(), 400, "validate_failed"),
      /^provider \[local\] does not take this chart: .*got string, want integer$/,
    );
    assert.deepEqual([asked.length, eventsOf(cluster_id)], [before + 1, events]);
    answer = async () => ({});
    return asked.at(-1) ?? {};
  };

  const upgraded = await refusedBeforehand(upgrade);
  assert.deepEqual(upgraded, { ...created, package_digest: "sha256:2" }, "the new chart with the values of the old one");
  assert.deepEqual(await refusedBeforehand(() => update("******")), created);
  assert.notEqual(sealedIn(await refusedBeforehand(() => update("replicas: two"))), sealedIn(created));

  await done(await ok(upgrade()));
  await done(await ok(update("replicas: 3")));
  assert.notEqual(sealedIn(asked.at(-1)), sealedIn(created));
  assert.deepEqual(await refusedBeforehand(rollBack), created, "a revision with its own values");
  const deletion = await ok(mine.call("DeleteClusters", { cluster_id: [cluster_id] }));
  await done({ cluster_id, job_id: deletion.job_id[0] });
  const recovered = await refusedBeforehand(() => mine.call("RecoverClusters", { cluster_id: [cluster_id] }));
  assert.equal(recovered.package_digest, "sha256:2");
});

test("what the cluster service refuses itself is not judged, nor what deploys nothing", async () => {
  const cluster_id = await done(await ok(create("replicas: 2")));
  const { cluster_id: pending } = await ok(create("replicas: 2"));
  const before = asked.length;
  const same = mine.call("UpgradeCluster", { cluster_id, version_id: "appv-1" });
  assert.match(await refused(same, 400, "validate_failed"), /already runs version appv-1/);
  await refused(mine.call("UpgradeCluster", { cluster_id: pending, version_id: "appv-2" }), 403, "resource_transition_status");
  await ok(mine.call("StopClusters", { cluster_id: [cluster_id] }));
  assert.equal(asked.length, before);
});

test("whose API server is down holds up no judgement about another one", async () => {
  answer = async () => {
    throw new Error("the API server answers 503");
  };
  for (let each = 0; each < 8; each++) await ok(create("replicas: two"));
  answer = refuses;
  await refused(create("replicas: two"), 400, "validate_failed");
});

test("a provider that does not answer holds up nothing", async () => {
  answer = async () => {
    throw new Outage("the API server is down");
  };
  await ok(create("replicas: 3"));
});

const wanted = { app_id: "app-1", version_id: "appv-1", runtime_id: "runtime-1", conf: "replicas: 3", adopt_release: "shop" };
const adopt = (more: object = {}) => mine.call("CreateCluster", { ...wanted, ...more });
const values = JSON.stringify({ image: "web:1", db: { user: "shop" } });

test("a cluster takes over a release with its values, the configuration laid over them, and is the provider's to judge as such", async () => {
  answer = async () => ({});
  found = { revision: "uid-7", values };
  const { cluster_id, job_id } = await ok(adopt({ zone: "elsewhere" }));
  const [first, second] = asked.slice(-2);
  const about = {
    package_owner: "repo",
    package_digest: "sha256:1",
    runtime_credential_id: "runtimec-1",
    zone: "elsewhere",
    release: "shop",
  };
  assert.deepEqual(first, about);
  assert.deepEqual({ ...second, ...about }, second, "the chart is judged under the name of the release");
  const deployments = () =>
    world
      .history()
      .flatMap(({ event }) => ("deployment" in event && "clusterId" in event && event.clusterId === cluster_id ? [event.deployment] : []));
  const [requested] = deployments();
  assert.deepEqual(Object(requested).adopted, { release: "shop", revision: "uid-7" });
  assert.doesNotMatch(JSON.stringify(requested), /web:1/, "the values are sealed");
  const [secret] = Object(requested).secrets;
  const opened = await world.of("cluster").host.edge.sealing.open(secret.sealed, secretLocation(cluster_id, ""));
  assert.deepEqual(JSON.parse(opened), { image: "web:1", db: { user: "shop" }, replicas: 3 });
  await world.send("cluster", { type: "DeployCluster", clusterId: cluster_id, jobId: job_id });
  await world.send("cluster", { type: "CompleteClusterAction", clusterId: cluster_id, jobId: job_id, addresses: [], provider: "local" });
  await ok(mine.call("DeleteClusters", { cluster_id: [cluster_id] }));
  assert.deepEqual(Object(deployments().at(-1)).adopted, { release: "shop", revision: "" }, "from now on it is the cluster's own");
});

test("what the provider does not find, or another cluster has, is not taken over, and nothing happens", async () => {
  const commits = world.of("cluster").database.commits.size;
  const why = async (given: Fields, more: object = {}): Promise<string> => {
    found = given;
    return refused(adopt(more), 400, "validate_failed");
  };
  assert.equal(
    await why({ refused: "namespace shop has no release shop" }),
    "release [shop] cannot be taken over: namespace shop has no release shop",
  );
  const owner = (id: string) => ownedBy({ owner: id, ownerPath: `:${id}` });
  await world.put("clusters", "cl-theirs", { cluster_id: "cl-theirs", ...owner("usr-other") });
  await world.put("clusters", "cl-mine", { cluster_id: "cl-mine", ...owner("usr-mine") });
  assert.equal(await why({ cluster: "cl-mine" }), "release [shop] belongs to cluster [cl-mine]");
  for (const cluster of ["cl-theirs", "cl-of-another-platform"])
    assert.equal(await why({ cluster }), "release [shop] belongs to another cluster");
  assert.match(await why({ revision: "uid-7", values: JSON.stringify({ a: "x".repeat(65_536) }) }), /are longer than 65536 characters$/);
  assert.match(
    await why({ revision: "uid-7", values }, { conf: "replicas: 0x10" }),
    /^the configuration has in line 1 what is not the same for all readers/,
  );
  assert.match(await why({}, { version_id: "appv-3" }), /^only a version of a chart takes over a release/);
  for (const adopt_release of ["../x", "-x", "Shop", "x".repeat(54)])
    await refused(adopt({ adopt_release }), 400, "illegal_parameter_format");
  assert.equal(world.of("cluster").database.commits.size, commits);
});
