import assert from "node:assert/strict";
import { test } from "node:test";
import { type Breakage, buildBrokenRepository } from "../../../infra/demo/broken-repository.ts";
import { buildRepository } from "../../../infra/demo/repository.ts";
import type { AppDocument, StoreAppDocument } from "../../../services/app/read-models/apps.ts";
import type { StoreVersionDocument, VersionDocument } from "../../../services/app/read-models/versions.ts";
import type { RepoEventDocument } from "../../../services/repo/read-models.ts";
import { eventually } from "../../eventually.ts";
import { createRepo, unchanged } from "../repo/fixtures.ts";
import { type Platform, withPlatform } from "./platform.ts";

const repoId = "repo-1";
const namesOf = (versions: readonly VersionDocument[]) => versions.map(({ name, status }) => `${name} ${status}`).sort();
/** The versions, once they are so. */
const versionsBecome = ({ find }: Platform, expected: readonly string[]) =>
  eventually(`versions ${expected.join(", ")}`, async () => {
    const versions = await find<VersionDocument>("app", "appVersions");
    return JSON.stringify(namesOf(versions)) === JSON.stringify([...expected].sort()) ? versions : undefined;
  });

test("what a repository offers is in the store once its indexing has succeeded", () =>
  withPlatform(async (platform) => {
    const run = await platform.register();
    assert.equal(run.status, "successful", run.result);
    const versions = await versionsBecome(platform, ["1.0.0 [1.0.0] active", "1.1.0 [1.1.0] active"]);
    assert.ok(versions.every(({ owner, owner_path }) => owner === "usr-dev" && owner_path === ":usr-dev"));
    const [app] = await eventually("the store's app", async () => {
      const apps = await platform.find<StoreAppDocument>("app", "activeApps");
      const newest = versions.find(({ name }) => name.startsWith("1.1.0"));
      return apps[0]?.latest_version_id === newest?.version_id ? apps : undefined;
    });
    assert.deepEqual(
      [app?.name, app?.status, app?.active, app?.repo_id, app?.app_version_types],
      ["bookinfo", "active", true, repoId, "vmbased"],
    );
    assert.match(app?.description ?? "", /Reviews show their stars/);
    assert.deepEqual(platform.complaints(), []);
  }));

test("an index of charts is one whatever the providers are called", () =>
  withPlatform(async (platform) => {
    const run = await platform.register({ url: `${platform.url}/helm`, providers: ["moon"], appDefaultStatus: "draft" });
    assert.equal(run.status, "successful", run.result);
    const versions = await versionsBecome(platform, ["1.0.0 [1.0.0] draft", "1.1.0 [1.1.0] draft"]);
    assert.ok(versions.every(({ type, readme }) => type === "helm" && readme.length > 0));
    assert.deepEqual(
      (await platform.find<StoreVersionDocument>("app", "activeAppVersions")).filter(({ active }) => active),
      [],
    );
  }));

test("its archive is kept, by digest", () =>
  withPlatform(async (platform) => {
    await platform.register();
    const [version] = await versionsBecome(platform, ["1.0.0 [1.0.0] active", "1.1.0 [1.1.0] active"]);
    assert.ok(version?.package_owner === "repo" && (await platform.of("repo").host.blobs.get(version.package_digest)));
  }));

test("indexed again without a change, it succeeds without a word", () =>
  withPlatform(async (platform) => {
    await platform.register();
    const before = await versionsBecome(platform, ["1.0.0 [1.0.0] active", "1.1.0 [1.1.0] active"]);
    await platform.send({ type: "IndexRepo", repoId, repoEventId: "repoe-2" });
    assert.equal((await platform.ended("repoe-2")).status, "successful");
    assert.deepEqual(await versionsBecome(platform, namesOf(before)), before);
  }));

test("a new version comes, a version that is gone from the index is deleted, and one that is back is back", async () =>
  withPlatform(
    async (platform) => {
      const index = async (repoEventId: string, versions: readonly ("1.0.0" | "1.1.0")[]) => {
        platform.publish(await buildRepository({ versions }));
        await platform.send({ type: "IndexRepo", repoId, repoEventId });
        assert.equal((await platform.ended(repoEventId)).status, "successful");
      };
      await platform.register();
      await versionsBecome(platform, ["1.0.0 [1.0.0] active"]);
      await index("repoe-2", ["1.0.0", "1.1.0"]);
      await versionsBecome(platform, ["1.0.0 [1.0.0] active", "1.1.0 [1.1.0] active"]);
      await index("repoe-3", ["1.1.0"]);
      await versionsBecome(platform, ["1.0.0 [1.0.0] deleted", "1.1.0 [1.1.0] active"]);
      await index("repoe-4", []);
      await versionsBecome(platform, ["1.0.0 [1.0.0] deleted", "1.1.0 [1.1.0] deleted"]);
      await eventually("the app is deleted, in the store too", async () => {
        const [app] = await platform.find<AppDocument>("app", "apps");
        const [inStore] = await platform.find<StoreAppDocument>("app", "activeApps");
        return app?.status === "deleted" && inStore?.status === "deleted";
      });
      await index("repoe-5", ["1.0.0", "1.1.0"]);
      await versionsBecome(platform, ["1.0.0 [1.0.0] active", "1.1.0 [1.1.0] active"]);
      assert.deepEqual(platform.complaints(), []);
    },
    await buildRepository({ versions: ["1.0.0"] }),
  ));

test("when a repository goes, so does what it listed", () =>
  withPlatform(async (platform) => {
    await platform.register();
    await platform.send({ type: "DeleteRepo", repoId, repoEventId: "repoe-2" });
    assert.equal((await platform.ended("repoe-2")).status, "successful");
    await versionsBecome(platform, ["1.0.0 [1.0.0] deleted", "1.1.0 [1.1.0] deleted"]);
  }));

test("a repository that is deleted while it is indexed leaves nothing behind", () =>
  withPlatform(async (platform) => {
    await platform.send(createRepo({ url: `${platform.url}/devkit` }));
    await platform.send({ type: "DeleteRepo", repoId, repoEventId: "repoe-2" });
    assert.equal((await platform.ended("repoe-2")).status, "successful");
    await eventually("no version is left", async () =>
      (await platform.find<VersionDocument>("app", "appVersions")).every(({ status }) => status === "deleted"),
    );
    const [first] = (await platform.find<RepoEventDocument>("repo", "repoEvents")).filter(
      ({ repo_event_id }) => repo_event_id === "repoe-1",
    );
    assert.notEqual(first?.status, "pending");
  }));

test("another address is indexed at once", () =>
  withPlatform(async (platform) => {
    const run = await platform.register({ url: `${platform.url}/nowhere` });
    assert.equal(run.status, "failed");
    assert.match(run.result, /nowhere\/index.yaml: the server answers 404/);
    const elsewhere = { ...unchanged, url: `${platform.url}/devkit`, appDefaultStatus: "active" };
    await platform.send({ type: "ModifyRepo", repoId, repoEventId: "repoe-2", ...elsewhere });
    assert.equal((await platform.ended("repoe-2")).status, "successful");
    await versionsBecome(platform, ["1.0.0 [1.0.0] active", "1.1.0 [1.1.0] active"]);
  }));

test("with an interval, what is new is found unasked", () =>
  withPlatform(
    async (platform) => {
      await platform.register({ url: `${platform.url}/nowhere` });
      await eventually("a second run", async () => (await platform.find<RepoEventDocument>("repo", "repoEvents")).length > 1);
    },
    undefined,
    1,
  ));

const broken: { readonly [B in Breakage]: RegExp } = {
  "index is not YAML": /not YAML|not the index/,
  "index is missing": /404/,
  "entry without urls": /bookinfo.*no urls/,
  "digest is wrong": /bookinfo 1\.\d\.0.*archive is sha256:.*but the index says/,
  "package is missing": /bookinfo 1\.\d\.0.*404/,
  "template does not render": /bookinfo 1\.\d\.0.*cluster\.json\.tmpl/,
};
for (const [breakage, reason] of Object.entries(broken))
  test(`${breakage}: the run tells the reason, and what can still be had stays listed`, async () =>
    withPlatform(async (platform) => {
      await platform.register();
      const before = await versionsBecome(platform, ["1.0.0 [1.0.0] active", "1.1.0 [1.1.0] active"]);
      platform.publish(await buildBrokenRepository(breakage as Breakage));
      await platform.send({ type: "IndexRepo", repoId, repoEventId: "repoe-2" });
      const run = await platform.ended("repoe-2");
      if (breakage === "entry without urls") {
        assert.deepEqual([run.status, reason.test(run.result)], ["successful", true], run.result);
        await versionsBecome(platform, ["1.0.0 [1.0.0] active", "1.1.0 [1.1.0] deleted"]);
        return;
      }
      if (breakage === "package is missing") return assert.equal(run.status, "successful", "what is kept is not fetched again");
      assert.equal(run.status, "failed");
      assert.match(run.result, reason);
      assert.deepEqual(await versionsBecome(platform, namesOf(before)), before);
    }));

test("a package that is missing is skipped with the reason, the others are listed, and the next run tries it again", async () => {
  const repository = await buildRepository();
  const files = new Map([...repository.files].filter(([path]) => path !== "/devkit/bookinfo-1.1.0.tgz"));
  await withPlatform(
    async (platform) => {
      const run = await platform.register();
      assert.equal(run.status, "successful");
      assert.match(run.result, /^skipped: bookinfo 1\.1\.0 \[1\.1\.0\]: .*404/);
      await versionsBecome(platform, ["1.0.0 [1.0.0] active"]);
      platform.publish(repository);
      await platform.send({ type: "IndexRepo", repoId, repoEventId: "repoe-2" });
      assert.equal((await platform.ended("repoe-2")).status, "successful");
      await versionsBecome(platform, ["1.0.0 [1.0.0] active", "1.1.0 [1.1.0] active"]);
    },
    { ...repository, files },
  );
});
