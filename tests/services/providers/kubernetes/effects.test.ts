import assert from "node:assert/strict";
import { test } from "node:test";
import { markerOf } from "../../../../services/packages/secret-markers.ts";
import { separateSecrets } from "../../../../services/packages/secrets.ts";
import { TaskFailure } from "../../../../services/providers/kit/effects.ts";
import { tasks } from "../../../../services/providers/kubernetes/effects.ts";
import { KubernetesError } from "../../../../services/providers/kubernetes/ports.ts";
import { sealedText } from "../../../sealed.ts";
import { fakeNamespace, outsideOn } from "./fake-target.ts";

/** What a task says of a release that helm refuses with this sentence. */
const refusalOf = async (values: string, sentence: string): Promise<string> => {
  const target = fakeNamespace().targetAt({ now: () => 0 });
  const upgrade = async () => {
    throw new KubernetesError(sentence);
  };
  const clock = { now: () => 0, sleep: async () => {} };
  const outside = { ...outsideOn({ ...target, upgrade }, clock), open: async () => values };
  const description = {
    packageOwner: "repo",
    packageDigest: "sha256:1",
    zone: "shop",
    configuration: markerOf(""),
    secrets: [{ path: "", sealed: sealedText("values") }],
  };
  const context = { outside, clusterId: "cl-1", jobId: "j-1", current: { description }, nodes: {}, signal: new AbortController().signal };
  const task = { taskId: "t-1", nodeId: "", action: "ApplyRelease", directive: "{}", failureAllowed: false };
  try {
    await tasks.ApplyRelease?.(task, { ...context, report: async () => {} } as never); // The task reads these fields only.
  } catch (error) {
    assert.ok(error instanceof TaskFailure, String(error));
    return error.message;
  }
  return "";
};

test("what helm says is said without the values that are secret", async () => {
  const values = "db: { password: hunter22, name: shop }\napiToken: 12345678\n";
  assert.equal(await refusalOf(values, "no hunter22 in shop, nor 12345678"), "no ****** in shop, nor ******");
});

test("a refusal of values that are not YAML ends the task, and shows nothing of them", async () => {
  assert.match(await refusalOf("password: {hunter22", "cannot parse hunter22"), /^it was refused/);
});

test("the configuration of a chart is a map in YAML or JSON, or it is refused before anything happens", () => {
  for (const conf of ["replicas: 2", '{"replicas":2}', "", "******"]) assert.ok(!("rejected" in separateSecrets("helm", "", conf)), conf);
  for (const conf of ["{replicas", "- 1", "seven"]) assert.ok("rejected" in separateSecrets("helm", "", conf), conf);
});
