import type { Service } from "../chassis/service.ts";
import { app as appDecider } from "./domain/app.ts";
import { attachment } from "./domain/attachment.ts";
import { category } from "./domain/category.ts";
import { repoAdoption } from "./domain/repo-adoption.ts";
import { http } from "./http.ts";
import type { AppOutside } from "./packages.ts";
import { reactions } from "./reactions.ts";
import { projections } from "./read-models.ts";
import { seeds } from "./seeds.ts";

/** The catalogue: uploaded and indexed applications, and the review and release of their versions. */
export const app: Service<AppOutside> = {
  name: "app",
  aggregates: {
    app: { decider: appDecider, public: true },
    category: { decider: category, public: true },
    attachment: { decider: attachment, public: true },
    repoAdoption: { decider: repoAdoption, public: true },
  },
  reactions,
  projections,
  seeds,
  http,
  outside: () => import("./outside.ts"),
};
