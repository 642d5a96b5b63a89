import assert from "node:assert/strict";
import { fork } from "node:child_process";
import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { join } from "node:path";
import { eventually } from "../eventually.ts";

export type Streaming = {
  readonly events: number;
  /** The heap that the gateway may have, in megabytes: what does not fit ends it. */
  readonly heap: number;
  /** Milliseconds for everything. */
  readonly limit: number;
  readonly report: (text: string) => void;
};
type Begun = { readonly url: string; readonly authorizations: readonly string[] };
/** In bytes: heap and buffers after a garbage collection. */
type Figures = { readonly held: number; readonly rss: number };

const megabytes = (bytes: number): number => Math.round(bytes / 1_048_576);
const MEGABYTES = 1_048_576;

/** A stream that is read, or not: how many events it has had, and its last id. */
const openStream = async (url: string, headers: Readonly<Record<string, string>>) => {
  const asked = request(url, { headers, agent: false }).end();
  const [response] = (await once(asked, "response")) as [IncomingMessage]; // As Node has it.
  assert.equal(response.statusCode, 200);
  const numbers: number[] = [];
  let rest = "";
  let last = headers["last-event-id"] ?? "";
  let isClosed = false;
  response.once("close", () => {
    isClosed = true;
  });
  response.on("error", () => {});
  const read = (chunk: string): void => {
    const blocks = (rest + chunk).split("\n\n");
    rest = blocks.pop() ?? "";
    for (const block of blocks) {
      const [, id] = /^id: (.*)$/m.exec(block) ?? [];
      const [, number] = /^data: .*"id":"cluster\/cl-1@(\d+)"/m.exec(block) ?? [];
      if (number) numbers.push(Number(number));
      last = id ?? last;
    }
  };
  response.setEncoding("utf8").on("data", read);
  return {
    numbers,
    last: () => last,
    isClosed: () => isClosed,
    hang: () => void response.pause(),
    goOn: () => void response.resume(),
    leave: () => void response.destroy(),
  };
};

/**
 * Many more events than fit into a gateway's memory pass it, while one reader takes nothing: the memory stays, the one who hangs is cut off and comes
 * back to all that it has missed, and nobody else waits.
 */
export const streaming = async ({ events, heap, limit, report }: Streaming): Promise<void> => {
  const child = fork(join(import.meta.dirname, "streaming-main.js"), [], { execArgv: [`--max-old-space-size=${heap}`, "--expose-gc"] });
  let ended: string | undefined;
  child.once("exit", (code, signal) => {
    ended = `the gateway ended with ${code ?? signal}`;
  });
  const comes = (what: string, ask: () => boolean): Promise<boolean> =>
    eventually(
      what,
      () => {
        assert.equal(ended, undefined);
        return ask();
      },
      limit,
    );
  try {
    const [{ url, authorizations }] = (await once(child, "message")) as [Begun]; // As the child says first.
    const figures: Figures[] = [];
    child.on("message", (message: Figures) => figures.push(message));
    const [one = "", other = ""] = authorizations;
    const [fast, slow] = [await openStream(url, { authorization: one }), await openStream(url, { authorization: other })];
    child.send(10);
    await comes("both read", () => fast.numbers.length === 10 && slow.numbers.length === 10);
    slow.hang();
    await comes("figures before", () => figures.length > 2);
    const before = figures.at(-1) ?? assert.fail();
    const began = performance.now();
    // In portions, so that a reader who reads is never behind what the gateway has in memory.
    for (let sent = 10; sent < events; ) {
      const more = Math.min(2_000, events - sent);
      child.send(more);
      sent += more;
      await comes(`event ${sent}`, () => fast.numbers.length >= sent);
    }
    const seconds = (performance.now() - began) / 1_000;
    const portion = figures.slice(-Math.max(4, Math.floor(figures.length / 2)));
    const most = Math.max(...portion.map(({ held }) => held));
    const peak = Math.max(...figures.map(({ rss }) => rss));
    report(
      `${events} events in ${seconds.toFixed(1)} s; held ${megabytes(before.held)} MB before, ${megabytes(most)} MB at most; highest RSS ${megabytes(peak)} MB`,
    );
    assert.deepEqual(
      fast.numbers,
      Array.from({ length: events }, (_, index) => index + 1),
      "each event once, in order",
    );
    // The latest events in memory may be 16 MB; a page on its way, 2 MB and what is made of it.
    assert.ok(most - before.held < 64 * MEGABYTES, `${megabytes(most)} MB are held`);
    slow.goOn();
    await comes("who hangs is cut off", slow.isClosed);
    const seen = slow.numbers.length;
    assert.ok(seen < events, "it was cut off before the end");
    const again = await openStream(url, { authorization: other, "last-event-id": slow.last() });
    await comes("it has all", () => (again.numbers.at(-1) ?? 0) === events);
    const all = new Set([...slow.numbers, ...again.numbers]);
    report(`who hung had ${seen} when it was cut off, and ${again.numbers.length} more when it came back`);
    assert.equal(all.size, events, "it has missed nothing");
    for (const each of [fast, again]) each.leave();
  } finally {
    child.kill("SIGKILL");
  }
};
