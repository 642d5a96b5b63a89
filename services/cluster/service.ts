import { providers } from "../chassis/providers.ts";
import type { Service } from "../chassis/service.ts";
import { cluster as clusterDecider } from "./domain.ts";
import { effects } from "./effects.ts";
import { http } from "./http.ts";
import type { ClusterOutside } from "./ports.ts";
import { reactions } from "./reactions.ts";
import { clusters } from "./read-models/clusters.ts";
import { appVersions, packages, runtimes } from "./read-models/foreign.ts";
import { jobs } from "./read-models/jobs.ts";
import { clusterNodes } from "./read-models/nodes.ts";
import { clusterRevisions } from "./read-models/revisions.ts";
import { tasks } from "./read-models/tasks.ts";
import { timers } from "./timers.ts";

/** Application versions deployed into runtimes. */
export const cluster: Service<ClusterOutside> = {
  name: "cluster",
  aggregates: { cluster: { decider: clusterDecider, effects, timers, public: true } },
  reactions,
  projections: [clusters, clusterNodes, clusterRevisions, jobs, tasks, appVersions, packages, runtimes, providers],
  http,
  outside: () => import("./outside.ts"),
};
