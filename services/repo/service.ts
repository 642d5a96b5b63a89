import { service } from "../../events/service.ts";
import { packageDecider } from "./domain/package.ts";
import { repo } from "./domain/repo.ts";
import { effects } from "./effects.ts";
import { http } from "./http.ts";
import type { RepoPorts } from "./ports.ts";
import { reactions } from "./reactions.ts";
import { categories, repoEvents, repos } from "./read-models.ts";
import { internalRepos } from "./signals.ts";
import { timers } from "./timers.ts";

/** Repositories of application packages: what they offer is listed, and kept. */
export const repoService = (ports: RepoPorts) =>
  service({
    name: "repo",
    aggregates: {
      repo: {
        decider: repo,
        effects: effects(ports),
        ...(ports.indexEvery === undefined ? {} : { timers: timers(ports.indexEvery) }),
      },
      package: { decider: packageDecider },
    },
    reactions,
    projections: [repos, repoEvents, categories],
    signals: [internalRepos(ports.clock)],
    http: http(ports),
  });
