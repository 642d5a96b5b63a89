import type { Scenario } from "../../events/simulation/simulate.ts";
import { players } from "./players.ts";
import { requests } from "./requests/requests.ts";

/** The whole choreography, as far as it needs no process, no file and no network. */
export const scenario: Scenario = {
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
