import assert from "node:assert/strict";
import { test } from "node:test";
import { logOf, statusOf, type Thing } from "../../../infra/embedded/kubernetes/pods.ts";

const NOW = "2026-01-01T00:00:00Z";
const pod = (spec: object = {}, annotations: { readonly [name: string]: string } = {}): Thing => ({
  metadata: {
    annotations: Object.fromEntries(Object.entries(annotations).map(([name, value]) => [`kubelet.pitrix.example/${name}`, value])),
  },
  spec: { containers: [{ name: "web", image: "web:1" }], ...spec },
});
const seen = (given: Thing): object => {
  const { phase, conditions, containerStatuses = [] } = statusOf(given, "10.1.0.1", NOW);
  const { state = {} } = containerStatuses[0] ?? {};
  const isReady = conditions.some(({ type, status }: Thing) => type === "Ready" && status === "True");
  return { phase, isReady, state: Object.keys(state)[0], reason: state.waiting?.reason ?? state.terminated?.exitCode };
};
const of = (image: string) => ({ containers: [{ name: "web", image }] });

test("a pod gets the status that it asks for", () => {
  const pulling = { phase: "Pending", isReady: false, state: "waiting", reason: "ImagePullBackOff" };
  for (const [given, expected] of [
    [pod(), { phase: "Running", isReady: true, state: "running", reason: undefined }],
    [pod({ nodeSelector: { gpu: "yes" } }), { phase: "Pending", isReady: false, state: undefined, reason: undefined }],
    [pod(of("missing/web:1")), pulling],
    [pod(of("private/web:1")), pulling],
    [
      pod({ ...of("private/web:1"), imagePullSecrets: [{ name: "mine" }] }),
      { phase: "Running", isReady: true, state: "running", reason: undefined },
    ],
    [pod({}, { waiting: "CrashLoopBackOff" }), { ...pulling, reason: "CrashLoopBackOff" }],
    [pod({}, { ready: "false" }), { phase: "Running", isReady: false, state: "running", reason: undefined }],
    [pod({ restartPolicy: "Never" }), { phase: "Succeeded", isReady: false, state: "terminated", reason: 0 }],
    [pod({ restartPolicy: "OnFailure" }, { exit: "3" }), { phase: "Failed", isReady: false, state: "terminated", reason: 3 }],
  ] as const)
    assert.deepEqual(seen(given), expected);
});

test("a container's log is what its pod says, as much of it as is asked for", () => {
  const query = (more: object = {}) => new URLSearchParams(Object.entries(more));
  assert.equal(logOf(pod(), query()), "container web of image web:1 started\n");
  const talkative = pod({}, { log: "one\ntwo\nthree\n" });
  assert.equal(logOf(talkative, query({ container: "web", tailLines: "2" })), "two\nthree\n");
  assert.equal(logOf(talkative, query({ limitBytes: "3" })), "one");
  assert.equal(logOf(talkative, query({ container: "db" })), undefined);
});
