import assert from "node:assert/strict";
import { test } from "node:test";
import { breakers } from "../../../../services/chassis/process/breaker.ts";
import { inquiriesOf } from "../../../../services/providers/kubernetes/inquiries.ts";
import { fakeNamespace, outsideOn } from "./fake-target.ts";

test("an API server that does not answer is soon asked no more, and another one is", async (t) => {
  const { guard, stop } = breakers();
  t.after(stop);
  const asked: string[] = [];
  const outside = outsideOn(fakeNamespace().targetAt({ now: () => 0 }), { now: () => 0, sleep: async () => {} });
  const { chart, zones } = inquiriesOf({
    ...outside,
    guarded: (id, run) => guard(id, 60_000, run),
    placeOf: async () => undefined,
    contentOf: async (id) => ({ content: id }),
    withApi: async (kubeconfig) => {
      asked.push(kubeconfig);
      throw new Error("the API server answers 503");
    },
    withNamespace: async () => assert.fail("it was not judged"),
  });
  const judge = (runtime_credential_id: string) => {
    const about = { cluster_id: "cl-1", runtime_credential_id, zone: "shop", package_owner: "repo", package_digest: "sha256:1" };
    return assert.rejects(async () => chart?.({ ...about, configuration: "", secrets: [] }));
  };
  for (let each = 0; each < 20; each++) await judge("down");
  assert.ok(asked.length < 10, `it was asked ${asked.length} times`);
  await judge("other");
  assert.equal(asked.at(-1), "other");
  const before = asked.length;
  await assert.rejects(async () => zones?.({ runtime_credential_id: "down" }));
  assert.equal(asked.length, before);
});
