import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Work } from "../world/toys/provider.ts";

/** One call of a provider to the outside: the first of its key is carried out, the others are only counted. */
export type Call = {
  readonly key: string;
  readonly node: string;
  readonly action: string;
  readonly incarnation: string;
  readonly time: number;
};

export type Ledger = {
  readonly url: string;
  readonly calls: readonly Call[];
  readonly close: () => Promise<void>;
};

/** The outside world of a fault run: it outlives every process and remembers each call. */
export const startLedger = async (): Promise<Ledger> => {
  const calls: Call[] = [];
  const server = createServer((request, response) => {
    let text = "";
    request.setEncoding("utf8");
    request.on("data", (chunk: string) => {
      text += chunk;
    });
    request.on("end", () => {
      calls.push({ ...JSON.parse(text), time: Date.now() });
      response.end("{}");
    });
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo; // A TCP server's address is one.
  return {
    url: `http://127.0.0.1:${port}/`,
    calls,
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
};

/** A task on machines that are lines in the ledger; its own id is its idempotency key. */
export const ledgerWork =
  (url: string, incarnation: string): Work<unknown> =>
  async ({ taskId, nodeId, action }) => {
    const body = JSON.stringify({ key: taskId, node: nodeId, action, incarnation });
    const answer = await fetch(url, { method: "POST", body, signal: AbortSignal.timeout(10_000) });
    await answer.arrayBuffer();
    if (!answer.ok) throw new Error(`the ledger answered ${answer.status}`);
  };
