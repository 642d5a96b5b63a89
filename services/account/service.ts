import type { Service } from "../chassis/service.ts";
import { deciders } from "./domain/domain.ts";
import { http } from "./http/http.ts";
import { reactions } from "./reactions.ts";
import { readModels } from "./read-models/read-models.ts";
import { type AccountOutside, seeds } from "./seeds.ts";
import { settings } from "./settings.ts";
import { userTimers } from "./timers.ts";

/** Users, groups, roles and API clients, and the tokens that identify them. */
export const account: Service<AccountOutside, typeof settings> = {
  name: "account",
  aggregates: {
    user: { decider: deciders.user, timers: userTimers },
    role: { decider: deciders.role },
    group: { decider: deciders.group },
    client: { decider: deciders.client },
    signingKey: { decider: deciders.signingKey },
  },
  reactions,
  projections: readModels,
  seeds,
  http,
  settings,
  outside: () => import("./outside.ts"),
};
