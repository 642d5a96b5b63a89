import assert from "node:assert/strict";
import { EventEmitter, once } from "node:events";
import { PassThrough } from "node:stream";
import { after, before, test } from "node:test";
import type { Response } from "express";
import type { Rights, Source } from "../../../../services/chassis/http/frames.ts";
import { sendStream, streamsOfUsers } from "../../../../services/chassis/http/streams.ts";
import { systemClock } from "../../../../services/chassis/process/clock.ts";
import { eventually } from "../../../eventually.ts";
import { example, lines } from "../../../world/toys/example.ts";
import { served, type World } from "../../../world/world.ts";

let world: World;
before(async () => {
  world = await served(example);
});
after(() => world.stop());

/** An open stream: what comes next, and how the caller leaves. */
const open = async ({ of, token }: World = world) => {
  const left = new AbortController();
  const callers = lines.listenerCount("line");
  const headers = { authorization: `Bearer ${await token("system")}` };
  const response = await fetch(`${of().url}/v1/clusters/nodes/logs?node_id=cln-1`, { headers, signal: left.signal });
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  await eventually("the stream is open", () => lines.listenerCount("line") > callers);
  assert.equal((await reader?.read())?.value, "retry: 2000\n\n");
  return { headers: response.headers, next: async () => reader?.read(), leave: () => left.abort() };
};
const nobodyListens = () => eventually("nobody listens", () => lines.listenerCount("line") === 0);

test("each event is sent as soon as it is there", async () => {
  const { headers, next, leave } = await open();
  assert.match(headers.get("content-type") ?? "", /^text\/event-stream/);
  for (const line of ["one", "two\nlines"]) {
    lines.emit("line", line);
    assert.equal((await next())?.value, `data: ${JSON.stringify({ log: line })}\n\n`);
  }
  leave();
  await nobodyListens();
});

test("a caller that leaves ends what the row waits for", async () => {
  const { leave } = await open();
  leave();
  await nobodyListens();
});

test("a refusal is an error in the one shape", async () => {
  const system = await world.as("system");
  const refused = await system.get("/v1/clusters/nodes/logs?node_id=none");
  assert.deepEqual([refused.status, refused.error], [404, "resource_not_found"]);
});

test("a stream that fails breaks off, so that nobody takes it for complete, and is logged", async () => {
  const { next } = await open();
  lines.emit("error", new Error("the source is gone"));
  await assert.rejects(next());
  await eventually("it is logged", () => world.complaints().some(({ msg }) => msg === "an answer broke off"));
});

test("a service that stops ends its streams", async () => {
  const other = await served(example);
  const { next } = await open(other);
  const stopped = other.stop();
  assert.equal((await next())?.done, true);
  await stopped;
});

test("a stream lasts longer than answers may take", async (t) => {
  const other = await served(example, { limits: { answer: 300, stalled: 300 } });
  t.after(() => other.stop());
  const { next, leave } = await open(other);
  const late = performance.now() + 900;
  await eventually("longer than an answer may take", () => performance.now() > late);
  lines.emit("line", "late");
  assert.equal((await next())?.value, `data: ${JSON.stringify({ log: "late" })}\n\n`);
  leave();
  await nobodyListens();
});

/** A stream of a source to a response whose caller takes what it likes. */
const sending = (
  source: Source<unknown>,
  { rights = async () => ({ sees: () => true }), clock = { sleep: forever } }: Partial<Sending> = {},
) => {
  const over = new AbortController();
  const taken = new PassThrough({ highWaterMark: 1 });
  const response = Object.assign(taken, { set: () => response, flushHeaders: () => {} }) as unknown as Response;
  const sent = sendStream(response, source, { signal: over.signal, rights, problem: () => undefined, clock: { ...systemClock, ...clock } });
  return {
    next: async () => String(taken.read() ?? (await once(taken, "readable").then(() => taken.read()))),
    leave: () => over.abort(),
    sent,
  };
};
type Sending = { readonly rights: Rights; readonly clock: Pick<typeof systemClock, "sleep"> };
const forever = (_: number, signal?: AbortSignal) =>
  new Promise<void>((resolve) => signal?.addEventListener("abort", () => resolve(), { once: true }));

test("no event is read before the caller takes the one before", async () => {
  let read = 0;
  async function* source() {
    for (;;) yield ++read;
  }
  const { next, leave, sent } = sending(source());
  assert.equal(await next(), "retry: 2000\n\n");
  assert.equal(await next(), "data: 1\n\n");
  assert.equal(await next(), "data: 2\n\n");
  assert.ok(read <= 4, `${read} were read`);
  leave();
  await sent;
});

/** Naps until the given number of signs of life is due, and then no more. */
const naps = (most: number) => {
  let left = most;
  return { sleep: (_: number, signal?: AbortSignal) => (left-- > 0 ? systemClock.sleep(1, signal) : forever(_, signal)) };
};

test("a quiet stream is kept alive by comments, or says how far it is, and loses no event by that", async () => {
  for (const id of [undefined, () => "here"]) {
    let emit = (_: number): void => {};
    const event = new Promise<number>((resolve) => {
      emit = resolve;
    });
    async function* items() {
      yield await event;
    }
    const source = { [Symbol.asyncIterator]: items, ...(id && { id }) };
    const { next, sent } = sending(source, { clock: naps(2) });
    const sign = id ? "id: here\n\n" : ":\n\n";
    assert.equal(await next(), id ? "retry: 2000\nid: here\n\n" : "retry: 2000\n\n");
    assert.deepEqual([await next(), await next()], [sign, sign]);
    emit(7);
    assert.equal(await next(), "data: 7\n\n");
    await sent;
  }
});

test("one user has a bounded number of streams, and a place is free again when one is closed", () => {
  const enter = streamsOfUsers(2);
  const responses = [1, 2, 3].map(() => Object.assign(new EventEmitter(), { closed: false }) as unknown as Response);
  const [one, two, three] = responses as [Response, Response, Response];
  assert.equal(enter("usr-1", one), undefined);
  assert.equal(enter("usr-1", two), undefined);
  assert.equal(enter("usr-1", three)?.status, 429);
  assert.equal(enter("usr-2", three), undefined);
  one.emit("close");
  assert.equal(enter("usr-1", three), undefined);
});
