import { test } from "node:test";
import type { AppEvent } from "../../../schemas/generated/events.ts";
import { app } from "../../../services/app/domain/app.ts";
import { given } from "../../spec.ts";
import {
  appCreated,
  appId,
  come,
  content,
  details,
  latest,
  registration,
  reopened,
  there,
  told,
  version,
  versionCreated,
  versionId,
} from "./fixtures.ts";

const create = { type: "CreateApp", ...registration, version } as const;
const second = { ...version, versionId: "appv-2", name: "1.1.0" };
const modified = (changes: object): AppEvent => ({ type: "AppModified", appId, ...details, ...changes });

test("an app comes with its first version", () =>
  given(app)
    .when(create)
    .expect(...there));
test("an app is created once", () =>
  given(app, ...there)
    .when(create)
    .expectNothing());

test("a version is added as the newest", () =>
  given(app, ...there)
    .when({ type: "CreateAppVersion", appId, version: second })
    .expect({ ...versionCreated, ...second, sequence: 2 } as AppEvent, latest("appv-2")));
test("a version name is unique in its app", () =>
  given(app, ...there)
    .when({ type: "CreateAppVersion", appId, version: { ...second, name: version.name } })
    .expectRejection(/\[1.0.0\] already exists/, { kind: "denied", error: "app_version_exists" }));
test("the name of a deleted version is free again", () =>
  given(app, ...come.deleted)
    .when({ type: "CreateAppVersion", appId, version: { ...second, name: version.name } })
    .expectTypes("AppVersionCreated", "AppLatestVersionChanged"));
test("a version is added once", () =>
  given(app, ...there)
    .when({ type: "CreateAppVersion", appId, version })
    .expectNothing());
test("a version needs an app", () =>
  given(app)
    .when({ type: "CreateAppVersion", appId, version })
    .expectRejection(/does not exist/, { kind: "notFound" }));
test("a deleted app gets no version", () =>
  given(app, ...come.deleted, { type: "AppDeleted", appId })
    .when({ type: "CreateAppVersion", appId, version: second })
    .expectRejection(/already deleted/, { kind: "precondition", error: "resource_already_deleted" }));

test("what is told of an app changes", () =>
  given(app, ...there)
    .when({ type: "ModifyApp", appId, changes: { name: "Shop", categoryIds: ["ctg-2"], tos: undefined } })
    .expect(modified({ name: "Shop", categoryIds: ["ctg-2"] })));
test("a modification without a difference changes nothing", () =>
  given(app, ...there)
    .when({ type: "ModifyApp", appId, changes: { name: details.name } })
    .expectNothing());
test("an app with a version in review cannot be modified", () =>
  given(app, ...come["in-review"])
    .when({ type: "ModifyApp", appId, changes: { name: "Shop" } })
    .expectRejection(/in review/, { kind: "precondition" }));
test("a deleted app cannot be modified", () =>
  given(app, ...come.deleted, { type: "AppDeleted", appId })
    .when({ type: "ModifyApp", appId, changes: { name: "Shop" } })
    .expectRejection(/already deleted/, { kind: "precondition", error: "resource_already_deleted" }));
test("an app that is not known cannot be modified", () =>
  given(app)
    .when({ type: "ModifyApp", appId, changes: {} })
    .expectRejection(/does not exist/, { kind: "notFound" }));

const attach = (kind: "icon" | "screenshot", attachmentId: string, sequence = 0, digest = `sha256:${attachmentId}`) =>
  ({ type: "SetAppAttachment", appId, kind, attachmentId, sequence, digest }) as const;
const filesOf = (...ids: readonly string[]) => ({ files: Object.fromEntries(ids.map((id) => [id, `sha256:${id}`])) });
const pictured = modified({ screenshots: "att-1,att-2", ...filesOf("att-1", "att-2") });
test("an app has an icon", () =>
  given(app, ...there)
    .when(attach("icon", "att-1"))
    .expect(modified({ icon: "att-1", ...filesOf("att-1") })));
test("the same icon changes nothing", () =>
  given(app, ...there, modified({ icon: "att-1", ...filesOf("att-1") }))
    .when(attach("icon", "att-2", 0, "sha256:att-1"))
    .expectNothing());
test("an uploaded icon keeps its id", () =>
  given(app, ...there, modified({ icon: "att-1", ...filesOf("att-1") }))
    .when(attach("icon", "att-2", 0, "sha256:new"))
    .expect(modified({ icon: "att-1", files: { "att-1": "sha256:new" } })));
test("an icon that was named, but not uploaded, keeps nothing", () =>
  given(app, ...there, modified({ icon: "att-foreign" }))
    .when(attach("icon", "att-1"))
    .expect(modified({ icon: "att-1", ...filesOf("att-1") })));
test("an icon is taken away with its file", () =>
  given(app, ...there, modified({ icon: "att-1", ...filesOf("att-1") }))
    .when(attach("icon", ""))
    .expect(modified({ icon: "" })));
test("screenshots are numbered", () =>
  given(app, ...there, pictured)
    .when(attach("screenshot", "att-3", 1))
    .expect(modified({ screenshots: "att-1,att-3", ...filesOf("att-1", "att-3") })));
test("a number beyond the last adds a screenshot", () =>
  given(app, ...there, modified({ screenshots: "att-1", ...filesOf("att-1") }))
    .when(attach("screenshot", "att-2", 7))
    .expect(pictured));
test("an empty screenshot takes one away", () =>
  given(app, ...there, pictured)
    .when(attach("screenshot", "", 0))
    .expect(modified({ screenshots: "att-2", ...filesOf("att-2") })));
test("an attachment needs an app", () =>
  given(app)
    .when(attach("icon", "att-1"))
    .expectRejection(/does not exist/, { kind: "notFound" }));
test("a deleted app gets no attachment", () =>
  given(app, ...come.deleted, { type: "AppDeleted", appId })
    .when(attach("icon", "att-1"))
    .expectRejection(/already deleted/, { error: "resource_already_deleted" }));

const modify = (changes: object) =>
  ({ type: "ModifyAppVersion", appId, versionId, name: undefined, description: undefined, content: undefined, ...changes }) as const;
const renamed: AppEvent = { type: "AppVersionModified", appId, versionId, name: "1.0.1", description: version.description };
for (const status of ["draft", "active"] as const)
  test(`a version that is ${status} is renamed`, () =>
    given(app, ...come[status])
      .when(modify({ name: "1.0.1" }))
      .expect(renamed));
test("a rejected version that is modified is a draft", () =>
  given(app, ...come.rejected)
    .when(modify({ name: "1.0.1" }))
    .expect(renamed, reopened));
test("a version gets another package", () => {
  const replaced = { version: "1.0.1", ...told, ...content, packageDigest: "sha256:2" };
  given(app, ...there)
    .when(modify({ content: replaced }))
    .expect({ ...renamed, name: version.name } as AppEvent, {
      ...replaced,
      type: "AppVersionPackageReplaced",
      appId,
      versionId,
      visibility: "public",
      published: false,
    });
});
test("a modification of a version without a difference changes nothing", () =>
  given(app, ...there)
    .when(modify({ name: version.name }))
    .expectNothing());
for (const status of ["submitted", "in-review", "passed", "suspended", "deleted"] as const)
  test(`a version that is ${status} cannot be modified`, () =>
    given(app, ...come[status])
      .when(modify({ name: "1.0.1" }))
      .expectRejection(new RegExp(`is ${status}`), { kind: "precondition", error: "app_version_incorrect_status" }));
test("a version cannot take the name of another", () =>
  given(app, ...there, { ...versionCreated, ...second, sequence: 2 } as AppEvent)
    .when(modify({ name: "1.1.0" }))
    .expectRejection(/exists/, { kind: "denied", error: "app_version_exists" }));
test("a version that is not known cannot be modified", () =>
  given(app, ...there)
    .when({ ...modify({ name: "x" }), versionId: "appv-9" })
    .expectRejection(/does not exist/, { kind: "notFound" }));
test("a version of an app that is not known cannot be modified", () =>
  given(app)
    .when(modify({ name: "x" }))
    .expectRejection(/does not exist/, { kind: "notFound" }));

test("an app whose versions are all deleted is deleted", () =>
  given(app, ...come.deleted)
    .when({ type: "DeleteApp", appId })
    .expect({ type: "AppDeleted", appId }));
test("an app with versions cannot be deleted", () =>
  given(app, ...there)
    .when({ type: "DeleteApp", appId })
    .expectRejection(/versions/, { kind: "precondition", error: "exists_no_delete_versions" }));
test("an app is deleted once", () =>
  given(app, ...come.deleted, { type: "AppDeleted", appId })
    .when({ type: "DeleteApp", appId })
    .expectRejection(/already deleted/, { error: "resource_already_deleted" }));
test("an app that is not known cannot be deleted", () =>
  given(app)
    .when({ type: "DeleteApp", appId })
    .expectRejection(/does not exist/, { kind: "notFound" }));

test("an app is active as long as one of its versions is", () =>
  given(app, ...come.active, { ...versionCreated, ...second, sequence: 2, status: "active" } as AppEvent, latest("appv-2", "appv-2"))
    .when({ type: "SuspendAppVersion", appId, versionId: "appv-2" })
    .expectTypes("AppVersionSuspended", "AppLatestVersionChanged"));
test("an app with a draft is a draft, whatever is suspended", () =>
  given(app, ...come.suspended)
    .when({ type: "CreateAppVersion", appId, version: second })
    .expectTypes("AppVersionCreated", "AppStatusChanged", "AppLatestVersionChanged"));

test("the store's app is not known twice", () => given(app, appCreated).when(create).expectNothing());
