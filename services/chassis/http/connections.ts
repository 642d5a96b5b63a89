import { randomUUID } from "node:crypto";
import { maxHeaderSize, type Server, type ServerOptions, type ServerResponse, STATUS_CODES } from "node:http";
import { Server as NetServer, type Socket } from "node:net";
import type { Clock } from "../../../events/index.ts";
import { bodyOf, makeProblem, type Problem } from "./problems.ts";

/** What those who connect to a server may cost it; times in milliseconds. */
export type ConnectionLimits = {
  /** Open at once. Of more, the one that has been idle longest makes room; if none is, the newcomer is told to come again. */
  readonly most: number;
  /** For the head of a request, also of the first one on a connection. */
  readonly head: number;
  /** For a whole request. */
  readonly request: number;
  /** Between two requests. Whoever keeps connections open gives idle ones up long before: a request must never meet one that is just being closed. */
  readonly idle: number;
  /** In which nothing is taken of an answer. */
  readonly stalled: number;
  /** From the head of a request to the end of its answer. */
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

/** The limits that Node keeps itself. */
export const serverOptions = ({ head, request, idle, stalled }: ConnectionLimits): ServerOptions => ({
  headersTimeout: head,
  requestTimeout: Math.max(head, request),
  keepAliveTimeout: idle,
  connectionsCheckingInterval: Math.min(1_000, Math.ceil(Math.min(head, stalled) / 4)),
});

/** How a server ends without cutting off what it has begun to answer. */
export type Ending = {
  /** From now on every answer is the last one on its connection. */
  readonly last: () => void;
  /** Takes nobody more, waits for what is under way, and cuts off what takes longer than so many milliseconds. */
  readonly finished: (clock: Clock, milliseconds: number) => Promise<void>;
};

/** Keeps a server within its limits, and says what was wrong in the one shape of errors where no request could be read. */
export const limitConnections = (server: Server, { most, stalled, answer }: ConnectionLimits, connected = "connection"): Ending => {
  /** What is being answered on each open connection. */
  const open = new Map<Socket, Set<ServerResponse>>();
  /** Those without a request, the longest idle first. */
  const idle = new Set<Socket>();
  let state: "open" | "last" | "closed" = "open";
  const forget = (socket: Socket): void => {
    open.delete(socket);
    idle.delete(socket);
  };

  server.on(connected, (socket: Socket) => {
    open.set(socket, new Set());
    idle.add(socket);
    socket.once("close", () => forget(socket));
    if (open.size <= most) return;
    const [longest = socket] = idle;
    forget(longest);
    if (longest === socket) end(socket, makeProblem("unavailable", ": too many connections"));
    else longest.destroy();
  });
  // Before anybody answers.
  server.prependListener("request", ({ socket }, response) => {
    if (state !== "open") beLast(response);
    idle.delete(socket);
    open.get(socket)?.add(response);
    const late = setTimeout(() => socket.destroy(), answer).unref();
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
    // A connection that waits for what the service does is not idle.
    if (open.get(socket)?.size && socket.writableLength === 0) socket.setTimeout(stalled);
    else socket.destroy();
  });
  server.on("clientError", (error, socket) => {
    const begun = [...(open.get(socket as Socket) ?? [])].some(({ headersSent }) => headersSent); // Both servers give sockets.
    const code = String(Reflect.get(error, "code"));
    if (begun || code === "ECONNRESET" || !socket.writable) return void socket.destroy(error);
    end(socket as Socket, problemOf(code)); // Both servers give sockets.
  });

  const last = (): void => {
    state = "last";
    for (const answering of open.values()) for (const response of answering) beLast(response);
  };
  return {
    last,
    finished: async (clock, milliseconds) => {
      last();
      // HTTP's own `close` would destroy connections whose answer has ended but is not taken yet, and leave those that become idle after it.
      const closed = new Promise<void>((resolve) => NetServer.prototype.close.call(server, () => resolve()));
      await clock.sleep(ON_ITS_WAY);
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

/** A request on a connection that was idle a moment ago. */
const ON_ITS_WAY = 100;

const problemOf = (code: string): Problem => {
  if (code === "HPE_HEADER_OVERFLOW") return makeProblem("request_too_large", `${maxHeaderSize} bytes of headers`, { status: 431 });
  if (code === "ERR_HTTP_REQUEST_TIMEOUT") return makeProblem("request_timeout");
  return makeProblem("request_parse_failed", `it is no HTTP (${code})`);
};

/** The last words on a connection on which no request was read. */
const end = (socket: Socket, problem: Problem): void => {
  const body = JSON.stringify(bodyOf(problem));
  const headers = {
    ...problem.headers,
    "x-request-id": randomUUID(),
    "content-type": "application/json; charset=utf-8",
    "content-length": Buffer.byteLength(body),
    connection: "close",
  };
  const head = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.write(`HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}\r\n${head.join("")}\r\n${body}`);
  // What it still sends is read for a moment, so that the words are not lost to a reset.
  socket.end();
  setTimeout(() => socket.destroy(), LINGER).unref();
};
const LINGER = 1_000;
