import type { Service } from "../chassis/service.ts";
import { deciders } from "./domain/domain.ts";
import { userEffects } from "./effects.ts";
import { http } from "./http/http.ts";
import type { AccountOutside } from "./ports.ts";
import { reactions } from "./reactions.ts";
import { readModels } from "./read-models/read-models.ts";
import { seeds } from "./seeds.ts";
import { settings } from "./settings.ts";
import { passwordTimers } from "./timers.ts";

/** Users, groups, roles and API clients, their passwords and secrets, and the sessions and tokens that identify them. */
export const account: Service<AccountOutside, typeof settings> = {
  name: "account",
  aggregates: {
    user: { decider: deciders.user, effects: userEffects },
    password: { decider: deciders.password, timers: passwordTimers, internal: true },
    role: { decider: deciders.role },
    group: { decider: deciders.group },
    client: { decider: deciders.client },
    clientSecret: { decider: deciders.clientSecret, internal: true },
    session: { decider: deciders.session },
    signingKey: { decider: deciders.signingKey },
    lookupKey: { decider: deciders.lookupKey, internal: true },
  },
  reactions,
  projections: readModels,
  seeds,
  http,
  settings,
  outside: () => import("./outside.ts"),
};
