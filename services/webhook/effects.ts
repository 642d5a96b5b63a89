import type { Effects } from "../../events/index.ts";
import type { WebhookEvent } from "../../schemas/generated/events.ts";
import { destroyLapsed, type KeyDestroyer } from "../chassis/access/lapsed.ts";
import type { Webhook, WebhookCommand } from "./domain.ts";

const lapses = destroyLapsed<WebhookCommand, "NoteKeysDestroyed", { readonly webhookId: string }, Webhook>(
  "NoteKeysDestroyed",
  ({ lapsed }) => lapsed,
  ({ webhookId }) => ({ type: "NoteKeysDestroyed", webhookId }),
);

/** The key of a secret that signs no more is destroyed. */
export const effects: Effects<KeyDestroyer, WebhookCommand, WebhookEvent, Webhook> = {
  WebhookSecretRotated: lapses,
  WebhookDeleted: lapses,
};
