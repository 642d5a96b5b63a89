import type { WebhookDelivery } from "../../schemas/generated/http.ts";
import type { KeyDestroyer } from "../chassis/access/lapsed.ts";
import type { WebhookDocument } from "./read-models.ts";

/** What came of a message that was sent. */
export type Outcome = {
  readonly delivered: boolean;
  /** The status that the address answered with; absent if there was no answer. */
  readonly status?: number;
  /** Why it was not delivered. */
  readonly reason?: string;
  /** Nothing was sent, since too many messages to this host have just failed. */
  readonly isHeldBack?: boolean;
  readonly milliseconds: number;
};

export type WebhookOutside = KeyDestroyer & {
  /** Sends one message, signed with the secrets of the webhook. */
  readonly send: (webhook: WebhookDocument, eventId: string, json: string, signal?: AbortSignal) => Promise<Outcome>;
  /** The last attempts, and what waits or is parked, newest first. */
  readonly deliveries: (webhookId: string, limit: number) => Promise<readonly WebhookDelivery[]>;
  /** Lets what is parked be sent again; returns how many messages that are. */
  readonly redrive: (webhookId: string) => Promise<number>;
  /** Removes what waits and is parked of a deleted webhook, and its attempts. */
  readonly clear: (webhookId: string) => Promise<void>;
};
