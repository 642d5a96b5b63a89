import type { Sealed } from "../../schemas/generated/events.ts";
import { type Owned, ownedBy, unowned } from "../chassis/access/ownership.ts";
import type { Projection } from "../chassis/events.ts";

export type WebhookDocument = Owned & {
  readonly webhook_id: string;
  readonly url: string;
  readonly description: string;
  readonly event_type: readonly string[];
  readonly status: "enabled" | "disabled" | "deleted";
  /** Never shown. */
  readonly secret: Sealed | "";
  readonly former_secret: Sealed | "";
  readonly former_until: string;
  /** How often a replay was asked for, and the time from which the last one begins. */
  readonly replays: number;
  readonly replay_since: string;
  readonly create_time: string;
  readonly status_time: string;
};

/** All webhooks. */
export const webhooks: Projection<WebhookDocument> = {
  name: "webhooks",
  version: 1,
  indexes: ["status", "owner"],
  initialState: {
    ...{ webhook_id: "", url: "", description: "", event_type: [], status: "enabled" },
    ...{ secret: "", former_secret: "", former_until: "", replays: 0, replay_since: "" },
    ...unowned,
    create_time: "",
    status_time: "",
  },
  evolve: {
    WebhookCreated: (webhook, { webhookId, url, description, eventTypes, sealedSecret, owner, ownerPath }, { time }) => ({
      ...webhook,
      ...{ webhook_id: webhookId, url, description, event_type: eventTypes, secret: sealedSecret },
      ...ownedBy({ owner, ownerPath }),
      create_time: time,
      status_time: time,
    }),
    WebhookModified: (webhook, { url, description, eventTypes, enabled }, { time }) => ({
      ...webhook,
      ...{ url, description, event_type: eventTypes, status: enabled ? "enabled" : "disabled", status_time: time },
    }),
    WebhookSecretRotated: (webhook, { sealedSecret, formerUntil }) => ({
      ...webhook,
      ...{ secret: sealedSecret, former_secret: webhook.secret, former_until: formerUntil },
    }),
    WebhookReplayRequested: (webhook, { since }) => ({ ...webhook, replays: webhook.replays + 1, replay_since: since }),
    WebhookDeleted: (webhook, _, { time }) => ({ ...webhook, status: "deleted", secret: "", former_secret: "", status_time: time }),
  },
};

export type WebhookReadModels = { readonly webhooks: WebhookDocument };
