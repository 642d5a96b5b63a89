import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { ownedBy } from "../../../services/chassis/access/ownership.ts";
import { KeyGone } from "../../../services/chassis/access/sealing.ts";
import type { Cluster } from "../../../services/cluster/state.ts";
import { markerOf, secretLocation } from "../../../services/packages/secret-markers.ts";
import { eventually } from "../../eventually.ts";
import { ok, refused } from "../../world/requests.ts";
import { configJson, templateOf } from "../packages/package-fixtures.ts";
import { type ClusterWorld, clusterWorld, wanted } from "./served.ts";

const PATH = "env.secret";
let clusters: ClusterWorld;
const conf = (secret: unknown, more: object = {}) => JSON.stringify({ cluster: { subnet: "any" }, env: { secret, ...more } });
const withTemplate = async (version: string, digest: string, node: object, cluster: object = {}) => {
  const packaged = {
    package_digest: digest,
    package_owner: "repo",
    config_json: configJson,
    template: templateOf({ ...node }, { ...cluster }),
  };
  const document = {
    version_id: version,
    app_id: "app-1",
    type: "vmbased",
    status: "active",
    visibility: "public",
    ...ownedBy({ owner: "usr-dev", ownerPath: ":usr-dev" }),
  };
  await clusters.world.put("appVersions", version, { ...document, draft: packaged, released: packaged });
  await clusters.world.put("packages", `${version}@${digest}`, packaged);
};
before(async () => {
  clusters = await clusterWorld();
  const start = { services: { start: { cmd: "run" } } };
  const env = { URL: "db://me:{{env.secret}}@host" };
  await withTemplate("appv-secret", "sha256:s", start, { env });
  await withTemplate("appv-next", "sha256:n", start, { env });
  await withTemplate("appv-argv", "sha256:a", { services: { start: { cmd: "run --password={{env.secret}}" } } });
  await withTemplate("appv-check", "sha256:c", { ...start, health_check: { check_cmd: "check {{env.secret}}" } });
  await withTemplate("appv-name", "sha256:m", { ...start, role: "{{env.secret}}" });
  await withTemplate("appv-deep", "sha256:d", { ...start, env: { deep: { password: "{{env.secret}}" } } });
});
after(() => clusters.world.stop());

const create = (version_id: string, secret: unknown) => clusters.mine.call("CreateCluster", { ...wanted, version_id, conf: conf(secret) });
const running = async (secret: string): Promise<string> => {
  const { cluster_id, job_id } = await ok(create("appv-secret", secret));
  await clusters.world.send("cluster", { type: "DeployCluster", clusterId: cluster_id, jobId: job_id });
  await clusters.done(cluster_id, job_id);
  return cluster_id;
};
const stateOf = async (id: string) => {
  const { state } = await clusters.world.of().instance.state("cluster", `cluster/${id}`);
  const cluster = state as Cluster; // The decider of this service made it.
  assert.ok(cluster.status !== "absent");
  return cluster;
};
const sealedOf = async (id: string) => (await stateOf(id)).deployment.secrets[0]?.sealed ?? assert.fail("there is no secret");
const opened = async (id: string, sealed: Awaited<ReturnType<typeof sealedOf>>) =>
  clusters.world.of().host.edge.sealing.open(sealed, secretLocation(id, PATH));
const dies = (id: string, sealed: Awaited<ReturnType<typeof sealedOf>>) =>
  eventually("the key is destroyed", () =>
    opened(id, sealed).then(
      () => false,
      (error) => error instanceof KeyGone,
    ),
  );

test("a password is sealed for its cluster and its path, and nobody is shown it", async () => {
  const id = await running("hunter2");
  const { deployment } = await stateOf(id);
  assert.equal(deployment.env.URL, `db://me:${markerOf(PATH)}@host`);
  assert.equal(await opened(id, await sealedOf(id)), "hunter2");
  const shown = await clusters.shown(id);
  assert.equal(JSON.parse(shown.env).env.secret, "******");
  assert.doesNotMatch(JSON.stringify(shown), /hunter2|<secret:/);
  for (const { event } of clusters.world.history()) assert.doesNotMatch(JSON.stringify(event), /hunter2/);
});

test("asterisks keep the password, another one takes its place, and asterisks of nothing are refused", async () => {
  const id = await running("first");
  const first = await sealedOf(id);
  await clusters.act("UpdateClusterEnv", { cluster_id: id, env: conf("******", { load: 0.75 }) });
  assert.equal(await sealedOf(id), first);
  assert.equal(await opened(id, first), "first");
  await clusters.act("UpdateClusterEnv", { cluster_id: id, env: conf("second") });
  assert.equal(await opened(id, await sealedOf(id)), "second");
  await dies(id, first);
  await refused(create("appv-secret", "******"), 400, "validate_failed");
});

test("an input that holds a marker is refused, and so is a package that shows a password", async () => {
  await refused(create("appv-secret", markerOf("env.other")), 400, "validate_failed");
  await refused(
    clusters.mine.call("UpdateClusterEnv", { cluster_id: await running("x"), env: conf(markerOf(PATH)) }),
    400,
    "validate_failed",
  );
  for (const version of ["appv-argv", "appv-check", "appv-name", "appv-deep"]) {
    const answer = await create(version, "hunter2");
    assert.deepEqual([answer.status, answer.error], [400, "validate_failed"]);
    assert.match(answer.body.error, /uses a setting of type password outside of the texts of env/);
  }
});

test("text that would be cut at a NUL is refused before anything is committed", async () => {
  const answer = await create("appv-secret", "a\0b");
  assert.deepEqual([answer.status, answer.error], [400, "validate_failed"]);
});

test("a key lives as long as its cluster may be rolled back to it, and dies with the cluster", async () => {
  const id = await running("before");
  const before = await sealedOf(id);
  await clusters.act("UpgradeCluster", { cluster_id: id, version_id: "appv-next" });
  assert.equal(await sealedOf(id), before);
  await clusters.act("UpdateClusterEnv", { cluster_id: id, env: conf("after") });
  const after = await sealedOf(id);
  assert.equal(await opened(id, before), "before");
  await clusters.act("RollbackCluster", { cluster_id: id });
  assert.equal(await sealedOf(id), before);
  await dies(id, after);
  assert.equal(await opened(id, before), "before");
  for (const operation of ["DeleteClusters", "CeaseClusters"] as const) {
    const { job_id } = await ok(clusters.mine.call(operation, { cluster_id: [id] }));
    await clusters.done(id, job_id[0]);
  }
  await dies(id, before);
});

test("whoever goes back to a revision whose password is destroyed keeps the present one", async () => {
  const id = await running("first");
  const first = await sealedOf(id);
  await clusters.act("UpdateClusterEnv", { cluster_id: id, env: conf("second", { load: 0.75 }) });
  await dies(id, first);
  const second = await sealedOf(id);
  await clusters.act("RollbackCluster", { cluster_id: id, revision: 1 });
  assert.equal(await sealedOf(id), second);
  assert.equal(await opened(id, second), "second");
  assert.doesNotMatch((await clusters.shown(id)).env, /0.75/);
});

test("a password of a failed change lives on until another change succeeds, since nodes may have it", async () => {
  const id = await running("first");
  const first = await sealedOf(id);
  const { job_id } = await ok(clusters.mine.call("UpdateClusterEnv", { cluster_id: id, env: conf("failed") }));
  const failed = (await stateOf(id)).action?.deployment.secrets[0]?.sealed ?? assert.fail();
  await clusters.world.send("cluster", { type: "FailClusterAction", clusterId: id, jobId: job_id, reason: "no", provider: null });
  assert.equal(await opened(id, failed), "failed");
  await clusters.act("UpdateClusterEnv", { cluster_id: id, env: conf("third") });
  await dies(id, failed);
  await dies(id, first);
  assert.equal(await opened(id, await sealedOf(id)), "third");
});
