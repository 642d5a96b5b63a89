import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { demoOnce } from "./demo-once.ts";

test("the demo does the whole main job on real parts, and stops all that it started", { timeout: 480_000 }, async (t) => {
  const { code, said, directory } = await demoOnce(t, "none");
  assert.equal(code, 0, said.split("\n").slice(-60).join("\n"));
  for (const step of ["Take version 1.0.0 through", "Create a cluster of BookInfo", "Upgrade to version 1.1.0", "Roll back", "Cease it"])
    assert.match(said, new RegExp(`\\[COMPLETED\\] ${step}`));
  assert.match(said, /ClusterRequested[\s\S]*RuntimeReserved[\s\S]*DeploymentSucceeded[\s\S]*ClusterActivated/);
  assert.match(said, /\[SKIPPED\] Create a cluster of BookInfo on kubernetes.*skipped, since PITRIX_DEMO_KUBECONFIG is none/);
  assert.ok(existsSync(join(directory, "cluster-creation.svg")));
});
