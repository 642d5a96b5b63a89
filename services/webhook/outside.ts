import { isSealed } from "../../events/index.ts";
import { opaque } from "../chassis/access/opaque.ts";
import type { Dependencies } from "../chassis/dependencies.ts";
import { feed as feedOf } from "../chassis/http/feed/feed.ts";
import { positions } from "../chassis/http/feed/position.ts";
import { unscopedReads } from "../chassis/http/reads.ts";
import { breakers } from "../chassis/process/breaker.ts";
import type { Opened } from "../chassis/service.ts";
import { holdWebhooks } from "./holding.ts";
import { secretOf } from "./http.ts";
import type { WebhookOutside } from "./ports.ts";
import { queue as queueOf, shown } from "./queue.ts";
import type { WebhookDocument } from "./read-models.ts";
import { sender } from "./sender.ts";
import type { WebhookValues } from "./settings.ts";
import { signed } from "./signature.ts";

/** The operation whose rights say which events a webhook gets. */
const OPERATION = "StreamEvents";
const MOST_WEBHOOKS = 10_000;

export const open = async (dependencies: Dependencies<WebhookValues>): Promise<Opened<WebhookOutside>> => {
  const { clock, config, documents, edge, logger, platform, settings } = dependencies;
  const stopping = new AbortController();
  const queue = queueOf(documents);
  await queue.ensure();
  // Breakers of their own: hosts of strangers are many.
  const hosts = breakers();
  const post = sender({ guard: hosts.guard, clock }, settings.privateNetworks);
  const send: WebhookOutside["send"] = async ({ webhook_id, url, secret, former_secret, former_until }, eventId, json, signal) => {
    const isFormerGood = former_secret !== "" && Date.parse(former_until) > clock.now();
    const sealed = [secret, isFormerGood ? former_secret : ""].filter(isSealed);
    const secrets = await Promise.all(sealed.map((each) => edge.open(each, secretOf(webhook_id))));
    return post(url, json, signed(eventId, json, secrets, clock.now()), signal);
  };
  const feed = feedOf(
    { client: platform, clock, stopping: stopping.signal },
    positions(opaque(config.sealingKeys, "position of a webhook")),
  );
  return {
    outside: {
      destroyKey: edge.destroyKey,
      clear: queue.clear,
      send,
      deliveries: async (webhookId, limit) => {
        const [{ attempts }, waiting] = await Promise.all([queue.progress(webhookId), queue.of(webhookId)]);
        return [...waiting.map(shown), ...attempts.toReversed()].slice(0, limit);
      },
      redrive: async (webhookId) => {
        const parked = (await queue.of(webhookId)).filter(({ status }) => status === "parked");
        const now = clock.now();
        for (const each of parked) await queue.put({ ...each, status: "waiting", since: now, next: now });
        return parked.length;
      },
    },
    background: ({ instance, identity, ports }) => {
      const reads = unscopedReads(instance.collections, ports.documents);
      const enabled = [{ field: "status", in: ["enabled"] }];
      const caller = async (userId: string) => {
        const principal = await identity.principal(userId);
        return principal && identity.authorize(principal, OPERATION);
      };
      const failed = (error: unknown, webhookId: string) =>
        logger.warn({ error, webhookId }, "deliveries broke off and will be taken up again");
      const webhooks = async () => (await reads.find("webhooks", enabled, MOST_WEBHOOKS)) as unknown as readonly WebhookDocument[]; // Its projection is of this type.
      const holding = holdWebhooks(
        {
          clock,
          queue,
          feed,
          send,
          caller,
          webhooks,
          failed,
          letGo: async (webhookId) => {
            const found = await reads.get("webhooks", webhookId);
            if (found?.status === "deleted") await queue.clear(webhookId);
          },
          store: ports.store,
          instance: `${dependencies.name} ${dependencies.random(8).join("")}`,
        },
        stopping.signal,
      );
      return async () => {
        stopping.abort("stopping");
        await holding;
      };
    },
    close: () => {
      stopping.abort("stopping");
      hosts.stop();
    },
  };
};
