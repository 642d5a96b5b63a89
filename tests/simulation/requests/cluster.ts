import type { ClusterCommand } from "../../../services/cluster/commands.ts";
import type { Version } from "../../../services/cluster/deployment.ts";
import { smallPackage } from "../../world/toys/package.ts";
import type { Chance, Row } from "./row.ts";

const version = (number: number): Version => ({
  ...{ appId: "app-1", versionId: `appv-${number}`, versionType: "vmbased", packageDigest: `sha256:${number}`, packageOwner: "repo" },
  ...smallPackage,
});

const clusterId = ({ below }: Chance) => `cl-${below(6)}`;
export const clusterRows: readonly Row<ClusterCommand>[] = [
  [
    6,
    (chance, number, owner) => ({
      type: "RequestCluster",
      clusterId: clusterId(chance),
      jobId: `j-${number}`,
      name: undefined,
      version: version(1),
      placement: { provider: "local", runtimeId: `rt-${chance.below(4)}`, zone: "local", runtimeCredentialId: `rc-${chance.below(4)}` },
      configuration: "{}",
      secrets: [],
      debug: false,
      ...owner,
    }),
  ],
  [3, (chance, number) => ({ type: "StopCluster", clusterId: clusterId(chance), jobId: `j-${number}` })],
  [3, (chance, number) => ({ type: "StartCluster", clusterId: clusterId(chance), jobId: `j-${number}` })],
  [1, (chance, number) => ({ type: "RecoverCluster", clusterId: clusterId(chance), jobId: `j-${number}` })],
  [2, (chance, number) => ({ type: "DeleteCluster", clusterId: clusterId(chance), jobId: `j-${number}`, force: chance.happens(0.3) })],
  [1, (chance, number) => ({ type: "CeaseCluster", clusterId: clusterId(chance), jobId: `j-${number}`, force: chance.happens(0.2) })],
  [2, (chance, number) => ({ type: "AddClusterNodes", clusterId: clusterId(chance), jobId: `j-${number}`, role: "web", count: 1 })],
  [
    1,
    (chance, number) => ({ type: "UpgradeCluster", clusterId: clusterId(chance), jobId: `j-${number}`, version: version(chance.below(3)) }),
  ],
  [1, (chance, number) => ({ type: "RollbackCluster", clusterId: clusterId(chance), jobId: `j-${number}` })],
  [
    3,
    (chance, number) => ({
      type: "ModifyClusterAttributes",
      clusterId: clusterId(chance),
      name: `cluster ${number % 3}`,
      description: undefined,
    }),
  ],
];
