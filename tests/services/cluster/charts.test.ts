import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Outage } from "../../../events/index.ts";
import { ownedBy } from "../../../services/chassis/access/ownership.ts";
import type { Fields } from "../../../services/chassis/http/fields.ts";
import { cluster } from "../../../services/cluster/service.ts";
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
const packaged = { package_digest: "sha256:1", package_owner: "repo", config_json: "", template: "" };

before(async () => {
  world = await served([
    cluster,
    // What it announces is put below.
    { ...provider(undefined, { outside: async () => ({ open: async () => ({ outside: {}, inquiries: { chart } }) }) }), signals: [] },
  ]);
  const owned = ownedBy({ owner: "usr-mine", ownerPath: ":usr-mine" });
  await world.put("providers", "local", announced("local", { version_types: ["helm"] }));
  const version = { version_id: "appv-1", app_id: "app-1", type: "helm", status: "active", visibility: "public" };
  await world.put("appVersions", "appv-1", { ...version, draft: packaged, released: packaged, ...owned });
  await world.put("packages", `appv-1@${packaged.package_digest}`, packaged);
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

test("values that are changed are judged, too, but not those that stay", async () => {
  answer = async () => ({});
  const { cluster_id, job_id } = await ok(create("replicas: 2"));
  await world.send("cluster", { type: "DeployCluster", clusterId: cluster_id, jobId: job_id });
  await world.send("cluster", { type: "CompleteClusterAction", clusterId: cluster_id, jobId: job_id, addresses: [], provider: "local" });
  answer = refuses;
  const update = (env: string) => mine.call("UpdateClusterEnv", { cluster_id, env });
  assert.match(await refused(update("replicas: two"), 400, "validate_failed"), /got string, want integer/);
  const before = asked.length;
  await ok(update("******"));
  assert.equal(asked.length, before);
});

test("a provider that does not answer holds up nothing", async () => {
  answer = async () => {
    throw new Outage("the API server is down");
  };
  await ok(create("replicas: 3"));
});
