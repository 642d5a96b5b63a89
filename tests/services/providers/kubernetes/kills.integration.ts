import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { isDeepStrictEqual } from "node:util";
import { worldIn } from "../../../../events/simulation/world.ts";
import { installHelm } from "../../../../infra/embedded/helm/install.ts";
import { contract } from "../../../../services/chassis/contract.ts";
import { cluster } from "../../../../services/cluster/service.ts";
import { providerKubernetes } from "../../../../services/providers/kubernetes/service.ts";
import { runtime } from "../../../../services/runtime/service.ts";
import { eventually } from "../../../eventually.ts";
import { kubernetesApi } from "../../../world/kubernetes.ts";
import type { KubernetesApi } from "../../../world/kubernetes-front.ts";
import { clusterId, owner, requestCluster, runtimeCommands } from "../../../world/toys/clusters.ts";
import { unwatchedTime } from "../unwatched-time.ts";
import { holdsOf } from "./held.ts";
import { openFor } from "./real.ts";
import { charts, chartVersion } from "./subject.ts";

const provider = providerKubernetes.name;
const KILLS = Number(process.env.PITRIX_KUBERNETES_TEST ?? 6);
let api: KubernetesApi;
let helm: string;
before(async () => {
  [api, helm] = await Promise.all([kubernetesApi(), installHelm(() => {})]);
});
after(() => api.stop());

/** The actions of a cluster's life, with what the namespace has after each: releases and pods. */
const life = [
  ["UpgradeCluster", { version: chartVersion("appv-2") }, 1, 2],
  ["RollbackCluster", {}, 1, 2],
  ["DeleteCluster", { force: false }, 0, 0],
  ["RecoverCluster", {}, 1, 2],
  ["DeleteCluster", { force: false }, 0, 0],
  ["CeaseCluster", { force: false }, 0, 0],
] as const;

test(`${KILLS} providers that die in the middle of an action leave no release, and make none twice`, {
  timeout: KILLS * 30_000,
}, async (t) => {
  const time = unwatchedTime();
  const outside = await openFor(t, api, helm, (model) => world.documents(provider, model));
  const player = { service: providerKubernetes, outside: () => outside };
  const world = await worldIn(contract, time, [runtime, cluster, player]);
  const alive = setInterval(() => {}, 1_000);
  t.after(async () => {
    await world.stop();
    clearInterval(alive);
  });
  let [kills, incarnation] = [0, 1];
  for (let nth = 1; kills < KILLS; nth++) {
    const [id, zone] = [`${clusterId}-${nth}`, `kills-${nth}`];
    const on = { runtimeId: `runtime-${nth}`, runtimeCredentialId: `runtimec-${nth}` };
    for (const command of runtimeCommands(owner, { provider: "kubernetes", zone })) {
      const { runtimeCredentialId } = on;
      await world.send("runtime", { ...command, ...(command.type === "CreateRuntime" ? on : { runtimeCredentialId }) });
    }
    await eventually("the runtime is known", async () => (await world.documents("cluster", "runtimes")).length === nth);
    const { placement, ...request } = requestCluster();
    const { configuration, secrets } = charts;
    const created = {
      ...request,
      version: chartVersion("appv-1"),
      configuration,
      secrets,
      placement: { ...placement, ...charts.on, ...on, zone },
    };
    for (const [index, [type, more, releases, pods]] of [["", created, 1, 2] as const, ...life].entries()) {
      const jobId = `j-${nth}-${index}`;
      const { rejection } = await world.send("cluster", { ...more, type: type || "RequestCluster", clusterId: id, jobId });
      assert.equal(rejection, null);
      const job = async () => (await world.documents("cluster", "jobs")).find((each) => each.id === jobId)?.value;
      const isOver = async () => ["successful", "failed"].includes(String((await job())?.status));
      // At any moment from the first look at the release on.
      const [before, moment] = [api.requests.length, Math.floor(Math.random() * 25)];
      await eventually("it is in its middle", async () => api.requests.length >= before + moment || isOver());
      if (kills < KILLS && !(await isOver())) {
        world
          .instances()
          .find(({ name }) => name === provider)
          ?.crash();
        kills += 1;
        time.pass(20_000);
        incarnation += 1;
        await world.start(player, incarnation);
      }
      await eventually(`${type || "CreateCluster"} is over`, isOver, 60_000);
      const { status, message } = (await job()) ?? {};
      assert.equal(status, "successful", `${type}: ${String(message)}`);
      let held: readonly number[] = [];
      const isHeld = async () => {
        held = await holdsOf(api, zone);
        return isDeepStrictEqual(held, [releases, releases, releases, pods]);
      };
      // What is wrong is shown below.
      await eventually("the namespace holds what it should", isHeld, 20_000).catch(() => {});
      assert.deepEqual(held, [releases, releases, releases, pods], `${type || "CreateCluster"} of the ${nth}th cluster`);
    }
  }
});
