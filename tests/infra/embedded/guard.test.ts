import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { type TestContext, test } from "node:test";
import { guard } from "../../../infra/embedded/guard.ts";
import { type Identity, identify } from "../../../infra/embedded/identity.ts";

/** A process for a guard to end; optionally ignores SIGTERM. */
const sleeper = async (t: TestContext, deaf = false): Promise<{ readonly child: ChildProcess; readonly identity: Identity }> => {
  const trap = deaf ? "trap '' TERM; " : "";
  const child = spawn("sh", ["-c", `${trap}echo ready; while true; do sleep 0.05; done`], { stdio: ["ignore", "pipe", "ignore"] });
  t.after(() => child.kill("SIGKILL"));
  await once(child.stdout ?? child, "data");
  return { child, identity: identify(child.pid ?? 0) ?? assert.fail("it does not live") };
};
/** The state of a guarded process after its owner ended. */
const afterGuard = async (kept: Identity): Promise<void> => {
  const keeper = guard(kept, 1) ?? assert.fail("there is no guard");
  const over = once(keeper, "exit");
  keeper.ref();
  keeper.stdin?.end();
  await over;
};

test("a guard ends its process once the owner has ended", async (t) => {
  const { child, identity } = await sleeper(t);
  const ended = once(child, "exit");
  await afterGuard(identity);
  assert.deepEqual((await ended)[1], "SIGTERM");
});

test("a guard leaves the process alone that has got the number of its own", async (t) => {
  const { child, identity } = await sleeper(t);
  await afterGuard({ ...identity, started: `${identity.started}0` });
  assert.deepEqual([child.exitCode, child.signalCode], [null, null]);
  assert.ok(identify(identity.pid));
});

test("a guard insists on a process that does not listen", async (t) => {
  const { child, identity } = await sleeper(t, true);
  const ended = once(child, "exit");
  await afterGuard(identity);
  assert.deepEqual((await ended)[1], "SIGKILL");
});

test("of a process that is gone there is nothing to guard", () => assert.equal(guard(undefined), undefined));
