import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Player } from "../../../events/simulation/instances.ts";
import type { Version } from "../../../services/cluster/deployment.ts";
import { cluster } from "../../../services/cluster/service.ts";
import { runtime } from "../../../services/runtime/service.ts";
import { root } from "../../root.ts";
import { sealedText } from "../../sealed.ts";
import { simulated } from "../world.ts";
import { provider } from "./provider.ts";

export const clusterId = "cl-story";
export const owner = { owner: "usr-1", ownerPath: ":usr-1" } as const;
export const placement = { provider: "local", runtimeId: "runtime-1", zone: "local", runtimeCredentialId: "runtimec-1" } as const;

/** A version of the demo's application, as events have it. */
export const bookinfo = (versionId = "appv-1"): Version => {
  const file = (name: string) => readFileSync(join(root, "infra/demo/bookinfo/devkit", name), "utf8");
  const configuration = { configJson: file("config.json"), template: file("cluster.json.tmpl") };
  return {
    appId: "app-1",
    versionId,
    versionType: "vmbased",
    packageDigest: `sha256:${versionId}`,
    packageOwner: "repo",
    ...configuration,
  };
};

const named = { name: "here", description: "", provider: "local", debug: false, runtimeCredentialId: "runtimec-1" } as const;
/** The runtime that a cluster may be requested on, with its credential. */
export const runtimeCommands = (
  of: { readonly owner: string; readonly ownerPath: string } = owner,
  { provider, zone }: { readonly provider: string; readonly zone: string } = placement,
) => [
  { type: "CreateRuntimeCredential", runtimeUrl: "", sealedContent: sealedText("sealed"), ...named, provider, ...of },
  { type: "CreateRuntime", runtimeId: "runtime-1", ...named, provider, zone, ...of },
];

/** A request for a cluster of the demo's application on that runtime. */
export const requestCluster = (of: { readonly owner: string; readonly ownerPath: string } = owner) =>
  ({
    ...{ type: "RequestCluster", clusterId, jobId: "j-1", name: undefined, version: bookinfo(), placement },
    ...{ configuration: "{}", secrets: [], debug: false, ...of },
  }) as const;

/** Runtimes, clusters and the local provider in virtual time, with a cluster that was requested and has come to rest. */
export const clusterStory = async (player: Player = { service: provider() }) => {
  const platform = await simulated([runtime, cluster, player]);
  for (const command of runtimeCommands()) await platform.send("runtime", command);
  await platform.settle();
  const { rejection } = await platform.send("cluster", requestCluster());
  assert.equal(rejection, null);
  await platform.settle();
  return platform;
};
