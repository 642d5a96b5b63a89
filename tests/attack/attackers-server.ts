import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** A server on the loopback address, of which the attacker decides what it answers. It counts who comes. */
export type AttackersServer = {
  /** Without a slash at the end. */
  readonly url: string;
  readonly host: string;
  /** The paths that were asked for. */
  readonly seen: string[];
  /** What a path answers from now on. */
  readonly answer: (path: string, handler: Handler | Uint8Array | string) => void;
  readonly close: () => Promise<void>;
};

export const attackersServer = async (): Promise<AttackersServer> => {
  const handlers = new Map<string, Handler>();
  const seen: string[] = [];
  const server = createServer((request, response) => {
    const path = (request.url ?? "/").split("?")[0] ?? "/";
    seen.push(path);
    const handler = handlers.get(path);
    if (handler) handler(request, response);
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo; // A TCP server's address is one.
  return {
    ...{ url: `http://127.0.0.1:${port}`, host: `127.0.0.1:${port}`, seen },
    answer: (path, handler) =>
      void handlers.set(path, typeof handler === "function" ? handler : (_, response) => void response.end(handler)),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};
