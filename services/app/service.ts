import type { Clock } from "../../events/ports.ts";
import { service } from "../../events/service.ts";
import { app } from "./domain/app.ts";
import { attachment } from "./domain/attachment.ts";
import { category } from "./domain/category.ts";
import { repoAdoption } from "./domain/repo-adoption.ts";
import { http } from "./http.ts";
import type { AppPorts } from "./packages.ts";
import { reactions } from "./reactions.ts";
import { projections } from "./read-models.ts";
import { defaultCategory } from "./signals.ts";

/** The catalogue: applications, uploaded or indexed, and the way of their versions through review into the store. */
export const appService = (ports: AppPorts & { readonly clock: Pick<Clock, "sleep"> }) =>
  service({
    name: "app",
    aggregates: {
      app: { decider: app },
      category: { decider: category },
      attachment: { decider: attachment },
      repoAdoption: { decider: repoAdoption },
    },
    reactions,
    projections,
    signals: [defaultCategory(ports.clock)],
    http: http(ports),
  });
