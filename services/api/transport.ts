import { Agent as HttpAgent, request as httpRequest, type IncomingMessage, type OutgoingHttpHeaders } from "node:http";
import { request as httpsRequest } from "node:https";
import { urlToHttpOptions } from "node:url";
import type { Certificates } from "../chassis/process/tls/certificates.ts";
import { asProcess, processAgent, withHint } from "../chassis/process/tls/request.ts";
import { type Answer, isStream, MAX_ANSWER } from "./answer.ts";
import type { Body } from "./body.ts";
import { deadline } from "./deadline.ts";

/**
 * Why there is no answer: no connection, the connection broke, no answer in time, the instance cannot answer, it is another service, its breaker
 * is open, or the caller has left or sent a bad body.
 */
export type FailureKind = "refused" | "reset" | "timeout" | "unavailable" | "misdirected" | "open" | "abandoned";

/** An instance gave no answer that can be passed on. */
export class TransportFailed extends Error {
  override name = "TransportFailed";
  readonly kind: FailureKind;
  readonly answer: Answer | undefined;
  constructor(kind: FailureKind, message: string, more: { answer?: Answer; cause?: unknown } = {}) {
    super(message, { cause: more.cause });
    this.kind = kind;
    this.answer = more.answer;
    // Breakers know by this name that the instance is not to blame.
    if (kind === "abandoned") this.name = "AbortError";
  }
}

export type Outgoing = {
  readonly url: string;
  /** The name in the instance's certificate, where the URL has only its address. */
  readonly serverName?: string | undefined;
  readonly method: string;
  readonly path: string;
  readonly headers: OutgoingHttpHeaders;
  readonly body?: Body | undefined;
  /** How long the answer may take once the request is sent. */
  readonly milliseconds: number;
  /** On a connection of its own: a request that cannot be repeated must not meet a kept connection that is just being closed. */
  readonly alone?: boolean;
  /** Its reason is what the request fails with. */
  readonly signal: AbortSignal;
};

/** Connections to services. Idle ones are closed before the other side closes them. With certificates nothing is sent in clear. */
export const connections = (certificates?: Certificates) => {
  const http = new HttpAgent({ keepAlive: true, timeout: 3_000, maxFreeSockets: 64 });
  const https = processAgent();
  return {
    http,
    https,
    onlySecure: certificates !== undefined,
    secured: () => certificates && asProcess(certificates),
    close: (): void => {
      http.destroy();
      https.destroy();
    },
  };
};
export type Connections = ReturnType<typeof connections>;

const CONNECT = 1_500;
const STALLED = 60_000;
/** Bytes that are read before an answer is passed on: an answer that breaks off before can be asked for again. */
const START = 256 * 1024;
/** Statuses with which an instance says that it cannot answer. */
const unavailable = new Set([502, 503, 504]);

/** Sends one request to one instance and reads the beginning of its answer. Fails with `TransportFailed`, or with the signal's reason. */
export const exchange = (agents: Connections, outgoing: Outgoing): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const { url, serverName, method, path, headers, body, milliseconds, alone, signal } = outgoing;
    if (signal.aborted) return reject(signal.reason);
    const base = urlToHttpOptions(new URL(url));
    const secure = base.protocol === "https:";
    if (agents.onlySecure && !secure)
      return reject(new TransportFailed("refused", `${url} must be an https:// URL: services talk over TLS only`));
    const identity = secure && { ...agents.secured(), ...(serverName && { servername: serverName }) };
    const agent = alone ? false : secure ? agents.https : agents.http;
    const request = (secure ? httpsRequest : httpRequest)({ ...base, ...identity, method, path, headers, agent });
    let connected = false;
    let ended = false;

    const end = (settle: () => void): void => {
      if (ended) return;
      ended = true;
      timer.stop();
      signal.removeEventListener("abort", aborted);
      settle();
    };
    const fail = (error: unknown): void =>
      end(() => {
        reject(error);
        request.destroy();
      });
    const aborted = () => fail(signal.reason);
    const timer = deadline(() => {
      if (connected) fail(new TransportFailed("timeout", `${url} did not answer in time`));
      else fail(new TransportFailed("refused", `${url} was not reached in time`));
    });
    const send = async (): Promise<void> => {
      try {
        for await (const chunk of body?.chunks() ?? []) {
          if (ended) return;
          if (request.write(chunk)) continue;
          timer.start(milliseconds);
          await drained(request);
          timer.stop();
        }
        if (ended) return;
        timer.start(milliseconds);
        request.end();
      } catch (error) {
        fail(new TransportFailed("abandoned", "the request broke off", { cause: error }));
      }
    };

    signal.addEventListener("abort", aborted, { once: true });
    timer.start(CONNECT);
    request.setTimeout(STALLED, () => request.destroy(new Error("the connection stalled")));
    request.on("socket", (socket) => {
      const ready = () => {
        if (ended) return;
        connected = true;
        timer.stop();
        void send();
      };
      if (!socket.connecting) ready();
      else socket.once(secure ? "secureConnect" : "connect", ready);
    });
    request.on("error", (cause) =>
      fail(new TransportFailed(connected ? "reset" : "refused", `${url}: ${secure ? withHint(cause) : cause.message}`, { cause })),
    );
    request.on("response", (incoming) => {
      beginningOf(incoming).then(
        (answer) => {
          if (answer.status === 421) fail(new TransportFailed("misdirected", `${url} is another service`, { answer }));
          else if (unavailable.has(answer.status))
            end(() => reject(new TransportFailed("unavailable", `${url} answered ${answer.status}`, { answer })));
          else end(() => resolve(answer));
          // An answer that did not wait for the whole request ends its connection.
          if (!request.writableEnded && !answer.rest) request.destroy();
        },
        (cause: unknown) => fail(new TransportFailed("reset", `${url}: ${cause instanceof Error ? cause.message : cause}`, { cause })),
      );
    });
  });

const drained = (request: ReturnType<typeof httpRequest>): Promise<void> =>
  new Promise((resolve) => {
    const done = () => {
      request.off("drain", done).off("close", done);
      resolve();
    };
    request.on("drain", done).on("close", done);
  });

/** Reads the beginning of an answer. Fails when the answer breaks off before that, or is too large. */
const beginningOf = (incoming: IncomingMessage): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const { statusCode: status = 502, headers } = incoming;
    const chunks: Uint8Array[] = [];
    let size = 0;
    const length = Number(headers["content-length"] ?? 0);
    if (length > MAX_ANSWER) return reject(new Error(`the answer has ${length} bytes`));
    // Events are passed on as they come.
    if (isStream(headers)) {
      incoming.on("error", () => {}); // Code that reads on hears of it.
      return resolve({ status, headers, start: Buffer.of(), rest: incoming });
    }
    const done = (rest: IncomingMessage | undefined) => {
      incoming.off("data", data).off("end", end).off("close", close);
      resolve({ status, headers, start: Buffer.concat(chunks), rest });
    };
    const data = (chunk: Uint8Array) => {
      chunks.push(chunk);
      size += chunk.byteLength;
      if (size <= START || incoming.readableEnded) return;
      incoming.pause();
      done(incoming);
    };
    const end = () => (incoming.complete ? done(undefined) : close());
    const close = () => reject(new Error("the answer broke off"));
    incoming.on("error", close).on("data", data).on("end", end).on("close", close);
  });
