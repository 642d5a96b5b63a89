import type { Plan, Step } from "../kit/plan.ts";

const service = (task: string, name: string, on: Step["on"], more: Partial<Step> = {}): Step => ({ task, on, service: name, ...more });
const bringUp = (on: Step["on"]): readonly Step[] => [
  service("InitService", "init", on, { postStart: false }),
  service("StartService", "start", on),
  service("InitService", "init", on, { postStart: true }),
];
const takeDown = (on: Step["on"]): readonly Step[] => [
  service("StopService", "stop", on, { failureAllowed: true }),
  { task: "StopInstances", on },
];
const restart: readonly Step[] = [{ task: "RegisterMetadata", on: "all" }, ...takeDown("all"), service("StartService", "start", "all")];

/** The plan of the local provider. Deleted clusters keep their data until they are ceased, so that they can be recovered. */
export const plan: Required<Plan> = {
  CreateCluster: [{ task: "RunInstances", on: "all" }, { task: "RegisterMetadata", on: "all" }, ...bringUp("all")],
  StopClusters: takeDown("all"),
  StartClusters: [{ task: "RegisterMetadata", on: "all" }, service("StartService", "start", "all")],
  DeleteClusters: takeDown("all"),
  RecoverClusters: [{ task: "RegisterMetadata", on: "all" }, service("StartService", "start", "all")],
  CeaseClusters: [
    ...takeDown("all"),
    service("DestroyService", "destroy", "all", { failureAllowed: true }),
    { task: "TerminateInstances", on: "all" },
  ],
  AddClusterNodes: [
    { task: "RunInstances", on: "chosen" },
    { task: "RegisterMetadata", on: "all" },
    ...bringUp("chosen"),
    service("ScaleOutService", "scale_out", "others"),
  ],
  DeleteClusterNodes: [
    { task: "RegisterMetadata", on: "others" },
    service("ScaleInService", "scale_in", "others"),
    ...takeDown("chosen"),
    service("DestroyService", "destroy", "chosen", { failureAllowed: true }),
    { task: "TerminateInstances", on: "chosen" },
  ],
  UpgradeCluster: [
    { task: "UpgradeInstances", on: "all" },
    { task: "RegisterMetadata", on: "all" },
    ...takeDown("all"),
    service("UpgradeService", "upgrade", "all"),
    service("StartService", "start", "all"),
  ],
  RollbackCluster: [{ task: "UpgradeInstances", on: "all" }, ...restart],
  ResizeCluster: restart,
  UpdateClusterEnv: [{ task: "RegisterMetadata", on: "all" }],
};
