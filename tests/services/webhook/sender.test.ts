import assert from "node:assert/strict";
import { test } from "node:test";
import { breakers } from "../../../services/chassis/process/breaker.ts";
import { systemClock } from "../../../services/chassis/process/clock.ts";
import { sender } from "../../../services/webhook/sender.ts";
import { receiver } from "./receiver.ts";

test("an address that hangs is given up, and one that fails often is left in peace for a while", async (t) => {
  const hook = await receiver();
  const hosts = breakers({ volume: 3 });
  t.after(async () => {
    hosts.stop();
    await hook.stop();
  });
  const within = (timeout: number) => sender({ guard: hosts.guard, clock: systemClock, timeout }, "all");
  hook.answers(() => {});
  const hung = await within(50)(hook.url, "{}", {});
  assert.deepEqual([hung.delivered, hung.reason], [false, "no answer within 50 ms"]);
  hook.answers((_, response) => void response.writeHead(500).end());
  const send = within(30_000);
  const outcomes = [];
  for (let each = 0; each < 5; each++) outcomes.push(await send(hook.url, "{}", {}));
  assert.equal(outcomes[0]?.reason, "it answered 500");
  assert.equal(outcomes.at(-1)?.isHeldBack, true);
  assert.ok(hook.received.length < 6);
});

test("an answer whose head never ends is given up in time, however busily it comes", async (t) => {
  const hook = await receiver();
  const hosts = breakers();
  const dripping = new Set<NodeJS.Timeout>();
  t.after(async () => {
    for (const each of dripping) clearInterval(each);
    hosts.stop();
    await hook.stop();
  });
  const send = sender({ guard: hosts.guard, clock: systemClock, timeout: 100 }, "all");
  hook.answers((_, { socket }) => {
    socket?.write("HTTP/1.1 200 OK\r\n");
    dripping.add(setInterval(() => socket?.write("x: y\r\n"), 5));
  });
  const { delivered, reason } = await send(hook.url, "{}", {});
  assert.deepEqual([delivered, reason], [false, "no answer within 100 ms"]);
});

test("an endless answer is not read", async (t) => {
  const hook = await receiver();
  const hosts = breakers();
  t.after(async () => {
    hosts.stop();
    await hook.stop();
  });
  const send = sender({ guard: hosts.guard, clock: systemClock }, "all");
  hook.answers((_, response) => {
    response.writeHead(200);
    response.write("x".repeat(1_000_000));
  });
  const { delivered, status } = await send(hook.url, "{}", {});
  assert.deepEqual([delivered, status], [true, 200]);
});
