import type { Effects } from "../../events/index.ts";
import type { WebhookEvent } from "../../schemas/generated/events.ts";
import { destroyLapsed } from "../chassis/access/lapsed.ts";
import type { Webhook, WebhookCommand } from "./domain.ts";
import type { WebhookOutside } from "./ports.ts";

const lapses = destroyLapsed<WebhookCommand, "NoteKeysDestroyed", { readonly webhookId: string }, Webhook>(
  "NoteKeysDestroyed",
  ({ lapsed }) => lapsed,
  ({ webhookId }) => ({ type: "NoteKeysDestroyed", webhookId }),
);

/** The key of a secret that signs no more is destroyed; of a deleted webhook nothing is kept. */
export const effects: Effects<Pick<WebhookOutside, "destroyKey" | "clear">, WebhookCommand, WebhookEvent, Webhook> = {
  WebhookSecretRotated: lapses,
  WebhookDeleted: {
    ...lapses,
    run: async (event, context) => {
      await context.outside.clear(event.webhookId);
      return lapses.run(event, context);
    },
  },
};
