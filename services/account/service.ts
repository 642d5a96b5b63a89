import { service } from "../../events/service.ts";
import { deciders } from "./domain/domain.ts";
import { http } from "./http/http.ts";
import { reactions } from "./reactions.ts";
import { readModels } from "./read-models/read-models.ts";
import { userTimers } from "./timers.ts";

/** Who there is on the platform, what they may do, and the tokens that prove it. */
export const accountService = service({
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
  http,
});
