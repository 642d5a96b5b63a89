import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import type { ServiceInstance } from "../../../services/chassis/process/discovery.ts";

export type Seen = {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage["headers"];
  readonly rawHeaders: readonly string[];
  readonly bytes: number;
  readonly body: string;
};
export type Handler = (seen: Seen, response: ServerResponse, request: IncomingMessage) => void | Promise<void>;

export const echo =
  (name: string): Handler =>
  ({ method, url, bytes }, response) =>
    void response.setHeader("content-type", "application/json").end(JSON.stringify({ from: name, method, url, bytes }));

/** A real HTTP server in the place of a service instance, which does what a test wants. */
export const upstreamServer = async (service: string, name = service, first: Handler = echo(name)) => {
  const seen: Seen[] = [];
  const sockets = new Set<Socket>();
  const state = { handler: first, answersFor: service, lives: true, port: 0 };
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (request.headers["pitrix-service"] !== state.answersFor) return void response.writeHead(421).end("{}");
    if (request.url === "/livez") return state.lives ? void response.end("{}") : undefined;
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    const { method = "", url = "", headers, rawHeaders } = request;
    const each: Seen = { method, url, headers, rawHeaders, bytes: body.byteLength, body: body.subarray(0, 1_000).toString("utf8") };
    seen.push(each);
    response.setHeader("x-request-id", String(headers["x-request-id"]));
    await state.handler(each, response, request);
  };
  let server: Server;
  const start = (): Promise<void> =>
    new Promise((resolve) => {
      server = createServer((request, response) => void handle(request, response).catch(() => response.destroy()));
      server.on("connection", (socket) => {
        sockets.add(socket);
        socket.on("close", () => sockets.delete(socket));
      });
      server.listen(state.port, "127.0.0.1", () => {
        state.port = (server.address() as AddressInfo).port; // A TCP server's address is one.
        resolve();
      });
    });
  const kill = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      // Not by a reset: with one under way, Node 20 waits for it for ever when the process ends.
      for (const socket of sockets) socket.destroy();
    });
  await start();
  const url = `http://127.0.0.1:${state.port}`;
  const instance: ServiceInstance = { service, url, instance: name, since: "" };
  return { instance, seen, state, kill, start, connections: () => sockets.size };
};
export type UpstreamServer = Awaited<ReturnType<typeof upstreamServer>>;
