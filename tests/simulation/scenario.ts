import type { Scenario } from "../../events/simulation/simulate.ts";
import { contract } from "../../services/chassis/contract.ts";
import { causes } from "../events/replay/library.ts";
import { players } from "./players.ts";
import { requests } from "./requests/requests.ts";

/** In these a cluster's action ends well, which it may only because its own job was done, or because it was forced and its deadline is over. */
const ended = new Set([
  ...["ClusterActivated", "ClusterUpgraded", "ClusterRolledBack", "ClusterResized", "ClusterEnvUpdated", "ClusterNodesAdded"],
  ...["ClusterNodesDeleted", "ClusterStopped", "ClusterDeleted", "ClusterCeased"],
]);

/** Requests whose own deadline may end them well, if they are forced. */
const forceable = new Set(["ClusterDeletionRequested", "ClusterCeaseRequested"]);

/** The whole choreography, as far as it needs no process, no file and no network. */
export const scenario: Scenario = {
  contract: { ...contract, causes },
  players,
  requests,
  bad: (table, { stream, version }) =>
    (table === "cluster.jobs" && /\/cl-[13]$/.test(stream) && version === 4) ||
    (table === "account.users" && /\/usr-2$/.test(stream) && version === 2) ||
    (table === "account.reactions" && /\/grp-1$/.test(stream) && version === 2) ||
    (table === "runtime.reactions" && /\/cl-2$/.test(stream) && version === 1),
  finishes: (event) => {
    if (event.type !== "TaskSucceeded" && event.type !== "TaskFailed") return undefined;
    return `task ${Reflect.get(event, "taskId")}`;
  },
  contradictions: function* (facts) {
    const all = new Map([...facts.values()].flat().map((fact) => [fact.meta.eventId, fact]));
    for (const { event, meta } of all.values()) {
      if (!ended.has(event.type)) continue;
      const because = all.get(meta.causationId ?? "");
      const isDone = because?.event.type === "DeploymentSucceeded";
      const isForced = because !== undefined && forceable.has(because.event.type) && Reflect.get(because.event, "force") === true;
      if (!(isDone || isForced) || Reflect.get(because.event, "jobId") !== Reflect.get(event, "jobId"))
        yield { about: meta.stream, message: `${event.type} of job ${Reflect.get(event, "jobId")} came because of ${meta.causationId}` };
    }
  },
  resting: (stream, state) => {
    if (typeof state !== "object" || state === null) return undefined;
    const action: unknown = Reflect.get(state, "action");
    if (stream.startsWith("cluster/") && action) return `its action ${JSON.stringify(Reflect.get(action, "requested"))} has not ended`;
    const current: unknown = Reflect.get(state, "current");
    if (stream.startsWith("localDeployment/") && current && !Reflect.get(current, "over")) return "its deployment has not ended";
    if (stream.startsWith("repo/") && Reflect.get(state, "indexing")) return "its indexing has not ended";
    return undefined;
  },
  slow: ["clusters", "jobs", "users", "credentials", "reactions", "runtimes"],
};
