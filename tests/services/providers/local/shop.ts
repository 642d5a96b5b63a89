import { systemClock } from "../../../../services/chassis/process/clock.ts";
import { describe } from "../../../../services/cluster/deployment.ts";
import type { Machine } from "../../../../services/providers/local/machine.ts";
import type { LocalOutside } from "../../../../services/providers/local/ports.ts";
import { archiveOf, configJson, devkitFiles, templateOf } from "../../packages/package-fixtures.ts";
import { files } from "./machine/support.ts";

const template = templateOf({ services: { start: { cmd: "node program.cjs stay" }, stop: { cmd: "node program.cjs end" } } });

/** An application of processes that stay until they are ended; its own stop command ends them. */
export const shop = {
  version: {
    ...{ appId: "app-1", versionId: "appv-1", versionType: "vmbased", packageDigest: "sha256:1", packageOwner: "repo" },
    ...{ configJson, template },
  },
  placement: { provider: "local", runtimeId: "runtime-1", zone: "local", runtimeCredentialId: "runtimec-1" },
  configuration: (count: number): string => JSON.stringify({ cluster: { subnet: "any", web: { count } } }),
};

/** What the cluster service would ask the provider for. */
export const described = (clusterId: string, count: number) => {
  const placement = { ...shop.placement, owner: "usr-1", ownerPath: ":usr-1" };
  const deployment = describe(clusterId, shop.version, placement, { configuration: shop.configuration(count), secrets: [] });
  if ("rejected" in deployment) throw new Error(deployment.rejected);
  return deployment;
};

/** The provider's outside on a machine: the package is at hand. */
export const outsideOn = (machine: Machine): LocalOutside => ({
  machine,
  fetchPackage: () => {
    const program = new TextDecoder().decode(files().get("program.cjs"));
    return archiveOf({ ...devkitFiles, "shop/cluster.json.tmpl": template, "shop/program.cjs": program });
  },
  open: async (sealed) => sealed,
  inTurn: (work) => work(),
  report: () => {},
  sleep: systemClock.sleep,
});
