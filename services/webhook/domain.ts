import type { Decider, Rejection } from "../../events/index.ts";
import type { Sealed, WebhookEvent } from "../../schemas/generated/events.ts";

export type WebhookCommand =
  | {
      readonly type: "CreateWebhook";
      readonly webhookId: string;
      readonly url: string;
      readonly description: string;
      readonly eventTypes: readonly string[];
      readonly sealedSecret: Sealed;
      readonly owner: string;
      readonly ownerPath: string;
    }
  | {
      readonly type: "ModifyWebhook";
      readonly webhookId: string;
      readonly url: string | undefined;
      readonly description: string | undefined;
      readonly eventTypes: readonly string[] | undefined;
      readonly enabled: boolean | undefined;
    }
  | { readonly type: "RotateWebhookSecret"; readonly webhookId: string; readonly sealedSecret: Sealed; readonly formerUntil: string }
  | { readonly type: "ReplayWebhook"; readonly webhookId: string; readonly since: string }
  | { readonly type: "DeleteWebhook"; readonly webhookId: string }
  /** The keys of all secrets that lapsed so far are destroyed. */
  | { readonly type: "NoteKeysDestroyed"; readonly webhookId: string };

export type Webhook = {
  /** Secrets that sign no more. An effect destroys their keys. */
  readonly lapsed: readonly Sealed[];
} & (
  | { readonly status: "absent" | "deleted" }
  | {
      readonly status: "there";
      readonly url: string;
      readonly description: string;
      readonly eventTypes: readonly string[];
      readonly enabled: boolean;
      readonly secret: Sealed;
      readonly former: Sealed | null;
    }
);

/** An address to which events are sent. At most two of its secrets sign: the present one, and for a time the one before. */
export const webhook: Decider<WebhookCommand, WebhookEvent, Webhook> = {
  key: "webhookId",
  initialState: { status: "absent", lapsed: [] },

  decide: {
    CreateWebhook: ({ type: _, ...described }, { status }) => (status === "absent" ? [{ ...described, type: "WebhookCreated" }] : []),
    ModifyWebhook: ({ webhookId, ...changes }, state) => {
      if (state.status !== "there") return gone(webhookId);
      const { url = state.url, description = state.description, eventTypes = state.eventTypes, enabled = state.enabled } = changes;
      const isSame = url === state.url && description === state.description && enabled === state.enabled;
      if (isSame && eventTypes.join() === state.eventTypes.join()) return [];
      return [{ type: "WebhookModified", webhookId, url, description, eventTypes, enabled }];
    },
    RotateWebhookSecret: ({ type: _, ...rotated }, { status }) =>
      status === "there" ? [{ type: "WebhookSecretRotated", ...rotated }] : gone(rotated.webhookId),
    ReplayWebhook: ({ webhookId, since }, { status }) =>
      status === "there" ? [{ type: "WebhookReplayRequested", webhookId, since }] : gone(webhookId),
    DeleteWebhook: ({ webhookId }, { status }) => {
      if (status === "absent") return gone(webhookId);
      return status === "deleted" ? [] : [{ type: "WebhookDeleted", webhookId }];
    },
    NoteKeysDestroyed: () => [],
  },

  evolve: {
    WebhookCreated: (_, { url, description, eventTypes, sealedSecret }) => ({
      ...{ status: "there", url, description, eventTypes, enabled: true },
      ...{ secret: sealedSecret, former: null, lapsed: [] },
    }),
    WebhookModified: (state, { url, description, eventTypes, enabled }) =>
      state.status === "there" ? { ...state, url, description, eventTypes, enabled } : state,
    WebhookSecretRotated: (state, { sealedSecret }) =>
      state.status === "there"
        ? { ...state, secret: sealedSecret, former: state.secret, lapsed: state.former ? [...state.lapsed, state.former] : state.lapsed }
        : state,
    WebhookReplayRequested: (state) => state,
    WebhookDeleted: (state) =>
      state.status === "there"
        ? { status: "deleted", lapsed: [...state.lapsed, state.secret, ...(state.former ? [state.former] : [])] }
        : state,
  },
};

const gone = (id: string): Rejection => ({ rejected: `resource [${id}] does not exist`, kind: "notFound", error: "resource_not_found" });
