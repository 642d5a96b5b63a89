import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { buildRepository } from "../../../infra/demo/repository.ts";
import { serveRepository } from "../../../infra/demo/serve.ts";
import type { OperationId } from "../../../schemas/generated/http.ts";
import { app } from "../../../services/app/service.ts";
import { digestOf } from "../../../services/packages/archive.ts";
import { repo } from "../../../services/repo/service.ts";
import { eventually } from "../../eventually.ts";
import { servedWithAccounts } from "../../world/accounts.ts";
import { type Caller, ok, refused } from "../../world/requests.ts";

let platform: Awaited<ReturnType<typeof servedWithAccounts>>;
let repository: Awaited<ReturnType<typeof serveRepository>>;
let developer: Caller;
let other: Caller;
let isv: Caller;
let admin: Caller;
const archives = new Map<string, string>();

before(async () => {
  const built = await buildRepository();
  for (const { path, bytes } of built.packages) archives.set(path, Buffer.from(bytes).toString("base64"));
  repository = await serveRepository({ repository: built });
  platform = await servedWithAccounts([repo, app], { environment: { PITRIX_REPO_PRIVATE_NETWORKS: "all" } });
  admin = await platform.admin();
  [developer, other, isv] = await Promise.all([platform.user("developer"), platform.user("developer"), platform.user("isv")]);
});
after(async () => {
  await platform?.stop();
  await repository?.close();
});

const archive = (path: string): string => archives.get(path) ?? assert.fail(`no ${path}`);
const createApp = (name: string) =>
  ok(developer.call("CreateApp", { name, version_type: "vmbased", version_package: archive("/devkit/bookinfo-1.0.0.tgz") }));
const repoRequest = (more: object = {}) => ({
  name: "demo",
  type: "http",
  url: `${repository.url}/devkit`,
  credential: "{}",
  visibility: "public",
  providers: ["local"],
  ...more,
});
const runEnds = (repo_id: string, count = 1) =>
  eventually(`${count} runs of ${repo_id} have ended`, async () => {
    const { repo_event_set = [] } = await ok(developer.call("DescribeRepoEvents", { repo_id: [repo_id] }));
    return (
      repo_event_set.length === count && repo_event_set.every(({ status }: { status: string }) => status !== "pending") && repo_event_set
    );
  });

test("a repository is registered, indexed, shown and deleted", async () => {
  const { repo_id } = await ok(developer.call("CreateRepo", repoRequest({ labels: "tier=demo&env=test", app_default_status: "active" })));
  const {
    repo_event_set: [pending],
  } = await ok(developer.call("DescribeRepoEvents", { repo_id: [repo_id] }));
  assert.equal(pending.repo_id, repo_id);
  const [run] = await runEnds(repo_id);
  assert.equal(run.status, "successful", run.result);

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
  assert.equal((await runEnds(repo_id)).length, 1, "another name starts no indexing");
  const { repo_event } = await ok(developer.call("IndexRepo", { repo_id }));
  assert.equal(repo_event.status, "pending");
  await runEnds(repo_id, 2);

  await ok(developer.call("DeleteRepos", { repo_id: [repo_id] }));
  await runEnds(repo_id, 3);
  await eventually("its apps are gone", async () => {
    const { app_set } = await ok(developer.call("DescribeApps", { repo_id: [repo_id] }));
    return app_set[0].status === "deleted";
  });
  await refused(developer.call("IndexRepo", { repo_id }), 400, "resource_already_deleted");
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

test("a version goes through review into the store, and out of it", async () => {
  const { app_id, version_id } = await createApp("Reviewed");
  const act = ({ call }: Caller, operation: OperationId, more: object = {}) => ok(call(operation, { version_id, ...more }));
  await act(developer, "SubmitAppVersion");
  await refused(developer.call("IsvReviewAppVersion", { version_id }), 403, "permission_denied");
  await act(isv, "IsvReviewAppVersion");
  await refused(isv.call("IsvReviewAppVersion", { version_id }), 400, "app_version_incorrect_status");
  await refused(developer.call("ModifyApp", { app_id, name: "Other" }), 400, "app_version_in_review");
  await act(isv, "IsvPassAppVersion");
  for (const phase of ["Business", "Technical"] as const) {
    await act(admin, `${phase}ReviewAppVersion`);
    await act(admin, `${phase}PassAppVersion`);
  }
  const {
    app_version_review_set: [review],
  } = await ok(admin.call("DescribeAppVersionReviews", { version_id: [version_id] }));
  assert.deepEqual(
    [review.status, review.app_name, Object.keys(review.phase).sort()],
    ["develop-passed", "Reviewed", ["business", "isv", "technical"]],
  );
  assert.equal((await ok(other.call("DescribeActiveApps", { app_id: [app_id] }))).total_count, undefined);
  await act(developer, "ReleaseAppVersion");
  const {
    app_set: [inStore],
  } = await ok(other.call("DescribeActiveApps", { app_id: [app_id] }));
  assert.deepEqual([inStore.name, inStore.status], ["Reviewed", "active"]);
  await refused(developer.call("DeleteAppVersion", { version_id }), 400, "app_version_incorrect_status");
  await refused(developer.call("SuspendAppVersion", { version_id }), 403, "permission_denied");
  await act(admin, "SuspendAppVersion");
  assert.equal((await ok(other.call("DescribeActiveApps", { app_id: [app_id], status: ["active"] }))).total_count, undefined);
  await act(admin, "RecoverAppVersion");
  await act(admin, "SuspendAppVersion");
  await refused(developer.call("DeleteApps", { app_id: [app_id] }), 400, "exists_no_delete_versions");
  await act(developer, "DeleteAppVersion");
  assert.deepEqual(await ok(developer.call("DeleteApps", { app_id: [app_id] })), { app_id: [app_id] });

  const { app_version_audit_set: audits } = await ok(
    developer.call("DescribeAppVersionAudits", { version_id: [version_id], reverse: false, limit: 200 }),
  );
  assert.deepEqual(
    audits.map(({ status, operator_type }: { status: string; operator_type: string }) => `${status} ${operator_type}`),
    [
      "draft developer",
      "submitted developer",
      "in-review isv",
      "in-review business",
      "in-review technical",
      "passed technical",
      "active developer",
      "suspended global_admin",
      "active global_admin",
      "suspended global_admin",
      "deleted developer",
    ],
  );
  assert.equal((await ok(other.call("DescribeAppVersionAudits", { version_id: [version_id] }))).total_count, undefined);
});

test("a rejected version is worked on again; the store keeps what was released", async () => {
  const { app_id, version_id } = await createApp("Rejected");
  await ok(developer.call("SubmitAppVersion", { version_id }));
  await refused(admin.call("AdminRejectAppVersion", { version_id }), 400, "missing_parameter");
  await ok(admin.call("AdminRejectAppVersion", { version_id, message: "no" }));
  const rejected = await ok(developer.call("DescribeAppVersions", { version_id: [version_id] }));
  assert.deepEqual([rejected.app_version_set[0].status, rejected.app_version_set[0].message], ["rejected", "no"]);
  await ok(developer.call("ModifyAppVersion", { version_id, description: "better" }));
  const draft = await ok(developer.call("DescribeAppVersions", { version_id: [version_id] }));
  assert.equal(draft.app_version_set[0].status, "draft");
  await ok(admin.call("AdminPassAppVersion", { version_id }));
  await ok(developer.call("ReleaseAppVersion", { version_id }));
  await ok(developer.call("ModifyAppVersion", { version_id, description: "later" }));
  const released = await ok(other.call("DescribeActiveAppVersions", { app_id: [app_id] }));
  assert.equal(released.app_version_set[0].description, "better");
});

test("versions and packages are uploaded, checked and replaced", async () => {
  const { app_id, version_id } = await createApp("Uploaded");
  const bad = Buffer.from("no archive").toString("base64");
  await refused(developer.call("CreateApp", { name: "x", version_type: "vmbased", version_package: bad }), 400, "load_package_failed");
  await refused(
    developer.call("CreateAppVersion", { app_id, type: "vmbased", package: archive("/devkit/bookinfo-1.0.0.tgz") }),
    403,
    "app_version_exists",
  );
  const second = await ok(developer.call("CreateAppVersion", { app_id, type: "vmbased", package: archive("/devkit/bookinfo-1.1.0.tgz") }));
  await refused(other.call("CreateAppVersion", { app_id, type: "vmbased", package: bad }), 403, "error_resource_access_denied");
  const { app_version_set } = await ok(developer.call("DescribeAppVersions", { app_id: [app_id] }));
  assert.deepEqual(
    app_version_set.map((version: { version_id: string }) => version.version_id),
    [second.version_id, version_id],
  );

  const readme = Buffer.from("# Changed").toString("base64");
  await ok(developer.call("ModifyAppVersion", { version_id, package_files: { "README.md": readme } }));
  const { files } = await ok(developer.call("GetAppVersionPackageFiles", { version_id, files: ["README.md"] }));
  assert.deepEqual(files, { "README.md": readme });
  await refused(other.call("GetAppVersionPackage", { version_id }), 404, "resource_not_found");

  const checked = await ok(
    developer.call("ValidatePackage", { version_type: "vmbased", version_package: archive("/devkit/bookinfo-1.0.0.tgz") }),
  );
  assert.deepEqual([checked.name, checked.version_name], ["bookinfo", "1.0.0 [1.0.0]"]);
  assert.match((await ok(developer.call("ValidatePackage", { version_type: "helm", version_package: bad }))).error, /gzip/);
});

test("attachments stand beside apps and are read by everybody", async () => {
  const { app_id } = await createApp("Pictured");
  const content = Buffer.from("a picture").toString("base64");
  await ok(developer.call("UploadAppAttachment", { app_id, type: "icon", attachment_content: content }));
  const {
    app_set: [{ icon }],
  } = await ok(developer.call("DescribeApps", { app_id: [app_id] }));
  const attachment = await ok(other.call("GetAttachment", { attachment_id: icon }));
  assert.deepEqual([attachment.content, attachment.etag], [content, `sha256:${digestOf(Buffer.from("a picture"))}`]);
  await refused(other.call("GetAttachment", { attachment_id: "att-none" }), 404, "resource_not_found");
});

test("the file of an attachment is served as it is, to everybody", async () => {
  const { app_id } = await createApp("Shown");
  const upload = async (content: Buffer) => {
    await ok(developer.call("UploadAppAttachment", { app_id, type: "icon", attachment_content: content.toString("base64") }));
    return (await ok(developer.call("DescribeApps", { app_id: [app_id] }))).app_set[0].icon;
  };
  const png = Buffer.from("89504e470d0a1a0a0000000d49484452", "hex");
  const icon = await upload(png);
  const shown = await fetch(`${platform.of("app").url}/attachments/${icon}/raw`);
  assert.deepEqual([shown.status, shown.headers.get("content-type")], [200, "image/png"]);
  assert.deepEqual(Buffer.from(await shown.arrayBuffer()), png);
  assert.equal(shown.headers.get("etag"), `"sha256:${digestOf(png)}"`);
  const file = (attachment_id: string, filename = "raw") => platform.stranger().call("GetAttachmentFile", { attachment_id, filename });
  const page = await file(await upload(Buffer.from("<script>")));
  assert.equal(page.headers.get("content-type"), "application/octet-stream");
  assert.equal(page.headers.get("content-disposition"), "attachment; filename=raw");
  for (const none of [file(icon, "other"), file("att-none"), file(icon, "../raw")]) assert.equal((await none).status, 404);
});

test("categories are the administrator's; a deleted one is shown as disabled", async () => {
  await refused(developer.call("CreateCategory", { name: "Databases", locale: "{}" }), 403, "permission_denied");
  const { category_id } = await ok(admin.call("CreateCategory", { name: "Databases", locale: '{"en":"Databases"}' }));
  const { app_id } = await createApp("Sorted");
  await ok(developer.call("ModifyApp", { app_id, category_id }));
  const find = async () => (await ok(developer.call("DescribeApps", { category_id: [category_id] }))).app_set;
  const links = (await find())[0].category_set.map(({ name, status }: { name: string; status: string }) => `${name} ${status}`);
  assert.deepEqual(links.sort(), ["Databases enabled", "uncategorized disabled"]);
  assert.equal((await ok(other.call("DescribeCategories", { name: ["Databases"] }))).total_count, 1);
  await ok(admin.call("ModifyCategory", { category_id, name: "Stores" }));
  await refused(admin.call("DeleteCategories", { category_id: [category_id] }), 400, "delete_resources_failed");
  await ok(admin.call("DeleteCategories", { category_id: [category_id], force: true }));
  const [sorted] = await find();
  assert.ok(sorted.category_set.every(({ status }: { status: string }) => status === "disabled"));
});

test("statistics count what the caller sees", async () => {
  const before = (await ok(other.call("GetAppStatistics"))).app_count ?? 0;
  await ok(other.call("CreateApp", { name: "Mine", version_type: "helm", version_package: archive("/helm/bookinfo-1.0.0.tgz") }));
  const statistics = await ok(other.call("GetAppStatistics"));
  assert.equal(statistics.app_count, before + 1);
  assert.equal(statistics.top_ten_repos["repo-helm"], 1);
});
