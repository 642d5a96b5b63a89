import type { Version } from "../../../../services/cluster/deployment.ts";
import { markerOf } from "../../../../services/packages/secret-markers.ts";
import { sealedText } from "../../../sealed.ts";
import type { Subject } from "../contract.ts";

/** A version of a chart, as events have it. */
export const chartVersion = (versionId: string): Version => ({
  ...{ appId: "app-1", versionId, versionType: "helm", packageDigest: `sha256:${versionId}`, packageOwner: "repo" },
  ...{ configJson: "", template: "" },
});

/** What all subjects of the Kubernetes provider have in common. The values are one secret. */
export const charts: Omit<Subject, "open"> = {
  version: chartVersion,
  configuration: markerOf(""),
  secrets: [{ path: "", sealed: sealedText("values") }],
  role: "web",
  on: { provider: "kubernetes", zone: "shop" },
  dropsDeleted: true,
  middle: 2,
  hanging: { action: "UpgradeCluster", task: "ApplyRelease" },
};
