import { readFile } from "node:fs/promises";
import { recordsOf } from "../../../events/log/record.ts";
import { fromRecord, type Occurrence } from "../../../events/map/causation.ts";
import type { Commit } from "../../../events/ports.ts";
import type { AnyService, Service } from "../../../events/service.ts";
import { world } from "../../../events/simulation/world.ts";
import { contract } from "../../../services/chassis/contract.ts";
import { cluster } from "../../../services/cluster/service.ts";
import { deployment } from "../../../services/providers/deployment/domain.ts";
import { effectsOf, type TaskTable } from "../../../services/providers/deployment/effects.ts";
import { reactionsOf } from "../../../services/providers/deployment/reactions.ts";
import { plan } from "../../../services/providers/local/plan.ts";
import { runtime } from "../../../services/runtime/service.ts";
import { root } from "../../choreography/root.ts";

const owner = { owner: "usr-1", ownerPath: ":usr-1" };

/** A provider whose tasks take their time and do nothing. */
const provider = (sleep: (milliseconds: number) => Promise<void>): Service => {
  const names = Object.values(plan).flatMap((tasks) => tasks.map(({ task }) => task));
  const table: TaskTable<unknown> = Object.fromEntries(
    names.map((task, index) => [
      task,
      async ({ taskId, nodeId }, { clusterId, jobId, report }) => {
        const number = Number(taskId.split("-").at(-1));
        await sleep(40 + 7 * number + index);
        const node = { clusterId, jobId, nodeId, instanceId: `i-${nodeId}`, privateIp: `127.0.1.${number}` };
        if (task === "RunInstances") await report({ type: "ProvisionNode", ...node });
      },
    ]),
  );
  return {
    name: "provider-local",
    aggregates: { localDeployment: { decider: deployment(plan), effects: effectsOf(table) } },
    reactions: reactionsOf("local"),
  };
};

export type Story = {
  readonly services: readonly AnyService[];
  readonly commits: readonly Commit[];
  readonly occurrences: readonly Occurrence[];
};

/** The real tables deploy a cluster, from the request until it is active. */
export const story = async (): Promise<Story> => {
  let sleep: (milliseconds: number) => Promise<void> = async () => {};
  const services = [runtime, cluster, provider((milliseconds) => sleep(milliseconds))];
  const platform = await world(contract, services);
  sleep = platform.time.clock.sleep;
  const file = (name: string) => readFile(`${root}/infra/demo/bookinfo/devkit/${name}`, "utf8");
  const named = { name: "here", description: "", provider: "local", debug: false, ...owner };
  const send = async (to: string, command: { readonly type: string; readonly [field: string]: unknown }) => {
    await platform.send(to, command);
    await platform.settle();
  };
  await send("runtime", {
    type: "CreateRuntimeCredential",
    runtimeCredentialId: "rc-1",
    runtimeUrl: "",
    sealedContent: "sealed",
    ...named,
  });
  await send("runtime", { type: "CreateRuntime", runtimeId: "runtime-1", zone: "local", runtimeCredentialId: "rc-1", ...named });
  const before = platform.history().length;
  await send("cluster", {
    type: "RequestCluster",
    clusterId: "cl-story",
    jobId: "j-1",
    version: {
      appId: "app-1",
      versionId: "appv-1",
      versionType: "vmbased",
      packageDigest: "sha256:1",
      packageOwner: "repo",
      configJson: await file("config.json"),
      template: await file("cluster.json.tmpl"),
    },
    place: { provider: "local", runtimeId: "runtime-1", zone: "local", runtimeCredentialId: "rc-1" },
    configuration: "{}",
    debug: false,
    ...owner,
  });
  await platform.stop();
  const commits = [
    ...new Set(
      platform
        .history()
        .slice(before)
        .map(({ commit }) => commit),
    ),
  ];
  return { services, commits, occurrences: commits.flatMap((commit) => occurrencesOf(services, commit)) };
};

/** As a consumer of the log reads them. */
const occurrencesOf = (services: readonly AnyService[], commit: Commit): readonly Occurrence[] => {
  const [aggregate = ""] = commit.stream.split("/");
  const name = services.find(({ aggregates }) => aggregate in aggregates)?.name ?? "";
  return recordsOf(contract, name, commit).flatMap((record) => fromRecord({ ...record, partition: 0, offset: 0 }) ?? []);
};
