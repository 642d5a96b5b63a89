import { Agent as HttpAgent, request as httpRequest, type OutgoingHttpHeaders } from "node:http";
import { request as httpsRequest } from "node:https";
import { urlToHttpOptions } from "node:url";
import type { Certificates } from "../chassis/process/tls/certificates.ts";
import { asProcess, processAgent, withHint } from "../chassis/process/tls/request.ts";
import { type Answer, collect } from "./answer.ts";
import type { Body } from "./body.ts";
import { patience } from "./patience.ts";

/** Why there is no answer: no connection, it broke, it took too long, the instance cannot, or it is another service. */
export type FailureKind = "refused" | "reset" | "timeout" | "unavailable" | "misdirected";

/** A service instance did not do what it was asked. */
export class ExchangeFailed extends Error {
  override name = "ExchangeFailed";
  readonly kind: FailureKind;
  readonly answer: Answer | undefined;
  constructor(kind: FailureKind, message: string, more: { answer?: Answer; cause?: unknown } = {}) {
    super(message, { cause: more.cause });
    this.kind = kind;
    this.answer = more.answer;
  }
}

/** It was not the instance that ended it, but the caller; breakers know such errors by this name. */
export class Abandoned extends Error {
  override name = "AbortError";
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
  /** On a connection of its own, since what cannot be repeated must not meet one that is just being closed. */
  readonly alone?: boolean;
  /** Its reason is what the exchange fails with. */
  readonly signal: AbortSignal;
};

/** Connections to services: idle ones are given up before the other side does. With certificates nothing is sent in clear. */
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
const cannot = new Set([502, 503, 504]);

/** One request to one instance, and the beginning of its answer. Fails with ExchangeFailed, or with the signal's reason. */
export const exchange = (agents: Connections, outgoing: Outgoing): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const { url, serverName, method, path, headers, body, milliseconds, alone, signal } = outgoing;
    if (signal.aborted) return reject(signal.reason);
    const base = urlToHttpOptions(new URL(url));
    const secure = base.protocol === "https:";
    if (agents.onlySecure && !secure) return reject(new ExchangeFailed("refused", `${url} is no HTTPS, which services are spoken to by`));
    const identity = secure && { ...agents.secured(), ...(serverName && { servername: serverName }) };
    const agent = alone ? false : secure ? agents.https : agents.http;
    const request = (secure ? httpsRequest : httpRequest)({ ...base, ...identity, method, path, headers, agent });
    let connected = false;
    let ended = false;

    const end = (settle: () => void): void => {
      if (ended) return;
      ended = true;
      waiting.end();
      signal.removeEventListener("abort", aborted);
      settle();
    };
    const fail = (error: unknown): void =>
      end(() => {
        reject(error);
        request.destroy();
      });
    const aborted = () => fail(signal.reason);
    const waiting = patience(() =>
      fail(
        new ExchangeFailed(connected ? "timeout" : "refused", `${url} ${connected ? "did not answer in time" : "was not reached in time"}`),
      ),
    );
    const send = async (): Promise<void> => {
      try {
        for await (const chunk of body?.chunks() ?? []) {
          if (ended) return;
          if (request.write(chunk)) continue;
          waiting.begin(milliseconds);
          await taken(request);
          waiting.end();
        }
        if (ended) return;
        waiting.begin(milliseconds);
        request.end();
      } catch (error) {
        fail(new Abandoned("the request broke off", { cause: error }));
      }
    };

    signal.addEventListener("abort", aborted, { once: true });
    waiting.begin(CONNECT);
    request.setTimeout(STALLED, () => request.destroy(new Error("the connection stalled")));
    request.on("socket", (socket) => {
      const ready = () => {
        if (ended) return;
        connected = true;
        waiting.end();
        void send();
      };
      if (!socket.connecting) ready();
      else socket.once(secure ? "secureConnect" : "connect", ready);
    });
    request.on("error", (cause) =>
      fail(new ExchangeFailed(connected ? "reset" : "refused", `${url}: ${secure ? withHint(cause) : cause.message}`, { cause })),
    );
    request.on("response", (incoming) => {
      collect(incoming).then(
        (answer) => {
          if (answer.status === 421) fail(new ExchangeFailed("misdirected", `${url} is another service`, { answer }));
          else if (cannot.has(answer.status))
            end(() => reject(new ExchangeFailed("unavailable", `${url} answered ${answer.status}`, { answer })));
          else end(() => resolve(answer));
          // An answer that did not wait for the whole request ends its connection.
          if (!request.writableEnded && !answer.rest) request.destroy();
        },
        (cause: unknown) => fail(new ExchangeFailed("reset", `${url}: ${cause instanceof Error ? cause.message : cause}`, { cause })),
      );
    });
  });

const taken = (request: ReturnType<typeof httpRequest>): Promise<void> =>
  new Promise((resolve) => {
    const done = () => {
      request.off("drain", done).off("close", done);
      resolve();
    };
    request.on("drain", done).on("close", done);
  });
