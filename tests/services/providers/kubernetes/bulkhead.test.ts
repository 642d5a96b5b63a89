import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import type { Player } from "../../../../events/simulation/instances.ts";
import { describe } from "../../../../services/cluster/deployment.ts";
import { nodeIdOf } from "../../../../services/providers/kubernetes/names.ts";
import { providerKubernetes } from "../../../../services/providers/kubernetes/service.ts";
import { owner, placement } from "../../../world/toys/clusters.ts";
import { simulated } from "../../../world/world.ts";
import { fakeNamespace, outsideOn } from "./fake-target.ts";
import { chartVersion } from "./subject.ts";

/** A runtime that is alive, and one that does not answer any more once it is dead. */
const two = async (t: TestContext) => {
  const [dead, alive] = [fakeNamespace(), fakeNamespace()];
  let [isDead, hanging] = [false, 0];
  const hangs = async (): Promise<never> => {
    hanging += 1;
    return new Promise(() => {});
  };
  const player: Player = {
    service: providerKubernetes,
    outside: ({ ports: { clock } }) => ({
      ...outsideOn(alive.targetAt(clock), clock),
      withTarget: ({ namespace }: { readonly namespace: string }, use: (target: object) => unknown) =>
        use(namespace === "alive" ? alive.targetAt(clock) : { ...dead.targetAt(clock), ...(isDead && { upgrade: hangs, observe: hangs }) }),
    }),
  };
  const platform = await simulated([player]);
  t.after(platform.stop);
  const { history, time } = platform;
  const act = async (clusterId: string, runtimeId: string, action = "CreateCluster"): Promise<void> => {
    const on = { ...placement, ...owner, provider: "kubernetes", runtimeId, zone: runtimeId };
    const deployment = describe(clusterId, chartVersion("appv-1"), on, { configuration: "", secrets: [] });
    const ids = { clusterId, jobId: `j-${action}-${clusterId}` };
    await platform.send(providerKubernetes.name, { type: "StartDeployment", ...ids, action, deployment, nodeIds: [] });
    await platform.settle();
  };
  return {
    ...{ ...platform, act, dead, alive },
    die: (): void => {
      isDead = true;
    },
    hanging: () => hanging,
    done: () => history().flatMap(({ event, stream }) => (event.type === "DeploymentSucceeded" ? [stream.split("/")[1]] : [])),
    /** Takes a pod of a cluster away, and waits until its node is lost. */
    isWatched: async (clusterId: string): Promise<boolean> => {
      const [lost] = alive.podsOf(clusterId);
      const said = `["${nodeIdOf(clusterId, lost ?? { uid: "" })}"]`;
      alive.change(clusterId, (pods) => pods.slice(1));
      return time.run(
        () => history().some(({ event }) => event.type === "NodesDiscovered" && JSON.stringify(event).includes(said)),
        60_000,
      );
    },
  };
};

test("32 installs of one runtime that hang stop no install and no watch on another one", async (t) => {
  const { act, die, hanging, done, isWatched } = await two(t);
  await act("cl-first", "alive");
  die();
  for (let nth = 0; nth < 32; nth++) await act(`cl-dead-${nth}`, "dead");
  assert.equal(hanging(), 16, "as many as a runtime may have at once, and as many again that are slow");
  await act("cl-second", "alive");
  assert.deepEqual(done(), ["cl-first", "cl-second"]);
  assert.ok(await isWatched("cl-first"), "the watch goes on");
});

test("a runtime that hangs while it is watched holds up no other watch, and no stop of its provider", async (t) => {
  const { act, die, dead, alive, isWatched, during, stop, time } = await two(t);
  await act("cl-first", "alive");
  await act("cl-hung", "dead");
  assert.ok(await time.run(() => dead.watchers.size === 1 && alive.watchers.size === 1, 60_000));
  die();
  dead.change("cl-hung", (pods) => pods.slice(1));
  // It is let go, while a look at it hangs.
  await act("cl-hung", "dead", "StopClusters");
  await act("cl-second", "alive");
  assert.ok(await isWatched("cl-second"));
  const before = time.clock.now();
  await during(stop());
  assert.ok(time.clock.now() - before < 10_000);
});
