import type { Scale } from "../../../schemas/generated/events.ts";
import type { Projection } from "../../chassis/events.ts";
import { deploymentsOf } from "../../chassis/provider-names.ts";
import { ending } from "../kit/deployment.ts";
import { releaseOf } from "./names.ts";

type Applied = { readonly runs: boolean; readonly scales: readonly Scale[] };
export type ReleaseDocument = Applied & {
  readonly cluster_id: string;
  readonly runtime_id: string;
  readonly namespace: string;
  /** Its name. */
  readonly release: string;
  /** The last action. */
  readonly job_id: string;
  /** `running`: it is watched. `busy`: an action changes it. */
  readonly status: "busy" | "running" | "idle";
  /** What there was before the last action, and what there is after it if it succeeds. */
  readonly before: Applied;
  readonly after: Applied;
};

const nothing: Applied = { runs: false, scales: [] };
const rests = (release: ReleaseDocument, applied: Applied): ReleaseDocument => ({
  ...release,
  ...applied,
  status: applied.runs ? "running" : "idle",
});

/** The releases of all clusters of the provider: where they are, and whether they run. */
export const releases: Projection<ReleaseDocument> = {
  name: "releases",
  version: 2,
  indexes: ["status"],
  of: [deploymentsOf("kubernetes")],
  initialState: {
    ...{ cluster_id: "", runtime_id: "", namespace: "", release: "", job_id: "", status: "idle" },
    ...{ ...nothing, before: nothing, after: nothing },
  },
  evolve: {
    DeploymentStarted: ({ runs, scales, ...release }, { clusterId, jobId, action, deployment }) => ({
      ...{ ...release, runs, scales, before: { runs, scales } },
      ...{ cluster_id: clusterId, runtime_id: deployment.runtimeId, namespace: deployment.zone, job_id: jobId, status: "busy" },
      release: releaseOf(clusterId, deployment.adopted),
      after: { runs: !ending.some((each) => each === action), scales: deployment.scales },
    }),
    DeploymentAborted: (release) => ({ ...release, status: "busy" }),
    DeploymentSucceeded: (release) => rests(release, release.after),
    DeploymentFailed: (release) => rests(release, release.before),
  },
};
