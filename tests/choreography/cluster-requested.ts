import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import type { AnySignal } from "../../events/effect.ts";
import type { AnyProjection } from "../../events/projection.ts";
import { world } from "../../events/simulation/world.ts";
import { contract } from "../../services/chassis/contract.ts";
import type { Service } from "../../services/chassis/service.ts";
import { cluster } from "../../services/cluster/service.ts";
import { deployment } from "../../services/providers/deployment/domain.ts";
import { effectsOf, TaskFailure, type TaskTable } from "../../services/providers/deployment/effects.ts";
import { reactionsOf } from "../../services/providers/deployment/reactions.ts";
import { plan } from "../../services/providers/local/plan.ts";
import { runtime } from "../../services/runtime/service.ts";
import { root } from "./root.ts";

export const bookinfo = async (file: string) => readFile(`${root}/infra/demo/bookinfo/devkit/${file}`, "utf8");
export const clusterId = "cl-story";

/** A provider whose tasks only keep a ledger. */
export const provider = (
  ledger: string[],
  fails?: string,
  signals: readonly AnySignal<unknown>[] = [],
  projections: readonly AnyProjection[] = [],
): Service => {
  const kept = Object.fromEntries(
    Object.values(plan)
      .flat()
      .map(({ task }) => [
        task,
        async ({ taskId, nodeId }, { clusterId, jobId, report }) => {
          ledger.push(`${task} ${nodeId}`);
          if (task === fails) throw new TaskFailure("as planned");
          if (task === "RunInstances")
            await report({
              type: "ProvisionNode",
              clusterId,
              jobId,
              nodeId,
              instanceId: `i-${nodeId}`,
              privateIp: `127.0.1.${taskId.split("-").at(-1)}`,
            });
          if (task === "TerminateInstances") await report({ type: "ReleaseNode", clusterId, jobId, nodeId });
        },
      ]),
  ) as TaskTable<unknown>; // The ledger's rows have the shape of the table.
  return {
    name: "provider-local",
    aggregates: { localDeployment: { decider: deployment(plan), effects: effectsOf(kept) } },
    reactions: reactionsOf("local"),
    signals,
    projections,
  };
};

/** A world with a cluster that was asked for and has come to rest. */
export const requested = async (
  fails?: string,
  signals: readonly AnySignal<unknown>[] = [],
  projections: readonly AnyProjection[] = [],
) => {
  const ledger: string[] = [];
  const platform = await world(contract, [runtime, cluster, provider(ledger, fails, signals, projections)]);
  const owner = { owner: "usr-1", ownerPath: ":usr-1" };
  await platform.send("runtime", {
    type: "CreateRuntimeCredential",
    runtimeCredentialId: "runtimec-1",
    name: "here",
    description: "",
    provider: "local",
    runtimeUrl: "",
    sealedContent: "sealed",
    debug: false,
    ...owner,
  } as never);
  await platform.send("runtime", {
    type: "CreateRuntime",
    runtimeId: "runtime-1",
    name: "here",
    description: "",
    provider: "local",
    zone: "local",
    runtimeCredentialId: "runtimec-1",
    debug: false,
    ...owner,
  } as never);
  await platform.settle();
  const version = {
    appId: "app-1",
    versionId: "appv-1",
    versionType: "vmbased",
    packageDigest: "sha256:1",
    packageOwner: "repo",
    configJson: await bookinfo("config.json"),
    template: await bookinfo("cluster.json.tmpl"),
  };
  const place = { provider: "local", runtimeId: "runtime-1", zone: "local", runtimeCredentialId: "runtimec-1" };
  const outcome = await platform.send("cluster", {
    type: "RequestCluster",
    clusterId,
    jobId: "j-1",
    name: undefined,
    version,
    place,
    configuration: "{}",
    debug: false,
    ...owner,
  } as never);
  assert.equal(outcome.rejection, null);
  await platform.settle();
  return { platform, ledger };
};
