import type { Condition, Documents, StoredDocument } from "../../events/index.ts";
import type { WebhookDelivery } from "../../schemas/generated/http.ts";

/** A message that could not be sent yet, or that waits behind another one of its stream. */
export type Waiting = {
  readonly webhook_id: string;
  /** Names its document among those of the webhook. A place that is free again is taken by another message, so that no document is left over. */
  readonly place: number;
  readonly event_id: string;
  readonly event_type: string;
  readonly stream: string;
  /** Its place in the stream. */
  readonly number: number;
  readonly json: string;
  readonly status: "waiting" | "parked";
  readonly attempts: number;
  /** Milliseconds since 1970: when it came, and when it is to be sent again. */
  readonly since: number;
  readonly next: number;
  readonly reason: string;
};
/** How far a webhook is, and its last attempts. */
export type Progress = {
  /** The id of the position; empty: at its beginning. */
  readonly position: string;
  /** How many replays it has begun. */
  readonly replays: number;
  readonly attempts: readonly WebhookDelivery[];
};

const QUEUE = "webhookQueue";
const PROGRESS = "webhookProgress";
/** Messages of a webhook that wait or are parked; beyond, it reads no further. */
export const MOST_WAITING = 1_000;
/** Attempts of a webhook that are shown. */
export const KEPT_ATTEMPTS = 100;

/** What deliveries leave in the store, beside the read models: attempts are no events. */
export const queue = (documents: Documents) => {
  const versions = new Map<string, number>();
  /** Writes a document; another writer is overtaken, who holds the webhook no more. */
  const put = async (collection: string, id: string, value: object | undefined): Promise<void> => {
    for (;;) {
      const expected = versions.get(id) ?? (await documents.get(collection, [id]))[0]?.version ?? 0;
      const document: StoredDocument = { id, stream: id, version: expected + 1, deleted: value === undefined, value: { ...value } };
      const isWritten = await documents.write(collection, [{ document, expected }]);
      if (isWritten && value !== undefined) versions.set(id, expected + 1);
      else versions.delete(id);
      if (isWritten) return;
    }
  };
  // A message of an earlier release has no place, and goes by its event.
  const idOf = ({ webhook_id, event_id, place }: Waiting): string => `${webhook_id} ${place ?? event_id}`;
  const find = async (where: readonly Condition[]): Promise<readonly Waiting[]> => {
    const { documents: found } = await documents.find(QUEUE, {
      where,
      sort: { field: "number", descending: false },
      offset: 0,
      limit: 2 * MOST_WAITING,
    });
    return found.map(({ value }) => value as unknown as Waiting); // Only `put` writes there.
  };
  const progressOf = async (webhookId: string): Promise<Progress> => {
    const [found] = await documents.get(PROGRESS, [webhookId]);
    return found ? (found.value as unknown as Progress) : { position: "", replays: 0, attempts: [] }; // Only `put` writes there.
  };
  const of = (webhookId: string): Promise<readonly Waiting[]> => find([{ field: "webhook_id", in: [webhookId] }]);
  const remove = (waiting: Waiting): Promise<void> => put(QUEUE, idOf(waiting), undefined);
  return {
    ensure: async (): Promise<void> => {
      await Promise.all([documents.ensure(QUEUE, ["webhook_id", "number"]), documents.ensure(PROGRESS, [])]);
    },
    /** What waits and what is parked of a webhook, in the order of each stream. */
    of,
    put: (waiting: Waiting): Promise<void> => put(QUEUE, idOf(waiting), waiting),
    remove,
    /** Removes everything of a webhook that is deleted. */
    clear: async (webhookId: string): Promise<void> => {
      for (const each of await of(webhookId)) await remove(each);
      await put(PROGRESS, webhookId, undefined);
    },
    progress: progressOf,
    save: (webhookId: string, { attempts, ...progress }: Progress): Promise<void> =>
      put(PROGRESS, webhookId, { ...progress, attempts: attempts.slice(-KEPT_ATTEMPTS) }),
    /** Another process may hold the webhook from now on. */
    forget: (): void => versions.clear(),
  };
};
export type Queue = ReturnType<typeof queue>;

/** How a message that waits is shown. */
export const shown = ({ event_id, event_type, status, attempts, next, reason }: Waiting): WebhookDelivery => ({
  ...{ event_id, event_type, status, attempts, reason },
  ...(status === "waiting" && { next_time: new Date(next).toISOString() }),
});
