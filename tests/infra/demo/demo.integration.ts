import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";

test("the demo does the whole main job on real parts, and stops all that it started", { timeout: 480_000 }, async (t) => {
  const directory = mkdtempSync(join(tmpdir(), "pitrix-demo-"));
  t.after(() => rmSync(directory, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 }));
  // As root, nodes have users of their own, who pass through here.
  const nodes = mkdtempSync(join(tmpdir(), "pitrix-demo-nodes-"));
  chmodSync(nodes, 0o711);
  t.after(() => rmSync(nodes, { recursive: true, force: true }));
  const { KAFKA_BROKERS: _, MONGODB_URL: __, ...environment } = process.env;
  const demo = spawn(process.execPath, [join(import.meta.dirname, "../../../infra/demo/main.js"), "--once", "--directory", directory], {
    env: { ...environment, PITRIX_LOCAL_DIRECTORY: nodes },
    stdio: ["ignore", "pipe", "pipe"],
  });
  t.after(() => demo.kill("SIGTERM"));
  let said = "";
  for (const output of [demo.stdout, demo.stderr])
    output.on("data", (text) => {
      said += text;
    });
  const code = await new Promise((resolve) => demo.once("exit", resolve));
  assert.equal(code, 0, said.split("\n").slice(-60).join("\n"));
  for (const step of ["Take version 1.0.0 through", "Create a cluster of BookInfo", "Upgrade to version 1.1.0", "Roll back", "Cease it"])
    assert.match(said, new RegExp(`\\[COMPLETED\\] ${step}`));
  assert.match(said, /ClusterRequested[\s\S]*RuntimeReserved[\s\S]*DeploymentSucceeded[\s\S]*ClusterActivated/);
  assert.ok(existsSync(join(directory, "cluster-creation.svg")));
});
