import { streamOf } from "../../events/index.ts";
import type { Guess, GuessLimit } from "../chassis/access/guessing.ts";
import { type Problem, tooManyRequests } from "../chassis/http/problems.ts";
import { type Guard, rows } from "../chassis/http/rows.ts";
import type { WebhookCommand } from "./domain.ts";
import type { Outcome, WebhookOutside } from "./ports.ts";
import type { WebhookDocument, WebhookReadModels } from "./read-models.ts";

/** Webhooks of one user. */
const MOST = 20;
/** Webhooks are made one at a time, so that their number is known. */
const guard: Guard<WebhookCommand, WebhookReadModels, WebhookOutside> = {
  inTurn: ({ type }) => type === "CreateWebhook",
  judge: (command, { judge }) =>
    judge(async ({ find }) => {
      if (command.type !== "CreateWebhook") return undefined;
      const where = [
        { field: "owner", in: [command.owner] },
        { field: "status", in: ["enabled", "disabled"] },
      ];
      const isFull = (await find("webhooks", where, MOST)).length >= MOST;
      return isFull ? { rejected: `you have ${MOST} webhooks already`, kind: "precondition" } : undefined;
    }),
};
const { command, query, answer } = rows<WebhookCommand, WebhookReadModels, WebhookOutside>(guard);

/** What one user may have sent besides what happens: test events, and all events again. */
const tests = { most: 10, milliseconds: 60_000 };
const replays = { most: 10, milliseconds: 3_600_000 };
/** Bytes of a secret, and milliseconds for which a former one signs, too. */
const SECRET = 24;
const OVERLAP = 24 * 60 * 60 * 1_000;

/** Where a secret of a webhook is sealed. */
export const secretOf = (webhookId: string) => ({ stream: streamOf("webhook", webhookId), field: "sealedSecret" });
const asSecret = (token: string): string => `whsec_${Buffer.from(token, "base64url").toString("base64")}`;

const invalid = (rejected: string) => ({ rejected, kind: "invalid", error: "illegal_parameter_format" }) as const;
/** The rejection of an address that nothing can be sent to; undefined for a good one. */
const unfit = (url: string) => {
  if (!URL.canParse(url)) return invalid("the url is not a URL");
  const { protocol, username, password, hash } = new URL(url);
  if (protocol !== "https:" && protocol !== "http:") return invalid("the url must begin with https:// or http://");
  return username + password + hash === "" ? undefined : invalid("the url must have neither user, password nor fragment");
};

export const http = [
  command("CreateWebhook", {
    issues: "CreateWebhook",
    prepare: async ({ url }, { edge, newId }) => {
      const wrong = unfit(url);
      if (wrong) return wrong;
      const webhookId = newId("wh");
      const secret = asSecret(edge.randomToken(SECRET));
      return { webhookId, secret, sealedSecret: await edge.seal(secret, secretOf(webhookId)) };
    },
    command: ({ url, description = "", event_type = [] }, { actor, prepared: { webhookId, sealedSecret } }) => ({
      ...{ type: "CreateWebhook", webhookId, url, description, eventTypes: event_type, sealedSecret },
      ...{ owner: actor.userId, ownerPath: actor.ownerPath },
    }),
    answer: ([{ webhookId }], { prepared }) => ({ webhook_id: webhookId, secret: prepared.secret }),
  }),
  command("ModifyWebhook", {
    issues: ["ModifyWebhook", "ReplayWebhook"],
    needs: ({ webhook_id }) => ({ webhook: ["webhooks", webhook_id] }),
    prepare: async ({ replay_since }, { edge, actor }) =>
      (replay_since !== undefined && (await oftenAsked(edge, { ...replays, name: `webhook replays of ${actor.userId}` }))) || {},
    command: ({ webhook_id: webhookId, url, description, event_type: eventTypes, enabled, replay_since }) => {
      const wrong = url === undefined ? undefined : unfit(url);
      if (wrong) return wrong;
      if (replay_since !== undefined) return { type: "ReplayWebhook", webhookId, since: replay_since };
      return { type: "ModifyWebhook", webhookId, url, description, eventTypes, enabled };
    },
    answer: ([{ webhookId }]) => ({ webhook_id: webhookId }),
  }),
  command("RotateWebhookSecret", {
    issues: "RotateWebhookSecret",
    needs: ({ webhook_id }) => ({ webhook: ["webhooks", webhook_id] }),
    prepare: async ({ webhook_id }, { edge, now }) => {
      const secret = asSecret(edge.randomToken(SECRET));
      return { secret, sealedSecret: await edge.seal(secret, secretOf(webhook_id)), formerUntil: new Date(now + OVERLAP).toISOString() };
    },
    command: ({ webhook_id: webhookId }, { prepared: { sealedSecret, formerUntil } }) => ({
      type: "RotateWebhookSecret",
      ...{ webhookId, sealedSecret, formerUntil },
    }),
    answer: ([{ webhookId, formerUntil }], { prepared }) => ({ webhook_id: webhookId, secret: prepared.secret, former_until: formerUntil }),
  }),
  command("DeleteWebhooks", {
    issues: "DeleteWebhook",
    each: "webhook_id",
    needs: (_, id) => ({ webhook: ["webhooks", id] }),
    command: (_, { item }) => ({ type: "DeleteWebhook", webhookId: item }),
    answer: (_, __, { webhook_id }) => ({ webhook_id }),
  }),
  query("DescribeWebhooks", {
    from: "webhooks",
    filters: ["webhook_id", "status", "owner"],
    search: ["webhook_id", "url", "description"],
    present: ({ secret: _, former_secret: __, replays: ___, ...webhook }) => webhook,
  }),
  answer("TestWebhook", async ({ webhook_id }, { get, now, edge, actor, outside: { send } }) => {
    const webhook = await get("webhooks", webhook_id);
    if (!webhook) return missing(webhook_id);
    if (webhook.status !== "enabled") return { rejected: `webhook [${webhook_id}] is ${webhook.status}`, kind: "precondition" };
    const tooMany = await oftenAsked(edge, { ...tests, name: `webhook tests of ${actor.userId}` });
    if (tooMany) return tooMany;
    return shown(await send(webhook, `test/${webhook_id}@${now}`, testEvent(webhook, now)));
  }),
  answer("GetWebhookDeliveries", async ({ webhook_id, limit = 100 }, { get, outside: { deliveries } }) => {
    if (!(await get("webhooks", webhook_id))) return missing(webhook_id);
    return { delivery_set: await deliveries(webhook_id, Math.min(limit, 200)) };
  }),
  answer("RedriveWebhook", async ({ webhook_id }, { get, outside: { redrive } }) => {
    if (!(await get("webhooks", webhook_id))) return missing(webhook_id);
    return { webhook_id, redriven: await redrive(webhook_id) };
  }),
];

/** The problem of one who asks too often. What is asked for is counted like a guess that is never right. */
const oftenAsked = async ({ guess }: { readonly guess: Guess }, limit: GuessLimit): Promise<Problem | undefined> => {
  const counted = await guess([limit], async () => false);
  return typeof counted === "object" ? tooManyRequests(counted.again) : undefined;
};

const missing = (id: string) => ({ rejected: `resource [${id}] not found`, kind: "notFound", error: "resource_not_found" }) as const;

const shown = ({ delivered, status, reason }: Outcome) => ({
  delivered,
  ...(status !== undefined && { response_status: status }),
  ...(reason !== undefined && { reason }),
});

/** An event that says nothing but that the way is open. */
const testEvent = ({ webhook_id }: WebhookDocument, now: number): string =>
  JSON.stringify({
    ...{ specversion: "1.0", id: `test/${webhook_id}@${now}`, source: "/pitrix/webhook", type: "pitrix.webhook.Test" },
    ...{ subject: `webhook/${webhook_id}`, time: new Date(now).toISOString(), datacontenttype: "application/json", data: {} },
  });
