import assert from "node:assert/strict";
import { test } from "node:test";
import { collections } from "../../../../events/subscription/collections.ts";
import { unscopedReads } from "../../../../services/chassis/http/reads.ts";
import { clusterOwnersOf, credentials, runtimes } from "../../../../services/providers/kit/read-models.ts";
import { gate } from "../../../../services/providers/local/gate.ts";
import { sealedText } from "../../../sealed.ts";
import { clusterId, clusterStory, placement } from "../../../world/toys/clusters.ts";
import { provider } from "../../../world/toys/provider.ts";

const { runtimeId, runtimeCredentialId } = placement;
const own = { owner: "usr-1", ownerPath: ":usr-1" };
const credential = {
  type: "CreateRuntimeCredential",
  name: "more",
  description: "",
  provider: "local",
  runtimeUrl: "",
  debug: false,
  ...own,
};
const modified = { type: "ModifyRuntime", runtimeId, name: undefined, description: undefined };

/** Runtimes, clusters and the read models of the local provider, with a cluster that runs and the gate that decides about it. */
const story = async () => {
  const projections = [clusterOwnersOf("local"), credentials, runtimes];
  let documents: Parameters<typeof unscopedReads>[1] | undefined;
  const platform = await clusterStory({
    service: provider(undefined, { projections }),
    outside: ({ ports }) => {
      documents = ports.documents;
    },
  });
  assert.ok(documents);
  const { get } = unscopedReads(collections(projections), documents);
  const does = async (service: string, command: { readonly type: string; readonly [field: string]: unknown }) => {
    const { rejection } = await platform.send(service, command);
    assert.equal(rejection, null);
    await platform.settle();
  };
  /** In these stories a sealed text is the token itself. */
  const open = async (sealed: string) => JSON.stringify({ token: sealed });
  const asks = (token: string | undefined = sealedText("sealed"), id = clusterId) => gate({ token, document: get as never, open })(id);
  return { asks, does, stop: platform.stop };
};

const cease = async (does: Awaited<ReturnType<typeof story>>["does"]) => {
  await does("cluster", { type: "DeleteCluster", clusterId, jobId: "j-8", force: false });
  await does("cluster", { type: "CeaseCluster", clusterId, jobId: "j-9", force: false });
};

test("a cluster may use the machine by the token of the credential that its runtime has now", async (t) => {
  const { asks, does, stop } = await story();
  t.after(stop);
  await asks();
  await assert.rejects(asks("another"), { code: "denied", message: /does not match PITRIX_LOCAL_TOKEN/ });
  await assert.rejects(
    asks(undefined, clusterId).then(() => asks("")),
    { code: "denied" },
  );

  await does("runtime", {
    type: "ModifyRuntimeCredential",
    runtimeCredentialId,
    name: undefined,
    description: undefined,
    sealedContent: sealedText("new"),
  });
  await assert.rejects(asks(sealedText("sealed")), { code: "denied" });
  await asks(sealedText("new"));

  await does("runtime", { ...credential, runtimeCredentialId: "runtimec-2", sealedContent: sealedText("second") });
  await asks(sealedText("new"));
  await does("runtime", { ...modified, runtimeCredentialId: "runtimec-2" });
  await assert.rejects(asks(sealedText("new")), { code: "denied" });
  await asks(sealedText("second"));
});

/** Documents of a cluster that may use the machine, some of them replaced. */
const documents = (more: object = {}) => ({
  ...{ clusterOwners: { runtime_id: "r" }, runtimes: { credential_id: "c" }, credentials: { sealed_content: '{"token":"t"}' } },
  ...more,
});
const closed: readonly (readonly [why: RegExp, more: object, token?: string | undefined])[] = [
  [/set PITRIX_LOCAL_TOKEN to enable it/, {}, undefined],
  [/cluster cl-1 has ceased/, { clusterOwners: { runtime_id: "r", ceased: true } }, "t"],
  [/runtime r is deleted/, { runtimes: { credential_id: "c", deleted: true } }, "t"],
  [/credential c is deleted/, { credentials: { sealed_content: "" } }, "t"],
  ...["nothing", "{}", "[]", "null", '"t"', '{"token":["t"]}', '{"token":{}}', '{"token":null}'].map(
    (sealed_content) => [/does not match/, { credentials: { sealed_content } }, "t"] as const,
  ),
];
for (const [why, more, token] of closed)
  test(`the gate is closed: ${why.source} ${JSON.stringify(more)}`, async () => {
    const found = new Map(Object.entries(documents(more)));
    const asked = gate({ token, document: async (model) => found.get(model) as never, open: async (sealed) => sealed })("cl-1");
    await assert.rejects(asked, { code: "denied", message: why });
  });

test("a cluster that has ceased, or that nobody knows, may use nothing", async (t) => {
  const { asks, does, stop } = await story();
  t.after(stop);
  await assert.rejects(asks(sealedText("sealed"), "cl-other"), /cluster cl-other is not known yet, or no longer/);
  await cease(does);
  await assert.rejects(asks(), { code: "denied", message: /has ceased/ });
});
