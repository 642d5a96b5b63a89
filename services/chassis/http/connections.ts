import { randomUUID } from "node:crypto";
import { maxHeaderSize, type Server, type ServerOptions, type ServerResponse, STATUS_CODES } from "node:http";
import { Server as NetServer, type Socket } from "node:net";
import type { Clock } from "../../../events/index.ts";
import { bodyOf, makeProblem, type Problem } from "./problems.ts";
import { secureTransport, securityHeaders } from "./security-headers.ts";
import { onceStreaming } from "./streaming.ts";

/** Bounds on the connections of a server; times in milliseconds. */
export type ConnectionLimits = {
  /** Connections open at once. One more closes the connection that has been idle longest; if none is idle, it is answered 503. */
  readonly most: number;
  /** For the head of a request, also of the first request of a connection. */
  readonly head: number;
  /** For a whole request. */
  readonly request: number;
  /** Between two requests. Clients with kept connections close idle ones long before: a request must never meet a connection that is just being closed. */
  readonly idle: number;
  /** While the client takes nothing of an answer. */
  readonly stalled: number;
  /** From the head of a request to the end of its answer, unless it becomes a stream. */
  readonly answer: number;
};
export const connectionLimits: ConnectionLimits = {
  most: 10_000,
  head: 20_000,
  request: 300_000,
  idle: 65_000,
  stalled: 60_000,
  answer: 900_000,
};

/** The limits that Node enforces. */
export const serverOptions = ({ head, request, idle, stalled }: ConnectionLimits): ServerOptions => ({
  headersTimeout: head,
  requestTimeout: Math.max(head, request),
  keepAliveTimeout: idle,
  connectionsCheckingInterval: Math.min(1_000, Math.ceil(Math.min(head, stalled) / 4)),
});

/** Ends a server without cutting off answers that have begun. */
export type Ending = {
  /** From now on every answer is the last of its connection. */
  readonly last: () => void;
  /** Accepts no more connections, waits for requests in flight, and cuts off those that take longer than this many milliseconds. */
  readonly finished: (clock: Clock, milliseconds: number) => Promise<void>;
};

/** Keeps a server within its limits. Where no request could be read, the client gets a problem all the same. */
export const limitConnections = (server: Server, { most, stalled, answer }: ConnectionLimits, isSecure = false): Ending => {
  const headers = { ...securityHeaders, ...(isSecure && secureTransport) };
  /** The answers in progress on each open connection. */
  const open = new Map<Socket, Set<ServerResponse>>();
  /** Connections without a request, the longest idle first. */
  const idle = new Set<Socket>();
  let state: "open" | "last" | "closed" = "open";
  const forget = (socket: Socket): void => {
    open.delete(socket);
    idle.delete(socket);
  };

  server.on(isSecure ? "secureConnection" : "connection", (socket: Socket) => {
    open.set(socket, new Set());
    idle.add(socket);
    socket.once("close", () => forget(socket));
    if (open.size <= most) return;
    const [longest = socket] = idle;
    forget(longest);
    if (longest === socket) end(socket, makeProblem("unavailable", ": too many connections"), headers);
    else longest.destroy();
  });
  // Before the listener that answers.
  server.prependListener("request", ({ socket }, response) => {
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    if (state !== "open") beLast(response);
    idle.delete(socket);
    open.get(socket)?.add(response);
    const late = setTimeout(() => socket.destroy(), answer).unref();
    onceStreaming(response, () => clearTimeout(late));
    response.once("close", () => {
      clearTimeout(late);
      const answering = open.get(socket);
      answering?.delete(response);
      if (answering?.size !== 0) return;
      if (state === "closed") socket.destroySoon();
      else idle.add(socket);
    });
  });
  server.setTimeout(stalled, (socket) => {
    // A connection that waits for the service is not idle.
    if (open.get(socket)?.size && socket.writableLength === 0) socket.setTimeout(stalled);
    else socket.destroy();
  });
  server.on("clientError", (error, socket) => {
    const begun = [...(open.get(socket as Socket) ?? [])].some(({ headersSent }) => headersSent); // Both servers give sockets.
    const code = String(Reflect.get(error, "code"));
    if (begun || code === "ECONNRESET" || !socket.writable) return void socket.destroy(error);
    end(socket as Socket, problemOf(code), headers); // Both servers give sockets.
  });

  const last = (): void => {
    state = "last";
    for (const answering of open.values()) for (const response of answering) beLast(response);
  };
  return {
    last,
    finished: async (clock, milliseconds) => {
      last();
      // HTTP's own `close` destroys connections whose answer has ended but is not received yet, and keeps those that become idle later.
      const closed = new Promise<void>((resolve) => NetServer.prototype.close.call(server, () => resolve()));
      await clock.sleep(IN_TRANSIT);
      state = "closed";
      for (const socket of idle) socket.destroy();
      const all = new AbortController();
      const late = clock.sleep(milliseconds, all.signal).then(() => server.closeAllConnections());
      await Promise.race([closed, late]);
      all.abort("closed");
    },
  };
};

const beLast = (response: ServerResponse): void => {
  if (!response.headersSent) response.setHeader("connection", "close");
};

/** Milliseconds for a request that is on its way on an idle connection. */
const IN_TRANSIT = 100;

const problemOf = (code: string): Problem => {
  if (code === "HPE_HEADER_OVERFLOW") return makeProblem("request_too_large", `${maxHeaderSize} bytes of headers`, { status: 431 });
  if (code === "ERR_HTTP_REQUEST_TIMEOUT") return makeProblem("request_timeout");
  return makeProblem("request_parse_failed", `the message is not valid HTTP (${code})`);
};

/** Answers with a problem where no request was read, and closes the connection. */
const end = (socket: Socket, problem: Problem, headers: { readonly [name: string]: string }): void => {
  const body = JSON.stringify(bodyOf(problem));
  const all = {
    ...headers,
    ...problem.headers,
    "x-request-id": randomUUID(),
    "content-type": "application/json; charset=utf-8",
    "content-length": Buffer.byteLength(body),
    connection: "close",
  };
  const head = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.write(`HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}\r\n${head.join("")}\r\n${body}`);
  // What the client still sends is read for a moment: a reset would destroy the answer.
  socket.end();
  setTimeout(() => socket.destroy(), DRAIN).unref();
};
const DRAIN = 1_000;
