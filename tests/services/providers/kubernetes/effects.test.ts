import assert from "node:assert/strict";
import { test } from "node:test";
import { markerOf } from "../../../../services/packages/secret-markers.ts";
import { separateSecrets } from "../../../../services/packages/secrets.ts";
import { TaskFailure } from "../../../../services/providers/kit/effects.ts";
import { tasks } from "../../../../services/providers/kubernetes/effects.ts";
import { CLUSTER_LABEL, TASK_LABEL } from "../../../../services/providers/kubernetes/names.ts";
import { Forbidden, KubernetesError } from "../../../../services/providers/kubernetes/ports.ts";
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

test("volumes outlive a deletion, and are deleted with the cluster; who may not look at them can still delete the release", async () => {
  const namespace = fakeNamespace();
  const clock = { now: () => 0, sleep: async () => {} };
  const run = async (action: string, more: object = {}): Promise<void> => {
    const outside = outsideOn({ ...namespace.targetAt(clock), ...more }, clock);
    const description = { packageOwner: "repo", packageDigest: "sha256:1", zone: "shop", configuration: "", secrets: [], scales: [] };
    const context = { outside, clusterId: "cl-1", jobId: "j-1", current: { description }, nodes: {}, signal: new AbortController().signal };
    const task = { taskId: `t-${action}`, nodeId: "", action, directive: "{}", failureAllowed: false };
    await tasks[action]?.(task, { ...context, report: async () => {} } as never); // The tasks read these fields only.
  };
  await run("ApplyRelease");
  namespace.claims.set("data-db-0", undefined).set("data-other-0", "cl-2");
  await run("RemoveRelease");
  assert.deepEqual(
    [namespace.releases.size, [...namespace.claims]],
    [
      0,
      [
        ["data-db-0", "cl-1"],
        ["data-other-0", "cl-2"],
      ],
    ],
  );
  await run("RemoveVolumes");
  assert.deepEqual([...namespace.claims.keys()], ["data-other-0"]);
  await run("ApplyRelease");
  const denied = async () => {
    throw new Forbidden("the credential of the runtime may not do this");
  };
  await run("RemoveRelease", { markClaims: denied });
  assert.equal(namespace.releases.size, 0);
  await assert.rejects(run("RemoveVolumes", { removeClaims: denied }), { name: "TaskFailure", message: /may not do this/ });
});

test("of a release that the cluster has not taken over, volumes are neither marked nor deleted, and neither is the release", async () => {
  const namespace = fakeNamespace();
  const clock = { now: () => 0, sleep: async () => {} };
  const theirs = { team: "shop" };
  namespace.add("shop", "deployed", theirs, 0);
  namespace.claims.set("data-db-0", undefined);
  const revision = namespace.releases.get("shop")?.at(-1)?.uid ?? "";
  const run = async (action: string, adopted: object): Promise<void> => {
    const description = {
      packageOwner: "repo",
      packageDigest: "sha256:1",
      zone: "shop",
      configuration: "",
      secrets: [],
      scales: [],
      adopted,
    };
    const context = { clusterId: "cl-1", jobId: "j-1", current: { description }, nodes: {}, signal: new AbortController().signal };
    const task = { taskId: `t-${action}`, nodeId: "", action, directive: "{}", failureAllowed: false };
    const outside = outsideOn(namespace.targetAt(clock), clock);
    await tasks[action]?.(task, { ...context, outside, report: async () => {} } as never); // The tasks read these fields only.
  };
  const unfinished = { release: "shop", revision };
  for (const before of [[], ["ApplyRelease"]]) {
    for (const action of [...before, "RemoveRelease", "RemoveVolumes"]) await run(action, unfinished);
    assert.deepEqual([...namespace.claims], [["data-db-0", undefined]]);
    assert.deepEqual([...namespace.releases.keys()], ["shop"]);
    assert.deepEqual(namespace.releases.get("shop")?.at(-1)?.labels, theirs);
  }
});

test("once it is taken over, the release and its volumes go with the cluster", async () => {
  const namespace = fakeNamespace();
  const clock = { now: () => 0, sleep: async () => {} };
  namespace.add("shop", "deployed", { team: "shop", [CLUSTER_LABEL]: "cl-1", [TASK_LABEL]: "t-1" }, 0);
  namespace.claims.set("data-db-0", undefined);
  for (const action of ["RemoveRelease", "RemoveVolumes"]) {
    const description = { zone: "shop", configuration: "", secrets: [], scales: [], adopted: { release: "shop", revision: "" } };
    const context = { clusterId: "cl-1", jobId: "j-1", current: { description }, nodes: {}, signal: new AbortController().signal };
    const task = { taskId: `t-${action}`, nodeId: "", action, directive: "{}", failureAllowed: false };
    const outside = outsideOn(namespace.targetAt(clock), clock);
    await tasks[action]?.(task, { ...context, outside, report: async () => {} } as never); // The tasks read these fields only.
  }
  assert.deepEqual([namespace.claims.size, namespace.releases.size], [0, 0]);
});
