import { providers } from "../chassis/providers.ts";
import type { Service } from "../chassis/service.ts";
import { packageDecider } from "./domain/package.ts";
import { repo as repoDecider } from "./domain/repo.ts";
import { effects } from "./effects.ts";
import { http } from "./http.ts";
import type { RepoOutside } from "./ports.ts";
import { reactions } from "./reactions.ts";
import { categories, repoEvents, repoSyncTokens, repos } from "./read-models.ts";
import { seeds } from "./seeds.ts";
import { settings } from "./settings.ts";
import { timers } from "./timers.ts";

/** Repositories of application packages. The service lists their packages and stores the archives. */
export const repo: Service<RepoOutside, typeof settings> = {
  name: "repo",
  aggregates: {
    repo: { decider: repoDecider, effects, timers, public: true },
    package: { decider: packageDecider, public: true },
  },
  reactions,
  projections: [repos, repoEvents, repoSyncTokens, categories, providers],
  seeds,
  http,
  settings,
  outside: () => import("./outside.ts"),
};
