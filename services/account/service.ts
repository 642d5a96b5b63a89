import type { Service } from "../chassis/service.ts";
import { deciders } from "./domain/domain.ts";
import { http } from "./http/http.ts";
import { reactions } from "./reactions.ts";
import { readModels } from "./read-models/read-models.ts";
import { type AccountOutside, seeds } from "./seeds.ts";
import { settings } from "./settings.ts";
import { passwordTimers } from "./timers.ts";

/** Users, groups, roles and API clients, their passwords and secrets, and the sessions and tokens that identify them. */
export const account: Service<AccountOutside, typeof settings> = {
  name: "account",
  aggregates: {
    user: { decider: deciders.user },
    password: { decider: deciders.password, timers: passwordTimers, internal: true },
    role: { decider: deciders.role },
    group: { decider: deciders.group },
    client: { decider: deciders.client },
    clientSecret: { decider: deciders.clientSecret, internal: true },
    session: { decider: deciders.session },
    signingKey: { decider: deciders.signingKey },
  },
  reactions,
  projections: readModels,
  seeds,
  http,
  settings,
  outside: () => import("./outside.ts"),
};
