import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { framed } from "../../../../services/chassis/http/streams.ts";
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

const forever = () => new Promise<void>(() => {});
const quiet = { sleep: forever };

test("no event is read before the caller takes the one before", async () => {
  let read = 0;
  async function* source() {
    for (;;) yield ++read;
  }
  const frames = framed(source(), quiet, new AbortController().signal);
  assert.equal((await frames.next()).value, "data: 1\n\n");
  assert.equal((await frames.next()).value, "data: 2\n\n");
  assert.equal(read, 2);
  await frames.return(undefined);
});

test("a quiet stream is kept alive by comments, and loses no event by that", async () => {
  let emit = (_: number): void => {};
  const event = new Promise<number>((resolve) => {
    emit = resolve;
  });
  async function* source() {
    yield await event;
  }
  let naps = 0;
  const frames = framed(source(), { sleep: () => (++naps > 2 ? forever() : Promise.resolve()) }, new AbortController().signal);
  assert.deepEqual([(await frames.next()).value, (await frames.next()).value], [":\n\n", ":\n\n"]);
  emit(7);
  assert.equal((await frames.next()).value, "data: 7\n\n");
  assert.equal((await frames.next()).done, true);
});
