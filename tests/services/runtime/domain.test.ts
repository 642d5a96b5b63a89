import { test } from "node:test";
import { runtime, runtimeCredential } from "../../../services/runtime/domain.ts";
import { sealedText } from "../../sealed.ts";
import { given } from "../../spec.ts";

const runtimeId = "runtime-1";
const runtimeCredentialId = "runtimec-1";
const described = {
  runtimeId,
  name: "here",
  description: "",
  provider: "local",
  zone: "local",
  runtimeCredentialId,
  debug: false,
  owner: "usr-1",
  ownerPath: ":usr-1",
};
const created = { type: "RuntimeCreated", ...described } as const;
const reserved = {
  type: "RuntimeReserved",
  runtimeId,
  clusterId: "cl-1",
  jobId: "j-1",
  provider: "local",
  zone: "local",
  runtimeCredentialId,
} as const;
const deleted = { type: "RuntimeDeleted", runtimeId, runtimeCredentialId, clusterIds: [] } as const;

test("a runtime is created once", () => {
  given(runtime)
    .when({ type: "CreateRuntime", ...described })
    .expect(created);
  given(runtime, created)
    .when({ type: "CreateRuntime", ...described })
    .expectNothing();
});

test("a cluster reserves a runtime that is there", () =>
  given(runtime, created).when({ type: "ReserveRuntime", runtimeId, clusterId: "cl-1", jobId: "j-1" }).expect(reserved));

test("a cluster is refused a runtime that was never there, or is given up", () => {
  const reserve = { type: "ReserveRuntime", runtimeId, clusterId: "cl-1", jobId: "j-1" } as const;
  given(runtime)
    .when(reserve)
    .expect({ type: "RuntimeRefused", runtimeId, clusterId: "cl-1", jobId: "j-1", reason: "runtime runtime-1 is absent" });
  given(runtime, created, deleted)
    .when(reserve)
    .expect({ type: "RuntimeRefused", runtimeId, clusterId: "cl-1", jobId: "j-1", reason: "runtime runtime-1 is deleted" });
});

test("a runtime in use is not deleted, unless its clusters are forced out", () => {
  given(runtime, created, reserved)
    .when({ type: "DeleteRuntime", runtimeId, force: false })
    .expectRejection(/used by cl-1/, { kind: "denied", error: "delete_resources_failed" });
  given(runtime, created, reserved)
    .when({ type: "DeleteRuntime", runtimeId, force: true })
    .expect({ ...deleted, clusterIds: ["cl-1"] });
});

test("a runtime that its last cluster released is deleted, and deleting it again changes nothing", () => {
  given(runtime, created, reserved, { type: "RuntimeReleased", runtimeId, clusterId: "cl-1" })
    .when({ type: "DeleteRuntime", runtimeId, force: false })
    .expect(deleted);
  given(runtime, created, deleted).when({ type: "DeleteRuntime", runtimeId, force: false }).expectNothing();
  given(runtime)
    .when({ type: "DeleteRuntime", runtimeId, force: false })
    .expectRejection(/does not exist/, { kind: "notFound" });
});

test("releasing twice changes nothing", () => {
  given(runtime, created, reserved)
    .when({ type: "ReleaseRuntime", runtimeId, clusterId: "cl-1" })
    .expect({ type: "RuntimeReleased", runtimeId, clusterId: "cl-1" });
  given(runtime, created).when({ type: "ReleaseRuntime", runtimeId, clusterId: "cl-1" }).expectNothing();
});

test("a modification says what was before, and saying the same again changes nothing", () => {
  const modify = { type: "ModifyRuntime", runtimeId, name: undefined, description: "there", runtimeCredentialId: "runtimec-2" } as const;
  given(runtime, created).when(modify).expect({
    type: "RuntimeModified",
    runtimeId,
    name: "here",
    description: "there",
    runtimeCredentialId: "runtimec-2",
    formerRuntimeCredentialId: "runtimec-1",
  });
  given(runtime, created)
    .when({ ...modify, description: "", runtimeCredentialId: undefined })
    .expectNothing();
  given(runtime, created, deleted)
    .when(modify)
    .expectRejection(/does not exist/);
});

const credential = {
  runtimeCredentialId,
  name: "token",
  description: "",
  provider: "local",
  runtimeUrl: "",
  sealedContent: sealedText("sealed"),
  debug: false,
  owner: "usr-1",
  ownerPath: ":usr-1",
};
const kept = { type: "RuntimeCredentialCreated", ...credential } as const;
const used = { type: "RuntimeCredentialUsed", runtimeCredentialId, runtimeId } as const;

test("a credential that a runtime uses is not deleted; once freed it is", () => {
  const remove = { type: "DeleteRuntimeCredential", runtimeCredentialId } as const;
  given(runtimeCredential, kept, used)
    .when(remove)
    .expectRejection(/used by runtime-1/, { kind: "denied", error: "delete_resources_failed" });
  given(runtimeCredential, kept, used, { type: "RuntimeCredentialFreed", runtimeCredentialId, runtimeId })
    .when(remove)
    .expect({ type: "RuntimeCredentialDeleted", runtimeCredentialId });
  given(runtimeCredential)
    .when(remove)
    .expectRejection(/does not exist/);
});

test("using and freeing a credential twice changes nothing", () => {
  given(runtimeCredential, kept, used).when({ type: "UseRuntimeCredential", runtimeCredentialId, runtimeId }).expectNothing();
  given(runtimeCredential, kept).when({ type: "FreeRuntimeCredential", runtimeCredentialId, runtimeId }).expectNothing();
});

test("a credential's content changes only when another is given", () => {
  const modify = {
    type: "ModifyRuntimeCredential",
    runtimeCredentialId,
    name: "new",
    description: undefined,
    sealedContent: undefined,
  } as const;
  given(runtimeCredential, kept)
    .when(modify)
    .expect({ type: "RuntimeCredentialModified", runtimeCredentialId, name: "new", description: "", sealedContent: sealedText("sealed") });
  given(runtimeCredential, kept)
    .when({ ...modify, name: "token" })
    .expectNothing();
});
