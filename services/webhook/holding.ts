import type { EventStore } from "../../events/index.ts";
import { type DeliveryPorts, deliver } from "./deliveries.ts";
import type { WebhookDocument } from "./read-models.ts";

/** Milliseconds between two looks at all webhooks, and for which an instance holds one without a sign of life. */
const LOOK = 1_000;
const LEASE = 15_000;

type Ports = DeliveryPorts & {
  readonly store: Pick<EventStore, "lease" | "release">;
  readonly instance: string;
  /** All webhooks that are enabled. */
  readonly webhooks: () => Promise<readonly WebhookDocument[]>;
  readonly failed: (error: unknown, webhookId: string) => void;
  /** What is left to do for a webhook that this instance has held, and that is not enabled any more. */
  readonly letGo: (webhookId: string) => Promise<void>;
};
type Held = { readonly shape: string; readonly stop: () => Promise<void> };

/** Delivers to all webhooks, each by one instance at a time, until the signal aborts. */
export const holdWebhooks = async (ports: Ports, signal: AbortSignal): Promise<void> => {
  const { clock, store, instance, webhooks, failed } = ports;
  const held = new Map<string, Held>();
  /** When each webhook was leased, or found with another instance. */
  const asked = new Map<string, number>();
  const begin = (webhook: WebhookDocument): void => {
    const id = webhook.webhook_id;
    const over = new AbortController();
    const running = deliver(webhook, ports, over.signal)
      .catch((error: unknown) => failed(error, id))
      .finally(() => {
        if (held.get(id) !== holding) return;
        held.delete(id);
        asked.delete(id);
      });
    const holding: Held = {
      shape: shapeOf(webhook),
      stop: async () => {
        over.abort("let go");
        await running;
      },
    };
    held.set(id, holding);
  };
  const letGo = async (id: string): Promise<void> => {
    const holding = held.get(id);
    held.delete(id);
    // To be taken again at once, if it is still there.
    asked.delete(id);
    await holding?.stop();
  };
  const look = async (): Promise<void> => {
    const wanted = new Map((await webhooks()).map((webhook) => [webhook.webhook_id, webhook]));
    for (const id of [...held.keys()].filter((each) => !wanted.has(each))) {
      await letGo(id);
      await ports.letGo(id);
    }
    for (const [id, webhook] of wanted) {
      const holding = held.get(id);
      if (holding && holding.shape !== shapeOf(webhook)) await letGo(id);
      if (clock.now() - (asked.get(id) ?? 0) < LEASE / 3) continue;
      asked.set(id, clock.now());
      const isMine = await store.lease(`webhook ${id}`, instance, LEASE);
      if (isMine && !held.has(id)) begin(webhook);
      if (!isMine && held.has(id)) await letGo(id);
    }
  };
  while (!signal.aborted) {
    await look().catch((error: unknown) => failed(error, ""));
    await clock.sleep(LOOK, signal);
  }
  for (const id of [...held.keys()]) {
    await letGo(id);
    await store.release(`webhook ${id}`, instance);
  }
};

const shapeOf = (webhook: WebhookDocument): string => JSON.stringify(webhook);
