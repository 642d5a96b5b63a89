import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { buildRepository } from "../../../infra/demo/repository.ts";
import type { ClusterRequested } from "../../../schemas/generated/events.ts";
import { app } from "../../../services/app/service.ts";
import { ownedBy } from "../../../services/chassis/access/ownership.ts";
import { cluster } from "../../../services/cluster/service.ts";
import { digestOf } from "../../../services/packages/archive.ts";
import { repo } from "../../../services/repo/service.ts";
import { eventually } from "../../eventually.ts";
import { servedWithAccounts } from "../../world/accounts.ts";
import { announced } from "../../world/announcements.ts";
import { type Caller, ok, refused } from "../../world/requests.ts";

let platform: Awaited<ReturnType<typeof servedWithAccounts>>;
let developer: Caller;
let user: Caller;
let admin: Caller;
let archives: { readonly first: Uint8Array; readonly second: Uint8Array };
const digests = () => ({ first: `sha256:${digestOf(archives.first)}`, second: `sha256:${digestOf(archives.second)}` });
const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64");

before(async () => {
  const { files } = await buildRepository();
  const archive = (version: string) => files.get(`/devkit/bookinfo-${version}.tgz`) ?? assert.fail(`no ${version}`);
  archives = { first: archive("1.0.0"), second: archive("1.1.0") };
  platform = await servedWithAccounts([repo, app, cluster]);
  admin = await platform.admin();
  [developer, user] = await Promise.all([platform.user("developer"), platform.user("user")]);
  await platform.put("providers", "local", announced("local"));
  const placed = { provider: "local", zone: "local", runtime_credential_id: "runtimec-1" };
  const { user_set } = await ok(admin.call("DescribeUsers", { role_id: ["user"] }));
  const owner = user_set[0].user_id;
  await platform.put("runtimes", "runtime-1", { runtime_id: "runtime-1", ...placed, ...ownedBy({ owner, ownerPath: `:${owner}` }) });
});
after(() => platform?.stop());

const versionShown = (version_id: string) =>
  platform.documents("cluster", "appVersions").then((all) => all.find(({ id }) => id === version_id)?.value);
/** Waits until the cluster service knows that the version has this status, and its owner's copy this digest. */
const known = (version_id: string, status: string, digest = digests().first) =>
  eventually(`the cluster service knows that ${version_id} is ${status}`, async () => {
    const version = await versionShown(version_id);
    return version?.status === status && (version.draft as { package_digest: string }).package_digest === digest;
  });
const released = async () => {
  const { app_id, version_id } = await ok(
    developer.call("CreateApp", { name: "Shop", version_type: "vmbased", version_package: base64(archives.first) }),
  );
  await ok(developer.call("SubmitAppVersion", { version_id }));
  await publish(version_id);
  await known(version_id, "active");
  return { app_id, version_id };
};
const publish = async (version_id: string) => {
  await ok(admin.call("AdminPassAppVersion", { version_id }));
  await ok(developer.call("ReleaseAppVersion", { version_id }));
};
const wanted = (ids: object) => ({ ...ids, runtime_id: "runtime-1", conf: "{}" });
/** Completes an action. */
const done = async ({ cluster_id, job_id }: { readonly cluster_id: string; readonly job_id: string }): Promise<string> => {
  await platform.send("cluster", { type: "DeployCluster", clusterId: cluster_id, jobId: job_id });
  await platform.send("cluster", { type: "CompleteClusterAction", clusterId: cluster_id, jobId: job_id, addresses: [], provider: "local" });
  return cluster_id;
};
/** The digest that the cluster runs, in its events and in its read model. */
const digestRun = async (cluster_id: string): Promise<unknown> => {
  const document = (await platform.documents("cluster", "clusters")).find(({ id }) => id === cluster_id)?.value;
  const specs = platform
    .history()
    .map(({ event }) => event as Partial<ClusterRequested>)
    .flatMap(({ clusterId, deployment }) => (clusterId === cluster_id && deployment ? [deployment] : []));
  assert.equal(document?.package_digest, specs.at(-1)?.packageDigest);
  return document?.package_digest;
};

test("a package that replaces a released one is its owner's only, until it is passed and released", async () => {
  const ids = await released();
  const { version_id } = ids;
  const running = await done(await ok(user.call("CreateCluster", wanted(ids))));
  await ok(developer.call("ModifyAppVersion", { version_id, package: base64(archives.second) }));
  await known(version_id, "active", digests().second);

  const packageOf = async (caller: Caller) => (await ok(caller.call("GetAppVersionPackage", { version_id }))).package;
  assert.equal(await packageOf(developer), base64(archives.second));
  assert.equal(await packageOf(user), base64(archives.first));
  const other = await done(await ok(user.call("CreateCluster", wanted(ids))));
  assert.equal(await digestRun(other), digests().first);
  await refused(user.call("UpgradeCluster", { cluster_id: running, version_id }), 400, "validate_failed");

  await ok(admin.call("SuspendAppVersion", { version_id }));
  await known(version_id, "suspended", digests().second);
  await refused(user.call("CreateCluster", wanted(ids)), 403, "error_resource_access_denied");
  await ok(admin.call("RecoverAppVersion", { version_id }));
  await known(version_id, "active", digests().second);
  assert.equal(await packageOf(user), base64(archives.first));
  assert.equal(await digestRun(await done(await ok(user.call("CreateCluster", wanted(ids))))), digests().first);

  await ok(admin.call("AdminPassAppVersion", { version_id }));
  assert.equal(
    await packageOf(user),
    base64(archives.first),
    "the store keeps what was released while another content waits for its release",
  );
  assert.equal((await ok(user.call("DescribeActiveApps", { app_id: [ids.app_id] }))).total_count, 1);
  assert.equal(await digestRun(await done(await ok(user.call("CreateCluster", wanted(ids))))), digests().first);
  await ok(developer.call("ReleaseAppVersion", { version_id }));
  await eventually("the release", async () => (await packageOf(user)) === base64(archives.second));
  await done(await ok(user.call("UpgradeCluster", { cluster_id: running, version_id })));
  assert.equal(await digestRun(running), digests().second);
  await done(await ok(user.call("RollbackCluster", { cluster_id: running })));
  assert.equal(await digestRun(running), digests().first);
});

test("a cluster changes on the package that it runs, whatever became of its version", async () => {
  const ids = await released();
  const cluster_id = await done(await ok(user.call("CreateCluster", wanted(ids))));
  await ok(developer.call("ModifyAppVersion", { version_id: ids.version_id, package: base64(archives.second) }));
  await known(ids.version_id, "active", digests().second);
  await ok(admin.call("SuspendAppVersion", { version_id: ids.version_id }));
  await ok(developer.call("DeleteAppVersion", { version_id: ids.version_id }));
  await known(ids.version_id, "deleted", digests().second);
  await done(await ok(user.call("UpdateClusterEnv", { cluster_id, env: JSON.stringify({ cluster: { name: "mine" } }) })));
  assert.equal(await digestRun(cluster_id), digests().first);
  await done(await ok(user.call("ResizeCluster", { cluster_id, role_resource: [{ role: "details", cpu: 2 }] })));
  assert.equal(await digestRun(cluster_id), digests().first);
});
