import assert from "node:assert/strict";
import { test } from "node:test";
import { CLUSTER_LABEL, TASK_LABEL } from "../../../../services/providers/kubernetes/names.ts";
import { KubernetesError, type Target } from "../../../../services/providers/kubernetes/ports.ts";
import { applyRelease, removeRelease } from "../../../../services/providers/kubernetes/release.ts";
import type { ReleaseTask } from "../../../../services/providers/kubernetes/revisions.ts";
import { fakeNamespace } from "./fake-target.ts";

const MINUTE = 60_000;
const mine = (task: string) => ({ [CLUSTER_LABEL]: "cl-1", [TASK_LABEL]: task });
const chart = { archive: new Uint8Array(), values: "" };

/** A release of cluster cl-1 whose clock a pause moves. */
const bench = (change: (target: Target) => Target = (target) => target) => {
  let time = 1_000_000;
  const slept: number[] = [];
  const namespace = fakeNamespace();
  const said: string[] = [];
  const note = (what: string, done: Promise<void>): Promise<void> => {
    said.push(what);
    return done;
  };
  const plain = namespace.targetAt({ now: () => time });
  const noted: Target = {
    ...plain,
    upgrade: (...call) => note("upgrade", plain.upgrade(...call)),
    rollback: (...call) => note(`rollback ${call[1]}`, plain.rollback(...call)),
    uninstall: (...call) => note("uninstall", plain.uninstall(...call)),
  };
  const task: ReleaseTask = {
    ...{ target: change(noted), clusterId: "cl-1", release: "cl-1", adopts: "", taskId: "t-2" },
    ...{ signal: new AbortController().signal, now: () => time },
    sleep: async (milliseconds) => {
      slept.push(milliseconds);
      time += milliseconds;
    },
    timeouts: { helm: MINUTE, ready: MINUTE },
  };
  const add = (status: string, labels: object, ago = 0) => namespace.add("cl-1", status, { ...labels }, time - ago);
  return { task, said, slept, add, revisions: () => namespace.releases.get("cl-1") ?? [] };
};

test("a release that is not there is installed, and one of an earlier task is upgraded", async () => {
  for (const before of [[], ["deployed"]]) {
    const { task, said, add, revisions } = bench();
    for (const status of before) add(status, mine("t-1"));
    await applyRelease(task, chart);
    assert.deepEqual([said, revisions().at(-1)?.labels], [["upgrade"], mine("t-2")]);
  }
});

test("what an earlier attempt has done is not done twice", async () => {
  const { task, said, add } = bench();
  add("deployed", mine("t-2"));
  await applyRelease(task, chart);
  assert.deepEqual(said, []);
});

test("a release that the cluster has not made is neither adopted nor removed", async () => {
  for (const labels of [{}, { [CLUSTER_LABEL]: "cl-2", [TASK_LABEL]: "t-2" }]) {
    const { task, said, add } = bench();
    add("deployed", labels);
    await assert.rejects(applyRelease(task, chart), {
      name: "KubernetesError",
      message: /has a release cl-1 already, which this cluster has not made: CreateCluster takes it over if adopt_release names it$/,
    });
    await removeRelease(task);
    assert.deepEqual(said, []);
  }
});

test("a helm that may still run is waited for, and what it finishes counts", async () => {
  const { task, said, slept, add } = bench((target) => ({
    ...target,
    revisions: async (release) => {
      if (slept.length === 3) add("deployed", mine("t-2"));
      return target.revisions(release);
    },
  }));
  add("pending-install", mine("t-2"));
  await applyRelease(task, chart);
  assert.deepEqual([said, slept.length], [[], 3]);
});

test("what was abandoned or has failed is taken back before the next attempt", async () => {
  for (const [status, ago] of [
    ["pending-upgrade", MINUTE],
    ["pending-rollback", MINUTE],
    ["failed", 0],
  ] as const) {
    const { task, said, add } = bench();
    add("deployed", mine("t-1"));
    // What follows a deployed revision supersedes it only once it is deployed itself.
    add(status, mine("t-2"), ago);
    await applyRelease(task, chart);
    assert.deepEqual(said, ["rollback 1", "upgrade"], status);
  }
  for (const status of ["pending-install", "failed", "uninstalling"]) {
    const { task, said, add } = bench();
    add(status, mine("t-2"), MINUTE);
    await applyRelease(task, chart);
    assert.deepEqual(said, ["uninstall", "upgrade"], status);
  }
});

test("what helm refuses is refused, unless another helm was faster", async () => {
  const no = async () => {
    throw new KubernetesError("no such chart");
  };
  const refused = bench((target) => ({ ...target, upgrade: no }));
  await assert.rejects(applyRelease(refused.task, chart), /no such chart/);
  const { task, add, revisions } = bench((target) => ({
    ...target,
    upgrade: async () => {
      add("deployed", mine("t-2"));
      return no();
    },
  }));
  await applyRelease(task, chart);
  assert.equal(revisions().length, 1);
});

test("an outage of the API server is none of the release", async () => {
  const { task } = bench((target) => ({
    ...target,
    upgrade: async () => {
      throw new Error("no route to host");
    },
  }));
  await assert.rejects(applyRelease(task, chart), { name: "Error", message: "no route to host" });
});

test("a cluster's release is removed whatever its state, and a helm that runs is waited for", async () => {
  for (const [status, pauses] of [
    ["deployed", 0],
    ["failed", 0],
    ["pending-upgrade", 60],
  ] as const) {
    const { task, said, slept, add, revisions } = bench();
    add(status, mine("t-1"));
    await removeRelease(task);
    assert.deepEqual([said, revisions(), slept.length], [["uninstall"], [], pauses], status);
  }
});
