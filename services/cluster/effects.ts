import type { Effects } from "../../events/index.ts";
import type { ClusterEvent } from "../../schemas/generated/events.ts";
import { destroyLapsed, type KeyDestroyer } from "../chassis/access/lapsed.ts";
import type { ClusterCommand } from "./commands.ts";
import type { Cluster } from "./state.ts";

const lapses = destroyLapsed<ClusterCommand, "NoteKeysDestroyed", { readonly clusterId: string }, Cluster>(
  "NoteKeysDestroyed",
  (cluster) => (cluster.status === "absent" ? [] : cluster.lapsed),
  ({ clusterId }) => ({ type: "NoteKeysDestroyed", clusterId }),
);

/** The keys of passwords die when neither the deployment nor the one to roll back to needs them, and with the cluster. */
export const effects: Effects<KeyDestroyer, ClusterCommand, ClusterEvent, Cluster> = {
  ClusterEnvUpdated: lapses,
  ClusterUpgraded: lapses,
  ClusterRolledBack: lapses,
  ClusterCeased: lapses,
};
