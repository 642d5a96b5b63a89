import assert from "node:assert/strict";
import { test } from "node:test";
import type { WebhookEvent } from "../../../schemas/generated/events.ts";
import { webhook } from "../../../services/webhook/domain.ts";
import { sealedText } from "../../sealed.ts";
import { given } from "../../spec.ts";

const webhookId = "wh-1";
const [first, second, third] = [sealedText("first"), sealedText("second"), sealedText("third")];
const described = { webhookId, url: "https://example.org/", description: "", eventTypes: [], owner: "usr-1", ownerPath: ":usr-1" };
const created = { type: "WebhookCreated", ...described, sealedSecret: first } as const;
const rotated = { type: "WebhookSecretRotated", webhookId, sealedSecret: second, formerUntil: "2026-01-02T00:00:00Z" } as const;
const deleted = { type: "WebhookDeleted", webhookId } as const;

test("a webhook is created once, changed, and deleted once", () => {
  given(webhook)
    .when({ ...created, type: "CreateWebhook" })
    .expect(created);
  given(webhook, created)
    .when({ ...created, type: "CreateWebhook" })
    .expectNothing();
  const unchanged = { url: undefined, description: undefined, eventTypes: undefined, enabled: undefined };
  const changed = { type: "ModifyWebhook", webhookId, ...unchanged, enabled: false } as const;
  const { url, description, eventTypes } = described;
  given(webhook, created).when(changed).expect({ type: "WebhookModified", webhookId, url, description, eventTypes, enabled: false });
  given(webhook, created)
    .when({ type: "ModifyWebhook", webhookId, ...unchanged })
    .expectNothing();
  given(webhook, created).when({ type: "DeleteWebhook", webhookId }).expect(deleted);
  given(webhook, created, deleted).when({ type: "DeleteWebhook", webhookId }).expectNothing();
  for (const past of [[], [created, deleted]])
    given(webhook, ...past)
      .when(changed)
      .expectRejection(/does not exist/, { kind: "notFound" });
});

test("at most two secrets sign; the keys of all others lapse, and of all when it is deleted", () => {
  const lapsedAfter = (...past: readonly WebhookEvent[]) => given(webhook, created, ...past).state.lapsed;
  assert.deepEqual(lapsedAfter(rotated), []);
  assert.deepEqual(lapsedAfter(rotated, { ...rotated, sealedSecret: third }), [first]);
  assert.deepEqual(lapsedAfter(rotated, deleted), [second, first]);
});
