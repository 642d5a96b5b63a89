import assert from "node:assert/strict";
import { test } from "node:test";
import { memoryDatabase } from "../../../events/memory/database.ts";
import { memoryDocuments } from "../../../events/memory/documents.ts";
import { kind } from "../../../events/memory/fate.ts";
import type { Feed } from "../../../services/chassis/http/feed/feed.ts";
import type { Item } from "../../../services/chassis/http/feed/items.ts";
import { systemClock } from "../../../services/chassis/process/clock.ts";
import { deliver } from "../../../services/webhook/deliveries.ts";
import { queue as queueOf } from "../../../services/webhook/queue.ts";
import { webhooks } from "../../../services/webhook/read-models.ts";
import { eventually } from "../../eventually.ts";

const webhook = {
  ...webhooks.initialState,
  webhook_id: "wh-1",
  url: "http://127.0.0.1/",
  owner: "usr-1",
  create_time: "2026-01-01T00:00:00Z",
};
const owner = { owner: "usr-1", owner_group: "" };
const caller = { userId: "usr-1", ownerPath: ":usr-1", groups: [], groupsAndBelow: [], level: "self" as const };

/** Deliveries of one webhook, over a feed that the test fills, in a time that does not wait. */
const delivering = async () => {
  const documents = memoryDocuments(memoryDatabase(), kind);
  const queue = queueOf(documents);
  await queue.ensure();
  const over = new AbortController();
  let now = Date.now();
  const clock = {
    ...systemClock,
    now: () => now,
    sleep: async (milliseconds: number, signal?: AbortSignal) => {
      now += milliseconds;
      await systemClock.sleep(1, signal);
    },
  };
  const fed: Item[] = [];
  async function* items() {
    while (!over.signal.aborted) {
      const more = fed.splice(0);
      if (more.length > 0) yield more;
      await systemClock.sleep(1, over.signal);
    }
  }
  const feed = {
    begin: () => ({ offsets: {}, since: 0 }),
    from: () => ({ [Symbol.asyncIterator]: items, id: () => "here" }),
  } as unknown as Feed;
  const sent: string[] = [];
  let isDown = false;
  const running = deliver(
    webhook,
    {
      ...{ clock, queue, feed },
      caller: async () => ({ ...caller, as: () => undefined }),
      send: async (_, id) => {
        if (isDown) return { delivered: false, status: 500, reason: "it answered 500", milliseconds: 1 };
        sent.push(id);
        return { delivered: true, status: 200, milliseconds: 1 };
      },
    },
    over.signal,
  );
  const isLost = (topic: string): void => {
    fed.push({ event: undefined, owner: null, json: JSON.stringify({ topic: [topic] }), frame: () => assert.fail() });
  };
  const happens = (id: string): void => {
    const [subject = ""] = id.split("@");
    const event = { id, type: "pitrix.cluster.Happened", subject, correlationid: "", actionid: "" };
    fed.push({ event, owner, json: "{}", frame: () => assert.fail() });
  };
  return {
    ...{ documents, queue, sent, happens, isLost },
    down: (is: boolean): void => {
      isDown = is;
    },
    stop: async (): Promise<void> => {
      over.abort();
      await running;
    },
  };
};

test("what was sent in the end leaves no documents behind: another message takes its place", async () => {
  const { documents, queue, sent, happens, down, stop } = await delivering();
  for (let round = 1; round <= 20; round++) {
    down(true);
    for (const stream of ["a", "b", "c"]) happens(`cluster/${stream}@${round}`);
    await eventually("all three wait", async () => (await queue.of("wh-1")).length === 3);
    down(false);
    await eventually("all are sent", async () => sent.length === 3 * round && (await queue.of("wh-1")).length === 0);
  }
  assert.equal((await documents.size("webhookQueue")).documents, 3);
  for (const stream of ["a", "b", "c"])
    assert.deepEqual(
      sent.filter((id) => id.startsWith(`cluster/${stream}@`)),
      Array.from({ length: 20 }, (_, round) => `cluster/${stream}@${round + 1}`),
    );
  await stop();
});

test("what the log does not hold any more is told in the deliveries, and the webhook goes on", async () => {
  const { queue, sent, happens, isLost, stop } = await delivering();
  isLost("pitrix.cluster");
  happens("cluster/a@7");
  await eventually("it goes on", () => sent.length > 0);
  const gap = () => queue.progress("wh-1").then(({ attempts }) => attempts.find(({ status }) => status === "gap"));
  const { reason } = (await eventually("the gap is told", gap)) ?? assert.fail();
  assert.deepEqual([reason, sent], ['{"topic":["pitrix.cluster"]}', ["cluster/a@7"]]);
  await stop();
});

test("a message of an earlier release, which has no place, is sent and removed", async () => {
  const documents = memoryDocuments(memoryDatabase(), kind);
  const queue = queueOf(documents);
  await queue.ensure();
  const value = { webhook_id: "wh-1", event_id: "cluster/a@1", stream: "cluster/a", number: 1, status: "waiting" };
  const id = "wh-1 cluster/a@1";
  await documents.write("webhookQueue", [{ document: { id, stream: id, version: 1, deleted: false, value }, expected: 0 }]);
  const [found] = await queue.of("wh-1");
  assert.ok(found);
  await queue.remove(found);
  assert.deepEqual([await queue.of("wh-1"), (await documents.size("webhookQueue")).documents], [[], 1]);
});
