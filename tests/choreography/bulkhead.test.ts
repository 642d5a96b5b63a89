import assert from "node:assert/strict";
import { test } from "node:test";
import type { VirtualWorldOptions } from "../../events/simulation/world.ts";
import { breakers } from "../../services/chassis/process/breaker.ts";
import { describe } from "../../services/cluster/deployment.ts";
import { bookinfo, owner, placement } from "../world/toys/clusters.ts";
import { provider, type Work } from "../world/toys/provider.ts";
import { simulated } from "../world/world.ts";

/** A provider that is asked for clusters, each on a runtime, and which of them are done. */
const providerFor = async (work: Work<unknown>, options?: VirtualWorldOptions) => {
  const platform = await simulated([provider(work)], options);
  return {
    ...platform,
    ask: async (clusterId: string, runtimeId: string): Promise<void> => {
      const deployment = describe(clusterId, bookinfo(), { ...placement, ...owner, runtimeId }, { configuration: "{}", secrets: [] });
      const jobId = `j-${clusterId}`;
      await platform.send("provider-local", {
        ...{ type: "StartDeployment", clusterId, jobId, action: "CreateCluster", deployment, nodeIds: [] },
      });
    },
    done: (): readonly string[] =>
      platform.history().flatMap(({ event, stream }) => (event.type === "DeploymentSucceeded" ? [stream.split("/")[1] ?? ""] : [])),
  };
};

test("40 installs of one runtime that hang stop no other runtime, and go on when they can", async () => {
  let release = () => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  const { ask, done, settle } = await providerFor((_, { current }) =>
    current.description.runtimeId === "runtime-dead" ? released : Promise.resolve(),
  );
  for (let nth = 0; nth < 40; nth++) await ask(`cl-dead-${nth}`, "runtime-dead");
  await settle();
  await ask("cl-alive", "runtime-alive");
  await settle();
  assert.deepEqual(done(), ["cl-alive"]);
  release();
  await settle();
  assert.equal(done().length, 41);
});

test("the breaker of a runtime that fails is its own", async (t) => {
  const { guard, state, stop } = breakers({ reset: 60_000 });
  t.after(stop);
  const { ask, done, time } = await providerFor(
    async (_, { current }) => {
      if (current.description.runtimeId === "runtime-dead") throw new Error("no route to host");
    },
    { guard },
  );
  for (let nth = 0; nth < 5; nth++) await ask(`cl-dead-${nth}`, "runtime-dead");
  await time.run(() => state("provider-local to runtime-dead") === "open", 60_000);
  assert.equal(state("provider-local to runtime-dead"), "open");
  await ask("cl-alive", "runtime-alive");
  await time.run(() => done().length > 0, 60_000);
  assert.deepEqual(done(), ["cl-alive"]);
});
