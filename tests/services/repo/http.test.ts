import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { buildRepository } from "../../../infra/demo/repository.ts";
import { serveRepository } from "../../../infra/demo/serve.ts";
import { app } from "../../../services/app/service.ts";
import { repo } from "../../../services/repo/service.ts";
import { eventually } from "../../eventually.ts";
import { servedWithAccounts } from "../../world/accounts.ts";
import { announced } from "../../world/announcements.ts";
import { ask, type Caller, ok, refused } from "../../world/requests.ts";
import { createRepo } from "./fixtures.ts";

let platform: Awaited<ReturnType<typeof servedWithAccounts>>;
let repository: Awaited<ReturnType<typeof serveRepository>>;
let developer: Caller;
let other: Caller;
let admin: Caller;
let archive: (path: string) => string;

before(async () => {
  const built = await buildRepository();
  archive = (path) => Buffer.from(built.files.get(path) ?? assert.fail(`no ${path}`)).toString("base64");
  repository = await serveRepository({ repository: built });
  platform = await servedWithAccounts([repo, app], { environment: { PITRIX_REPO_PRIVATE_NETWORKS: "all" } });
  for (const provider of ["local", "moon"]) await platform.put("providers", provider, announced(provider));
  [developer, other, admin] = await Promise.all([platform.user("developer"), platform.user("developer"), platform.admin()]);
});
after(async () => {
  await platform?.stop();
  await repository?.close();
});

const repoRequest = (more: object = {}) => ({
  name: "demo",
  type: "http",
  url: `${repository.url}/devkit`,
  credential: "{}",
  visibility: "public",
  providers: ["local"],
  ...more,
});
const runEnds = (repo_id: string, count = 1, caller = developer) =>
  eventually(`${count} runs of ${repo_id} have ended`, async () => {
    const { repo_event_set = [] } = await ok(caller.call("DescribeRepoEvents", { repo_id: [repo_id] }));
    return (
      repo_event_set.length === count && repo_event_set.every(({ status }: { status: string }) => status !== "pending") && repo_event_set
    );
  });

test("a vendor changes the repositories of its group, and of no other", async () => {
  const [vendor, elsewhere] = await Promise.all([platform.user("isv"), platform.user("isv")]);
  const username = "dev@vendor.example.org";
  await ok(vendor.call("IsvCreateUser", { email: username, password: "correct horse", role_id: "developer" }));
  const ours = await platform.signIn(username, "correct horse");
  await eventually("the repositories know the vendor", async () => {
    const [users, known] = await Promise.all([platform.documents("account", "users"), platform.documents("repo", "access")]);
    return known.filter(({ value }) => value.kind === "user").length === users.length;
  });
  const { repo_id } = await ok(ours.call("CreateRepo", repoRequest()));
  const rename = (by: Caller) => by.call("ModifyRepo", { repo_id, name: "renamed" });
  await refused(rename(elsewhere), 403, "error_resource_access_denied");
  await refused(rename(developer), 403, "error_resource_access_denied");
  await ok(rename(vendor));

  const [indexed] = await eventually(
    "its applications are there",
    async () => (await ok(ours.call("DescribeApps", { repo_id: [repo_id] }))).app_set,
  );
  const { user_set } = await ok(vendor.call("DescribeUsers", { role_id: ["isv"] }));
  assert.deepEqual([indexed.isv, indexed.owner === indexed.isv], [user_set[0].user_id, false], "the owner's vendor");
});

test("providers that were never announced are refused, and one that was announced needs no name that is known here", async () => {
  const says = async (answer: ReturnType<Caller["call"]>) => refused(answer, 400, "validate_failed");
  const before = platform.history().length;
  const unknown = "no provider [aws] has ever announced itself to this platform: it has local, moon";
  assert.equal(await says(developer.call("CreateRepo", repoRequest({ providers: ["local", "aws"] }))), unknown);
  assert.equal(platform.history().length, before);
  const { repo_id } = await ok(developer.call("CreateRepo", repoRequest({ providers: ["moon"], url: `${repository.url}/helm` })));
  assert.equal(await says(developer.call("ModifyRepo", { repo_id, providers: ["moon", "aws"] })), unknown);
  const [run] = await runEnds(repo_id);
  assert.deepEqual([run.status, run.listed], ["successful", 2], run.result);
  await ok(developer.call("ModifyRepo", { repo_id, providers: ["moon", "local"] }));
  assert.equal((await runEnds(repo_id)).length, 1, "other providers have the same applications");
  await ok(developer.call("DeleteRepos", { repo_id: [repo_id] }));
  await runEnds(repo_id, 2);
});

test("a repository that has providers of an earlier day is changed all the same", async () => {
  const former = { repoId: "repo-former", repoEventId: "repoe-former", url: `${repository.url}/devkit`, providers: ["aws"] };
  await platform.send("repo", createRepo(former));
  await ok(admin.call("ModifyRepo", { repo_id: "repo-former", providers: ["aws", "local"] }));
  await ok(admin.call("DeleteRepos", { repo_id: ["repo-former"] }));
});

test("a repository is registered, indexed, shown and deleted", async () => {
  const { repo_id } = await ok(developer.call("CreateRepo", repoRequest({ labels: "tier=demo&env=test" })));
  const {
    repo_event_set: [pending],
  } = await ok(developer.call("DescribeRepoEvents", { repo_id: [repo_id] }));
  assert.equal(pending.repo_id, repo_id);
  const [run] = await runEnds(repo_id);
  assert.deepEqual([run.status, run.listed], ["successful", 2], run.result);
  await ok(admin.call("ModifyRepo", { repo_id, app_default_status: "active" }));
  await ok(developer.call("IndexRepo", { repo_id }));
  await runEnds(repo_id, 2);

  const {
    repo_set: [repo],
    total_count,
  } = await ok(developer.call("DescribeRepos", { label: "tier=demo", provider: ["local"], search_word: "DEM" }));
  assert.equal(total_count, 1);
  assert.deepEqual([repo.repo_id, repo.url, repo.labels.length, repo.status], [repo_id, `${repository.url}/devkit`, 2, "active"]);
  await eventually("the category has its name", async () => {
    const { repo_set } = await ok(developer.call("DescribeRepos", { repo_id: [repo_id] }));
    return repo_set[0].category_set[0]?.name === "uncategorized";
  });
  assert.equal((await ok(developer.call("DescribeRepos", { label: "tier=other" }))).total_count, undefined);
  assert.equal((await ok(other.call("DescribeRepos", { repo_id: [repo_id] }))).total_count, undefined);

  const {
    app_set: [app],
  } = await ok(developer.call("DescribeApps", { repo_id: [repo_id] }));
  assert.deepEqual([app.name, app.status, app.latest_app_version.name], ["bookinfo", "active", "1.1.0 [1.1.0]"]);
  const inStore = await eventually("it is in the store, for everybody", async () => {
    const { app_set = [] } = await ok(other.call("DescribeActiveApps", { repo_id: [repo_id], status: ["active"] }));
    return app_set[0]?.latest_app_version?.name === "1.1.0 [1.1.0]" && app_set[0];
  });
  assert.equal(inStore.active, true);
  const { app_version_set } = await ok(other.call("DescribeActiveAppVersions", { app_id: [app.app_id] }));
  assert.deepEqual(
    app_version_set.map(({ name }: { name: string }) => name),
    ["1.1.0 [1.1.0]", "1.0.0 [1.0.0]"],
  );

  const [version] = app_version_set;
  const fetched = await ok(other.call("GetAppVersionPackage", { version_id: version.version_id }));
  assert.equal(fetched.package, archive("/devkit/bookinfo-1.1.0.tgz"));
  const { files } = await ok(other.call("GetAppVersionPackageFiles", { version_id: version.version_id, files: ["package.json"] }));
  assert.equal(JSON.parse(Buffer.from(files["package.json"], "base64").toString()).version, "1.1.0");

  await refused(other.call("ModifyRepo", { repo_id, name: "mine" }), 403, "error_resource_access_denied");
  await ok(developer.call("ModifyRepo", { repo_id, name: "renamed", url: repo.url, credential: "" }));
  assert.equal((await runEnds(repo_id, 2)).length, 2, "another name starts no indexing");
  const { repo_event } = await ok(developer.call("IndexRepo", { repo_id }));
  assert.equal(repo_event.status, "pending");
  await runEnds(repo_id, 3);

  await ok(developer.call("DeleteRepos", { repo_id: [repo_id] }));
  await runEnds(repo_id, 4);
  await eventually("its apps are gone", async () => {
    const { app_set } = await ok(developer.call("DescribeApps", { repo_id: [repo_id] }));
    return app_set[0].status === "deleted";
  });
  await refused(developer.call("IndexRepo", { repo_id }), 400, "resource_already_deleted");
});

test("only somebody with all rows makes a repository's versions active without a review", async () => {
  await refused(developer.call("CreateRepo", repoRequest({ app_default_status: "active" })), 403, "permission_denied");
  const { repo_id } = await ok(developer.call("CreateRepo", repoRequest()));
  await refused(developer.call("ModifyRepo", { repo_id, app_default_status: "active" }), 403, "permission_denied");
  const status = async () => (await ok(developer.call("DescribeRepos", { repo_id: [repo_id] }))).repo_set[0].app_default_status;
  await ok(admin.call("ModifyRepo", { repo_id, app_default_status: "active" }));
  assert.equal(await status(), "active");
  await ok(developer.call("ModifyRepo", { repo_id, name: "the same" }));
  assert.equal(await status(), "active");
  await ok(developer.call("ModifyRepo", { repo_id, url: `${repository.url}/devkit/` }));
  assert.equal(await status(), "draft");
});

test("a repository says how often it is indexed", async () => {
  await refused(developer.call("CreateRepo", repoRequest({ sync_seconds: 60 })), 400, "illegal_parameter_format");
  const { repo_id } = await ok(developer.call("CreateRepo", repoRequest({ sync_seconds: 3_600 })));
  const shown = async () => (await ok(developer.call("DescribeRepos", { repo_id: [repo_id] }))).repo_set[0].sync_seconds;
  assert.equal(await shown(), 3_600);
  await runEnds(repo_id, 1);
  await ok(developer.call("ModifyRepo", { repo_id, sync_seconds: 0 }));
  await runEnds(repo_id, 2);
  assert.equal(await shown(), 0);
  await ok(developer.call("ModifyRepo", { repo_id, sync_seconds: -1, name: "as the platform says" }));
  await runEnds(repo_id, 3);
  assert.equal(await shown(), -1);
});

test("a webhook with the repository's token has it indexed; nothing else has, and all else looks the same", async () => {
  const [{ repo_id }, { repo_id: without }] = await Promise.all([1, 2].map(() => ok(developer.call("CreateRepo", repoRequest()))));
  await runEnds(repo_id, 1);
  await refused(other.call("CreateRepoSyncToken", { repo_id }), 403, "error_resource_access_denied");
  await refused(other.call("RevokeRepoSyncToken", { repo_id }), 403, "error_resource_access_denied");
  const first = (await ok(developer.call("CreateRepoSyncToken", { repo_id }))).sync_token;
  assert.equal(Buffer.from(first, "base64url").byteLength, 32);
  const { url } = platform.of("repo");
  const push = (id: string, token: string, body = "", headers: Readonly<Record<string, string>> = { "content-type": "application/json" }) =>
    ask(`${url}/v1/repos/${id}/sync${token && `?token=${token}`}`, { method: "POST", body, headers });
  // As GitHub, Gitea and Harbor send it; what they say of the push is not read, be it JSON, a form or neither.
  assert.deepEqual(await ok(push(repo_id, first, "{ no JSON")), { repo_id });
  await runEnds(repo_id, 2);
  await ok(push(repo_id, first, "payload=%7B%7D", { "content-type": "application/x-www-form-urlencoded" }));
  await runEnds(repo_id, 3);
  await ok(push(repo_id, "", "{}", { "content-type": "application/json", "x-gitlab-token": first }));
  await runEnds(repo_id, 4);

  const second = (await ok(developer.call("CreateRepoSyncToken", { repo_id }))).sync_token;
  assert.notEqual(second, first);
  const shown = async () => (await ok(developer.call("DescribeRepos", { repo_id: [repo_id] }))).repo_set[0];
  assert.equal((await shown()).sync_token, "******");
  const answers = [push(repo_id, first), push(repo_id, ""), push(without, second), push("repo-nothere", second), push("repo-helm", second)];
  const said = (await Promise.all(answers)).map(({ status, error, body }) => [status, error, { ...body, request_id: "" }.message]);
  assert.deepEqual(new Set(said.map((each) => JSON.stringify(each))).size, 1, JSON.stringify(said));
  assert.deepEqual(said[0]?.slice(0, 2), [401, "auth_failure"]);
  assert.deepEqual(await ok(platform.stranger().call("SyncRepo", { repo_id, token: second })), { repo_id });
  await runEnds(repo_id, 5);
  const made = JSON.stringify(platform.history());
  for (const token of [first, second]) assert.ok(!made.includes(token), "an event holds the token");

  await ok(developer.call("RevokeRepoSyncToken", { repo_id }));
  await refused(push(repo_id, second), 401, "auth_failure");
  assert.equal((await shown()).sync_token ?? "", "");
  const third = (await ok(developer.call("CreateRepoSyncToken", { repo_id }))).sync_token;
  await ok(developer.call("DeleteRepos", { repo_id: [repo_id] }));
  await refused(push(repo_id, third), 401, "auth_failure");
});

test("what a private repository offers is in its owner's store only", async () => {
  const { repo_id } = await ok(admin.call("CreateRepo", repoRequest({ visibility: "private", app_default_status: "active" })));
  await runEnds(repo_id, 1, admin);
  const shown = async (caller: Caller) => (await ok(caller.call("DescribeActiveApps", { repo_id: [repo_id] }))).app_set ?? [];
  const [{ app_id, latest_app_version }] = await eventually("the administrator's store has it", async () => {
    const apps = await shown(admin);
    return apps[0]?.latest_app_version && apps;
  });
  const { version_id } = latest_app_version;
  const versions = async (caller: Caller) => (await ok(caller.call("DescribeActiveAppVersions", { app_id: [app_id] }))).total_count ?? 0;
  assert.deepEqual([await versions(admin), await shown(developer), await versions(developer)], [2, [], 0]);
  await refused(developer.call("GetAppVersionPackage", { version_id }), 404, "resource_not_found");
  await refused(developer.call("GetAppVersionPackageFiles", { version_id }), 404, "resource_not_found");

  await ok(admin.call("ModifyRepo", { repo_id, visibility: "public" }));
  await runEnds(repo_id, 2, admin);
  await eventually("everybody's store has it", async () => (await shown(developer)).length === 1 && (await versions(developer)) === 2);
  await ok(developer.call("GetAppVersionPackage", { version_id }));
  await ok(admin.call("ModifyRepo", { repo_id, visibility: "private" }));
  await runEnds(repo_id, 3, admin);
  await eventually("nobody else's store has it", async () => (await shown(developer)).length === 0 && (await versions(developer)) === 0);
});

test("what was suspended stays so when its repository is indexed again, also after it was gone", async () => {
  const { repo_id } = await ok(admin.call("CreateRepo", repoRequest({ app_default_status: "active" })));
  await runEnds(repo_id, 1, admin);
  const [{ app_id }] = (await ok(admin.call("DescribeApps", { repo_id: [repo_id] }))).app_set;
  const versions = async () => (await ok(admin.call("DescribeAppVersions", { app_id: [app_id] }))).app_version_set;
  const [{ version_id }] = await versions();
  const statusOf = async () => (await versions()).find((version: { version_id: string }) => version.version_id === version_id).status;
  await ok(admin.call("SuspendAppVersion", { version_id }));
  await ok(admin.call("ModifyRepo", { repo_id, visibility: "private" }));
  await runEnds(repo_id, 2, admin);
  assert.equal(await statusOf(), "suspended");
  await ok(admin.call("DeleteAppVersion", { version_id }));
  await ok(admin.call("ModifyRepo", { repo_id, visibility: "public" }));
  await runEnds(repo_id, 3, admin);
  await eventually("it is listed again", async () => (await statusOf()) !== "deleted");
  assert.equal(await statusOf(), "suspended");
});

test("a repository's password is shown to nobody and opens the repository", async () => {
  const address = `${repository.url}/devkit`.replace("//", "//ann:secret@");
  const { repo_id } = await ok(developer.call("CreateRepo", repoRequest({ url: address })));
  const {
    repo_set: [repo],
  } = await ok(developer.call("DescribeRepos", { repo_id: [repo_id] }));
  assert.deepEqual([repo.url, repo.credential], [`${repository.url}/devkit`, "******"]);
  const [run] = await runEnds(repo_id);
  assert.equal(run.status, "successful", run.result);
});

test("the platform's own repositories are there and cannot be deleted", async () => {
  const admin = await platform.admin();
  const { repo_set } = await ok(admin.call("DescribeRepos", { controller: 1 }));
  assert.deepEqual(repo_set.map(({ repo_id }: { repo_id: string }) => repo_id).sort(), ["repo-helm", "repo-vmbased"]);
  await refused(admin.call("DeleteRepos", { repo_id: ["repo-helm"] }), 400, "cannot_delete_internal_repo");
});

const validations: readonly (readonly [request: object, answer: object])[] = [
  [{ type: "ftp", url: "ftp://host/", credential: "{}" }, { errorCode: 111 }],
  [{ type: "http", url: "nowhere", credential: "{}" }, { errorCode: 107 }],
  [{ type: "https", url: "http://host/", credential: "{}" }, { errorCode: 110 }],
  [{ type: "s3", url: "s3://host/bucket", credential: "x" }, { errorCode: 103 }],
];
test("validating a repository always answers 200", async () => {
  for (const [request, expected] of validations) {
    const { ok: fine = false, ...answer } = await ok(developer.call("ValidateRepo", request));
    assert.deepEqual([fine, answer], [false, expected], JSON.stringify(request));
  }
  assert.deepEqual(await ok(developer.call("ValidateRepo", { type: "http", url: `${repository.url}/devkit`, credential: "{}" })), {
    ok: true,
  });
  assert.deepEqual(await ok(developer.call("ValidateRepo", { type: "http", url: `${repository.url}/helm`, credential: "{}" })), {
    ok: true,
  });
  assert.equal(
    (await ok(developer.call("ValidateRepo", { type: "http", url: `${repository.url}/none`, credential: "{}" }))).errorCode,
    109,
  );
});
test("a repository that can never be reached is not registered", async () => {
  await refused(developer.call("CreateRepo", repoRequest({ url: "https://host/" })), 400, "scheme_not_match");
});
