import type { Meta } from "../../../events/index.ts";
import type { ClusterRequested, Deployment as ClusterSpec } from "../../../schemas/generated/events.ts";
import type { Projection } from "../../chassis/events.ts";
import { type Described, described, undescribed } from "./described.ts";
import { empty, ownerIn, type Row } from "./owned.ts";

/** What a cluster was deployed with. */
export type RevisionDocument = Row &
  Described & {
    /** Its cluster's id, `@` and the number. */
    readonly revision_id: string;
    readonly cluster_id: string;
    readonly revision: number;
    /** What it came of. */
    readonly action: "create" | "upgrade" | "rollback" | "resize" | "update";
    /** Who asked for it. */
    readonly actor: string;
    readonly status: "pending" | "deployed";
  };

type Deployed = { readonly clusterId: string; readonly revision: number; readonly deployment: ClusterSpec };
const idOf = (clusterId: string, revision: number): string => `${clusterId}@${revision}`;
/** Events of earlier releases have no number, and are not listed. */
const revisionId = ({ clusterId, revision }: Deployed): readonly string[] => (revision > 0 ? [idOf(clusterId, revision)] : []);
const firstId = ({ clusterId }: { readonly clusterId: string }): string => idOf(clusterId, 1);

const made =
  (action: RevisionDocument["action"]) =>
  (document: RevisionDocument, { clusterId, revision, deployment }: Deployed, { actor, time }: Meta, id: string): RevisionDocument => ({
    ...document,
    ...described(deployment),
    ...ownerIn(deployment, actor),
    ...{
      revision_id: id,
      cluster_id: clusterId,
      revision,
      action,
      actor: actor.userId,
      status: "deployed",
      create_time: time,
      status_time: time,
    },
  });

/** Every deployed state of every cluster, as users see it. */
export const clusterRevisions: Projection<RevisionDocument> = {
  name: "clusterRevisions",
  version: 1,
  indexes: ["cluster_id"],
  initialState: {
    ...{ ...empty, ...undescribed },
    ...{ revision_id: "", cluster_id: "", revision: 0, action: "create", actor: "", status: "pending" },
  },
  key: {
    ClusterRequested: firstId,
    ClusterActivated: firstId,
    ClusterUpgraded: revisionId,
    ClusterRolledBack: revisionId,
    ClusterResized: revisionId,
    ClusterEnvUpdated: revisionId,
  },

  evolve: {
    ClusterRequested: (document, { owner, ownerPath, deployment, clusterId }: ClusterRequested, meta, id) => ({
      ...made("create")(document, { clusterId, revision: 1, deployment: { ...deployment, owner, ownerPath } }, meta, id),
      status: "pending",
    }),
    ClusterActivated: (document, _, { time }) =>
      document.status === "deployed" ? document : { ...document, status: "deployed", status_time: time },
    ClusterUpgraded: made("upgrade"),
    ClusterRolledBack: made("rollback"),
    ClusterResized: made("resize"),
    ClusterEnvUpdated: made("update"),
  },
};
