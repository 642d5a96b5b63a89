import assert from "node:assert/strict";
import { once } from "node:events";
import { Agent, get, type IncomingMessage, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { type TestContext, test } from "node:test";
import { setImmediate } from "node:timers/promises";
import { serverOf } from "../../../../services/chassis/http/server.ts";
import { systemClock } from "../../../../services/chassis/process/clock.ts";
import { silent } from "../../../../services/chassis/process/logging.ts";
import { eventually } from "../../../eventually.ts";

/** Nobody waits as long: what ends by it does not end. */
const LONG = 600_000;
/** For which short times are over at once. */
const hasty = { ...systemClock, sleep: (time: number, signal?: AbortSignal) => systemClock.sleep(time === LONG ? LONG : 0, signal) };

const served = async (t: TestContext, listener: RequestListener) => {
  const { server, ending } = serverOf(listener, undefined, silent);
  const agent = new Agent({ keepAlive: true });
  t.after(() => {
    agent.destroy();
    server.closeAllConnections();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo; // A TCP server's address is one.
  const ask = async (): Promise<IncomingMessage> => {
    const [response] = await once(get({ port, agent }), "response");
    return response;
  };
  return { ask, agent, ending };
};
const lengthOf = async (response: IncomingMessage): Promise<number> => {
  let length = 0;
  for await (const chunk of response) length += chunk.length;
  return length;
};

test("an answer that has ended, but is not taken yet, is not cut off by the end of its server", async (t) => {
  const bytes = 30_000_000;
  const { ask, ending } = await served(t, (_request, response) => void response.end(Buffer.alloc(bytes)));
  const response = await ask();
  const finished = ending.finished(hasty, LONG);
  // Whatever it does at once, it has done.
  for (let turn = 0; turn < 10; turn++) await setImmediate();
  assert.equal(await lengthOf(response), bytes);
  await finished;
});

test("an answer that began before its server was told to end is the last on its connection, which then holds up no end", async (t) => {
  let finish = (): void => {};
  const { ask, ending, agent } = await served(t, (_request, response) => {
    response.writeHead(200).flushHeaders();
    finish = () => void response.end("all of it");
  });
  const response = await ask();
  assert.notEqual(response.headers.connection, "close");
  const finished = ending.finished(systemClock, LONG);
  finish();
  assert.equal(await lengthOf(response), "all of it".length);
  await finished;
  await eventually("no connection is kept", () => Object.keys(agent.freeSockets).length === 0);
});

test("what takes longer than an end may take is cut off", async (t) => {
  const { ask, ending } = await served(t, (_request, response) => response.writeHead(200).flushHeaders());
  const response = await ask();
  await ending.finished(systemClock, 10);
  await assert.rejects(lengthOf(response), { code: "ECONNRESET" });
});
