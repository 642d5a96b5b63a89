import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { buildRepository } from "../../../infra/demo/repository.ts";
import type { OperationId } from "../../../schemas/generated/http.ts";
import { app } from "../../../services/app/service.ts";
import { digestOf } from "../../../services/packages/archive.ts";
import { repo } from "../../../services/repo/service.ts";
import { servedWithAccounts } from "../../world/accounts.ts";
import { type Caller, ok, refused } from "../../world/requests.ts";
import { registration, version } from "./fixtures.ts";

let platform: Awaited<ReturnType<typeof servedWithAccounts>>;
let developer: Caller;
let other: Caller;
let isv: Caller;
let rival: Caller;
let admin: Caller;
let archive: (path: string) => string;

before(async () => {
  const { files } = await buildRepository();
  archive = (path) => Buffer.from(files.get(path) ?? assert.fail(`no ${path}`)).toString("base64");
  platform = await servedWithAccounts([repo, app]);
  admin = await platform.admin();
  [other, isv, rival] = await Promise.all([platform.user("developer"), platform.user("isv"), platform.user("isv")]);
  developer = await platform.user("developer", isv);
});
after(() => platform?.stop());

const createApp = (name: string) =>
  ok(developer.call("CreateApp", { name, version_type: "vmbased", version_package: archive("/devkit/bookinfo-1.0.0.tgz") }));

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

test("an app belongs to its owner's vendor, whatever vendor the request names", async () => {
  const { app_id } = await ok(
    developer.call("CreateApp", {
      ...{ name: "Vended", version_type: "vmbased", version_package: archive("/devkit/bookinfo-1.0.0.tgz") },
      isv: "usr-somebody",
    }),
  );
  const [{ user_id }] = (await ok(isv.call("DescribeUsers", { role_id: ["isv"] }))).user_set;
  const [{ isv: vendor }] = (await ok(developer.call("DescribeApps", { app_id: [app_id] }))).app_set;
  assert.equal(vendor, user_id);
  assert.equal((await ok(isv.call("DescribeApps", { app_id: [app_id], isv: [user_id] }))).total_count, 1);
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

test("a submission is taken back, and whoever reviews it may reject it", async () => {
  const { version_id } = await createApp("Judged");
  const act = ({ call }: Caller, operation: OperationId, more: object = {}) => ok(call(operation, { version_id, ...more }));
  const shown = async () => (await ok(developer.call("DescribeAppVersions", { version_id: [version_id] }))).app_version_set[0];
  await act(developer, "SubmitAppVersion");
  await act(developer, "CancelAppVersion");
  assert.equal((await shown()).status, "draft");
  const reviewers = [
    [isv, "Isv"],
    [admin, "Business"],
    [admin, "Technical"],
  ] as const;
  for (const [nth, [reviewer, phase]] of reviewers.entries()) {
    await act(developer, "SubmitAppVersion");
    for (const [passing, before] of reviewers.slice(0, nth)) {
      await act(passing, `${before}ReviewAppVersion`);
      await act(passing, `${before}PassAppVersion`);
    }
    await act(reviewer, `${phase}ReviewAppVersion`);
    await refused(reviewer.call(`${phase}RejectAppVersion`, { version_id }), 400, "missing_parameter");
    await refused(other.call(`${phase}RejectAppVersion`, { version_id, message: "no" }), 403, "permission_denied");
    await act(reviewer, `${phase}RejectAppVersion`, { message: `no, says ${phase}` });
    const { status, message } = await shown();
    assert.deepEqual([status, message], ["rejected", `no, says ${phase}`]);
    await ok(developer.call("ModifyAppVersion", { version_id, description: `better than ${nth}` }));
  }
});

test("a version is reviewed by its own vendor and by those who review for all, who alone open its package", async () => {
  const { version_id } = await createApp("Guarded");
  const read = ({ call }: Caller) => call("GetAppVersionPackage", { version_id });
  await platform.know("role/role-reviewer", {
    kind: "role",
    modules: [{ moduleId: "m1", dataLevel: "all", actionBundleIds: ["business_review"] }],
  });
  await platform.know("user/usr-reviewer", { kind: "user", roleIds: ["role-reviewer"] });
  const reviewer = await platform.as("usr-reviewer");
  await refused(read(reviewer), 404, "resource_not_found");
  await ok(developer.call("SubmitAppVersion", { version_id }));
  const phases = ["IsvReviewAppVersion", "IsvPassAppVersion", "IsvRejectAppVersion"] as const;
  for (const phase of phases) await refused(rival.call(phase, { version_id, message: "no" }), 403, "error_resource_access_denied");
  await refused(read(rival), 404, "resource_not_found");
  await refused(read(other), 404, "resource_not_found");
  for (const each of [developer, isv, reviewer, admin]) await ok(read(each));
  await ok(isv.call("IsvReviewAppVersion", { version_id }));
  await ok(isv.call("IsvPassAppVersion", { version_id }));
  await ok(reviewer.call("BusinessReviewAppVersion", { version_id }));
  await ok(reviewer.call("BusinessRejectAppVersion", { version_id, message: "no" }));
  await refused(read(reviewer), 404, "resource_not_found");
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

const upload = async (app_id: string, content: Buffer, more: object = {}) => {
  await ok(developer.call("UploadAppAttachment", { app_id, type: "icon", attachment_content: content.toString("base64"), ...more }));
  return (await ok(developer.call("DescribeApps", { app_id: [app_id] }))).app_set[0];
};
const contentFor = async ({ call }: Caller, attachment_id: string) => {
  const { status, body } = await call("GetAttachment", { attachment_id });
  return status === 200 ? Buffer.from(body.content, "base64").toString() : status;
};
const file = (attachment_id: string, filename = "raw") => platform.stranger().call("GetAttachmentFile", { attachment_id, filename });
const release = async (version_id: string) => {
  await ok(admin.call("AdminPassAppVersion", { version_id }));
  await ok(developer.call("ReleaseAppVersion", { version_id }));
};

test("an attachment is its owner's and its reviewers' until a release, and keeps its id and what was released after it", async () => {
  const { app_id, version_id } = await createApp("Pictured");
  const { icon } = await upload(app_id, Buffer.from("first"));
  const seen = async () => [await contentFor(developer, icon), await contentFor(other, icon), (await file(icon)).status];
  assert.deepEqual(await seen(), ["first", 404, 404]);
  assert.equal(await contentFor(isv, icon), "first");
  assert.equal(await contentFor(rival, icon), 404);
  await ok(developer.call("SubmitAppVersion", { version_id }));
  await platform.know("role/role-technical", {
    kind: "role",
    modules: [{ moduleId: "m1", dataLevel: "all", actionBundleIds: ["technical_review"] }],
  });
  await platform.know("user/usr-technical", { kind: "user", roleIds: ["role-technical"] });
  const reviewer = await platform.as("usr-technical");
  assert.equal(await contentFor(reviewer, icon), "first");

  await release(version_id);
  assert.deepEqual(await seen(), ["first", "first", 200]);
  const replaced = await upload(app_id, Buffer.from("second"));
  assert.equal(replaced.icon, icon);
  assert.deepEqual(await seen(), ["second", "first", 200]);
  assert.equal((await file(icon)).body, "first");
  const { etag } = await ok(other.call("GetAttachment", { attachment_id: icon }));
  assert.equal(etag, `sha256:${digestOf(Buffer.from("first"))}`);
  await release(version_id);
  assert.deepEqual(await seen(), ["second", "second", 200]);
  await ok(admin.call("SuspendAppVersion", { version_id }));
  assert.deepEqual(await seen(), ["second", 404, 404]);
  await refused(other.call("GetAttachment", { attachment_id: "att-none" }), 404, "resource_not_found");
});

test("the file of an attachment in the store is served as it is, to everybody", async () => {
  const { app_id, version_id } = await createApp("Shown");
  const png = Buffer.from("89504e470d0a1a0a0000000d49484452", "hex");
  const { icon } = await upload(app_id, png);
  const { screenshots } = await upload(app_id, Buffer.from("<script>"), { type: "screenshot" });
  await release(version_id);
  const shown = await fetch(`${platform.of("app").url}/attachments/${icon}/raw`);
  assert.deepEqual([shown.status, shown.headers.get("content-type")], [200, "image/png"]);
  assert.deepEqual(Buffer.from(await shown.arrayBuffer()), png);
  assert.equal(shown.headers.get("etag"), `"sha256:${digestOf(png)}"`);
  const page = await file(screenshots);
  assert.equal(page.headers.get("content-type"), "application/octet-stream");
  assert.equal(page.headers.get("content-disposition"), "attachment; filename=raw");
  for (const none of [file(icon, "other"), file("att-none"), file(icon, "../raw")]) assert.equal((await none).status, 404);
});

test("the icon of a category is everybody's", async () => {
  const icon = Buffer.from("a category").toString("base64");
  const { category_id } = await ok(admin.call("CreateCategory", { name: "Iconic", locale: "{}", icon }));
  const [category] = (await ok(other.call("DescribeCategories", { category_id: [category_id] }))).category_set;
  assert.equal(await contentFor(other, category.icon), "a category");
  assert.equal((await file(category.icon)).body, "a category");
});

test("an icon that was uploaded before files were kept with their apps is there, for who may see its app", async () => {
  const [{ owner }] = (await ok(developer.call("DescribeApps", { app_id: [(await createApp("Newer")).app_id] }))).app_set;
  const digest = await platform.of("app").host.blobs.put(Buffer.from("older"));
  const [owned, icon] = [{ owner, ownerPath: `:${owner}` }, "att-older"];
  await platform.send("app", { type: "UploadAttachment", attachmentId: icon, filename: "raw", digest, ...owned });
  const older = { ...registration, ...owned, appId: "app-older", icon, version: { ...version, ...owned, versionId: "appv-older" } };
  await platform.send("app", { type: "CreateApp", ...older });
  const thief = { ...older, owner: "usr-thief", ownerPath: ":usr-thief", appId: "app-thief" };
  await platform.send("app", { type: "CreateApp", ...thief, version: { ...thief.version, versionId: "appv-thief" } });
  assert.deepEqual([await contentFor(developer, "att-older"), await contentFor(other, "att-older")], ["older", 404]);
  await release("appv-older");
  assert.deepEqual([await contentFor(developer, "att-older"), await contentFor(other, "att-older")], ["older", "older"]);
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
