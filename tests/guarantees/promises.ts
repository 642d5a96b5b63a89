import type { Section } from "./promise.ts";
import { access } from "./promises/access.ts";
import { effects } from "./promises/effects.ts";
import { evolution } from "./promises/evolution.ts";
import { http } from "./promises/http.ts";
import { log } from "./promises/log.ts";
import { operation } from "./promises/operation.ts";
import { secrets } from "./promises/secrets.ts";
import { store } from "./promises/store.ts";
import { subscriptions } from "./promises/subscriptions.ts";

/** Every promise of the platform, once. */
export const sections: readonly Section[] = [store, log, subscriptions, effects, http, access, secrets, evolution, operation];
