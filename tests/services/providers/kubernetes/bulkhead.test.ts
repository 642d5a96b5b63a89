import assert from "node:assert/strict";
import { test } from "node:test";
import type { Player } from "../../../../events/simulation/instances.ts";
import { describe } from "../../../../services/cluster/deployment.ts";
import { nodeIdOf } from "../../../../services/providers/kubernetes/names.ts";
import { providerKubernetes } from "../../../../services/providers/kubernetes/service.ts";
import { owner, placement } from "../../../world/toys/clusters.ts";
import { simulated } from "../../../world/world.ts";
import { fakeNamespace, outsideOn } from "./fake-target.ts";
import { chartVersion } from "./subject.ts";

test("32 installs of one runtime that hang stop no install and no watch on another one", async (t) => {
  const [dead, alive] = [fakeNamespace(), fakeNamespace()];
  let hanging = 0;
  const hangs = async (): Promise<never> => {
    hanging += 1;
    return new Promise(() => {});
  };
  const player: Player = {
    service: providerKubernetes,
    outside: ({ ports: { clock } }) => ({
      ...outsideOn(alive.targetAt(clock), clock),
      withTarget: ({ namespace }: { readonly namespace: string }, use: (target: object) => unknown) =>
        use(namespace === "dead" ? { ...dead.targetAt(clock), upgrade: hangs, observe: hangs } : alive.targetAt(clock)),
    }),
  };
  const { send, settle, stop, history, time } = await simulated([player]);
  t.after(stop);
  const install = async (clusterId: string, runtimeId: string): Promise<void> => {
    const on = { ...placement, ...owner, provider: "kubernetes", runtimeId, zone: runtimeId };
    const deployment = describe(clusterId, chartVersion("appv-1"), on, { configuration: "", secrets: [] });
    const jobId = `j-${clusterId}`;
    await send(providerKubernetes.name, { type: "StartDeployment", clusterId, jobId, action: "CreateCluster", deployment, nodeIds: [] });
  };
  const done = () => history().flatMap(({ event, stream }) => (event.type === "DeploymentSucceeded" ? [stream.split("/")[1]] : []));
  await install("cl-first", "alive");
  await settle();
  for (let nth = 0; nth < 32; nth++) await install(`cl-dead-${nth}`, "dead");
  await settle();
  assert.equal(hanging, 8, "as many as a runtime may have at once");
  await install("cl-second", "alive");
  await settle();
  assert.deepEqual(done(), ["cl-first", "cl-second"]);
  const [lost] = alive.podsOf("cl-first");
  alive.change("cl-first", (pods) => pods.slice(1));
  const isLost = () =>
    history().some(
      ({ event }) => event.type === "NodesDiscovered" && JSON.stringify(event).includes(`["${nodeIdOf("cl-first", lost ?? { uid: "" })}"]`),
    );
  assert.ok(await time.run(isLost, 60_000), "the watch goes on");
});
