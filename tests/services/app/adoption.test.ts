import assert from "node:assert/strict";
import { test } from "node:test";
import { commandsOf } from "../../../events/reaction.ts";
import type { AppEvent, RepoAdoptionEvent } from "../../../schemas/generated/events.ts";
import { sequenceOf } from "../../../services/app/domain/adoption.ts";
import { app } from "../../../services/app/domain/app.ts";
import type { VersionStatus } from "../../../services/app/domain/catalogue.ts";
import { repoAdoption } from "../../../services/app/domain/repo-adoption.ts";
import { reactions } from "../../../services/app/reactions.ts";
import { given, metaOf } from "../../spec.ts";
import { offered } from "../repo/offered.ts";

const adopt = { type: "AdoptPackage", ...offered } as const;
const { appId, versionId, repoEventId, repoId } = offered;
const withdraw = { type: "WithdrawPackage", appId, versionId } as const;
const next = {
  ...adopt,
  packageId: "p2",
  versionId: "appv-p2",
  version: "1.1.0",
  versionName: "1.1.0",
  description: "A better book shop.",
};
const typesOf = (events: readonly AppEvent[]) => events.map(({ type }) => type);

const first = given(app).when(adopt);
const there = first.events();
const inheritedAs = (status: VersionStatus): AppEvent => ({
  type: "AppVersionStatusInherited",
  appId,
  versionId,
  status,
  owner: "usr-dev",
  ownerPath: ":usr-dev",
});
const adoptedAs = (status: VersionStatus): readonly AppEvent[] => [...there, inheritedAs(status)];

test("a listed package makes the app and its version", () => {
  assert.deepEqual(typesOf(there), ["AppCreated", "AppVersionCreated", "AppLatestVersionChanged"]);
  const [created, version] = there;
  assert.ok(created?.type === "AppCreated" && version?.type === "AppVersionCreated");
  assert.deepEqual(
    [created.name, created.chartName, created.repoId, created.keywords, created.owner],
    ["bookinfo", "bookinfo", "repo-1", "books,demo", "usr-dev"],
  );
  assert.deepEqual(
    [version.name, version.status, version.packageDigest, version.packageOwner, version.maintainers],
    ["1.0.0 [2.0]", "draft", "sha256:1", "repo", '[{"name":"Ann","email":"","url":""}]'],
  );
});
test("a repository may say that its versions are active", () =>
  given(app)
    .when({ ...adopt, appDefaultStatus: "active" })
    .expectTypes("AppCreated", "AppVersionCreated", "AppStatusChanged", "AppLatestVersionChanged"));
test("the newest version describes the app", () => {
  const events = given(app, ...there)
    .when(next)
    .events();
  assert.deepEqual(typesOf(events), ["AppModified", "AppVersionCreated", "AppLatestVersionChanged"]);
  assert.equal(events[0]?.type === "AppModified" && events[0].description, "A better book shop.");
});
test("an older version does not describe the app", () =>
  given(app, ...given(app).when(next).events())
    .when(adopt)
    .expectTypes("AppVersionCreated"));
test("a package with another content takes the place of the one before", () =>
  given(app, ...there)
    .when({ ...adopt, digest: "sha256:2" })
    .expectTypes("AppVersionPackageReplaced"));
test("another description is told", () =>
  given(app, ...there)
    .when({ ...adopt, description: "Other." })
    .expectTypes("AppModified", "AppVersionModified", "AppVersionPackageReplaced"));

/** The higher of the repository's status and the version's own. */
const inherited: { readonly [S in VersionStatus]: { readonly draft: boolean; readonly active: boolean } } = {
  active: { draft: false, active: false },
  rejected: { draft: false, active: false },
  passed: { draft: false, active: true },
  "in-review": { draft: false, active: true },
  submitted: { draft: false, active: true },
  suspended: { draft: false, active: false },
  draft: { draft: false, active: true },
  deleted: { draft: true, active: true },
};
for (const [status, expected] of Object.entries(inherited))
  for (const given_ of ["draft", "active"] as const)
    test(`listed again as ${given_}, a version that is ${status} ${expected[given_] ? `becomes ${given_}` : "stays so"}`, () => {
      const events = given(app, ...adoptedAs(status as VersionStatus))
        .when({ ...adopt, appDefaultStatus: given_ })
        .events();
      const [change] = events.filter(({ type }) => type === "AppVersionStatusInherited");
      assert.equal(change?.type === "AppVersionStatusInherited" ? change.status : undefined, expected[given_] ? given_ : undefined);
    });

const active = given(app)
  .when({ ...adopt, appDefaultStatus: "active" })
  .events();
const replacedBy = (past: readonly AppEvent[], changes: Partial<typeof adopt>) => {
  const events = given(app, ...past)
    .when({ ...adopt, digest: "sha256:2", ...changes })
    .events();
  const replaced = events.find((event) => event.type === "AppVersionPackageReplaced");
  return [replaced?.published, replaced?.visibility];
};
test("another content of an active version is in the store at once only if its repository makes versions active", () => {
  assert.deepEqual(replacedBy(active, { appDefaultStatus: "active", visibility: "public" }), [true, "public"]);
  assert.deepEqual(replacedBy(active, { appDefaultStatus: "draft" }), [false, "private"]);
  assert.deepEqual(replacedBy(adoptedAs("passed"), { appDefaultStatus: "active" }), [false, "private"]);
  assert.deepEqual(replacedBy(adoptedAs("suspended"), { appDefaultStatus: "active" }), [false, "private"]);
});

const ofVersion = { appId, versionId, reviewId: "", owner: "usr-dev", ownerPath: ":usr-dev" } as const;
const suspended: AppEvent = { type: "AppVersionSuspended", ...ofVersion, status: "suspended" };
const rejected: AppEvent = { type: "AppVersionReviewRejected", ...ofVersion, operatorType: "admin", message: "no", status: "rejected" };
const deleted: AppEvent = { type: "AppVersionDeleted", ...ofVersion, message: "", status: "deleted" };
const reopened: AppEvent = { type: "AppVersionReopened", ...ofVersion, status: "draft" };
const recovered: AppEvent = { type: "AppVersionRecovered", ...ofVersion, status: "active" };
const passed: AppEvent = { type: "AppVersionReviewPassed", ...ofVersion, operatorType: "admin", status: "passed" };
/** The status in which a version is after it was listed again by a repository that makes versions active. */
const listedAgain = (...past: readonly AppEvent[]) => {
  const { state } = given(app, ...active, ...past)
    .when({ ...adopt, appDefaultStatus: "active" })
    .after();
  return state.status === "absent" ? undefined : state.versions.get(versionId)?.status;
};
test("what an administrator suspended or rejected, no indexing makes active, also after a deletion", () => {
  assert.equal(listedAgain(suspended), "suspended");
  assert.equal(listedAgain(suspended, deleted), "suspended");
  assert.equal(listedAgain(suspended, deleted, inheritedAs("suspended")), "suspended");
  assert.equal(listedAgain(rejected), "rejected");
  assert.equal(listedAgain(rejected, deleted), "rejected");
  assert.equal(listedAgain(rejected, reopened), "draft");
  assert.equal(listedAgain(rejected, reopened, deleted), "rejected");
});
test("what is recovered or passed may be active by indexing again", () => {
  assert.equal(listedAgain(suspended, recovered, deleted), "active");
  assert.equal(listedAgain(rejected, passed), "active");
});

test("a version that is listed no longer is deleted, and with the last one the app", () =>
  given(app, ...there)
    .when(withdraw)
    .expectTypes("AppVersionDeleted", "AppDeleted", "AppLatestVersionChanged"));
test("an app with other versions stays", () =>
  given(
    app,
    ...there,
    ...given(app, ...there)
      .when(next)
      .events(),
  )
    .when(withdraw)
    .expectTypes("AppVersionDeleted"));
test("a version is withdrawn once", () =>
  given(
    app,
    ...there,
    ...given(app, ...there)
      .when(withdraw)
      .events(),
  )
    .when(withdraw)
    .expectNothing());
test("what never came is not withdrawn", () => given(app).when(withdraw).expectNothing());
test("an app that is listed again is back", () =>
  given(
    app,
    ...there,
    ...given(app, ...there)
      .when(withdraw)
      .events(),
  )
    .when(adopt)
    .expectTypes("AppVersionPackageReplaced", "AppVersionStatusInherited", "AppStatusChanged", "AppLatestVersionChanged"));

test("sequences follow version numbers", () => {
  const ascending = ["not a version", "0.9.0", "1.0.0-rc1", "1.0.0", "1.0.1", "1.10.0", "v2", "20230101.0.0"];
  const sequences = ascending.map(sequenceOf);
  assert.deepEqual(
    [...sequences].sort((a, b) => a - b),
    sequences,
  );
  assert.equal(new Set(sequences).size, sequences.length);
  assert.ok(sequences.every(Number.isSafeInteger));
});

const count = (packageId: string) => ({ type: "CountAdoption", repoEventId, packageId }) as const;
const expectSo = (expected: number) => ({ type: "ExpectAdoptions", repoEventId, repoId, expected }) as const;
const counted = (packageId: string): RepoAdoptionEvent => ({ type: "PackageAdopted", repoEventId, packageId });
const told = (expected: number): RepoAdoptionEvent => ({ type: "RepoAdoptionExpected", repoEventId, repoId, expected });
const complete: RepoAdoptionEvent = { type: "RepoIndexAdopted", repoEventId, repoId };
test("a package is counted", () => given(repoAdoption).when(count("p1")).expect(counted("p1")));
test("a package is counted once", () => given(repoAdoption, counted("p1")).when(count("p1")).expectNothing());
test("the last package completes the index", () =>
  given(repoAdoption, counted("p1"), told(2)).when(count("p2")).expect(counted("p2"), complete));
test("if the number comes last, it completes the index", () =>
  given(repoAdoption, counted("p1"), counted("p2")).when(expectSo(2)).expect(told(2), complete));
test("an index without a change is adopted at once", () => given(repoAdoption).when(expectSo(0)).expect(told(0), complete));
test("the number may come before the packages", () => given(repoAdoption).when(expectSo(2)).expect(told(2)));
test("the number is told once", () => given(repoAdoption, told(2)).when(expectSo(2)).expectNothing());

test("whenever a package is listed, the catalogue adopts and counts it", () =>
  assert.deepEqual(commandsOf(reactions.PackageListed, { type: "PackageListed", ...offered }, metaOf(1)), [adopt, count("p1")]));
