import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export type Received = { readonly headers: IncomingHttpHeaders; readonly body: string; readonly path: string };

/** A server of a user that receives messages, and answers as the test says. */
export const receiver = async () => {
  const received: Received[] = [];
  let answer = (_: Received, response: ServerResponse): void => void response.end();
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk) => {
      body += chunk;
    });
    request.on("end", () => {
      const one = { headers: request.headers, body, path: request.url ?? "" };
      received.push(one);
      answer(one, response);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo; // A TCP server's address is one.
  return {
    ...{ received, url: `http://127.0.0.1:${port}/hook`, host: `127.0.0.1:${port}` },
    ids: (): readonly string[] => received.map(({ body }) => JSON.parse(body).id),
    answers: (how: typeof answer): void => {
      answer = how;
    },
    stop: async (): Promise<void> => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
};
export type Receiver = Awaited<ReturnType<typeof receiver>>;
