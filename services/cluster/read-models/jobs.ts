import type { Meta } from "../../../events/index.ts";
import { type ActionEvent, actionOf } from "../../../schemas/generated/actions.ts";
import type { EventByType } from "../../../schemas/generated/events.ts";
import type { Projection } from "../../chassis/events.ts";
import { empty, ownerIn, type Row } from "./owned.ts";

export type JobDocument = Row & {
  readonly job_id: string;
  readonly cluster_id: string;
  readonly app_id: string;
  readonly version_id: string;
  readonly runtime_id: string;
  readonly provider: string;
  readonly job_action: string;
  /** Who asked for the action. */
  readonly actor: string;
  readonly status: "pending" | "working" | "successful" | "failed";
  readonly task_count: number;
  readonly message: string;
};

/** The events that begin a job. The job of a new cluster begins before its deployment is requested. */
type Begins = Exclude<ActionEvent, "ClusterDeploymentRequested">;

const begun = (document: JobDocument, { type, clusterId, jobId, deployment }: EventByType[Begins], { time, actor }: Meta): JobDocument => ({
  ...document,
  job_id: jobId,
  cluster_id: clusterId,
  app_id: deployment.appId,
  version_id: deployment.versionId,
  runtime_id: deployment.runtimeId,
  provider: deployment.provider,
  job_action: actionOf[type],
  actor: actor.userId,
  ...ownerIn(deployment, actor),
  create_time: time,
  status_time: time,
});
const successful = (document: JobDocument, _: object, { time }: Meta): JobDocument => ({
  ...document,
  status: "successful",
  status_time: time,
});
const jobOf = ({ jobId }: { readonly jobId: string }) => jobId;

const jobRows = {
  ClusterRequested: begun,
  ClusterUpgradeRequested: begun,
  ClusterRollbackRequested: begun,
  ClusterResizeRequested: begun,
  ClusterEnvUpdateRequested: begun,
  ClusterNodesRequested: begun,
  ClusterNodesRemovalRequested: begun,
  ClusterStopRequested: begun,
  ClusterStartRequested: begun,
  ClusterDeletionRequested: begun,
  ClusterRecoveryRequested: begun,
  ClusterCeaseRequested: begun,
  ClusterActionStarted: (document: JobDocument, { taskCount }: EventByType["ClusterActionStarted"], { time }: Meta): JobDocument => ({
    ...document,
    status: "working",
    task_count: taskCount,
    status_time: time,
  }),
  ClusterActivated: successful,
  ClusterUpgraded: successful,
  ClusterRolledBack: successful,
  ClusterResized: successful,
  ClusterEnvUpdated: successful,
  ClusterNodesAdded: successful,
  ClusterNodesDeleted: successful,
  ClusterStopped: successful,
  ClusterDeleted: successful,
  ClusterCeased: successful,
  ClusterActionFailed: (document: JobDocument, { reason }: EventByType["ClusterActionFailed"], { time }: Meta): JobDocument => ({
    ...document,
    status: "failed",
    message: reason,
    status_time: time,
  }),
} satisfies { readonly [T in Begins]: unknown } & Projection<JobDocument>["evolve"];

/** The jobs: each summarizes the events of one action. */
export const jobs: Projection<JobDocument> = {
  name: "jobs",
  version: 2,
  indexes: ["job_id", "cluster_id", "app_id", "version_id", "runtime_id", "provider", "status"],
  initialState: {
    ...empty,
    job_id: "",
    cluster_id: "",
    app_id: "",
    version_id: "",
    runtime_id: "",
    provider: "",
    job_action: "",
    actor: "",
    status: "pending",
    task_count: 0,
    message: "",
  },
  key: Object.fromEntries(Object.keys(jobRows).map((type) => [type, jobOf])),
  evolve: jobRows,
};
