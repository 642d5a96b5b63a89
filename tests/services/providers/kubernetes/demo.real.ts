import assert from "node:assert/strict";
import { test } from "node:test";
import { demoOnce } from "../../../infra/demo/demo-once.ts";

test("the demo does on Kubernetes what it does on this machine, by the same calls", { timeout: 900_000 }, async (t) => {
  const { code, said } = await demoOnce(t, "");
  assert.equal(code, 0, said.split("\n").slice(-60).join("\n"));
  for (const step of ["Create a cluster of BookInfo", "Upgrade to version 1.1.0", "Roll back to version 1.0.0", "Delete it", "Cease it"])
    for (const where of ["", " on kubernetes"]) assert.match(said, new RegExp(`\\[COMPLETED\\] ${step}${where}`));
  assert.match(said, /pods are ready: .*reviews/);
});
