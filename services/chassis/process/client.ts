import { asOutage } from "../../../events/index.ts";
import type { Guard } from "../../../events/runtime.ts";

export type HttpRequest = {
  readonly url: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  readonly milliseconds?: number;
  readonly signal?: AbortSignal;
  /** The host name in the server's certificate, if the URL has only an address. */
  readonly serverName?: string | undefined;
};
export type HttpAnswer = { readonly status: number; readonly headers: Headers; readonly body: Uint8Array };

/** The server answered with a 5xx status. */
export class UpstreamFailed extends Error {
  override name = "UpstreamFailed";
  readonly answer: HttpAnswer;
  constructor(name: string, answer: HttpAnswer) {
    super(`${name} answered ${answer.status}`);
    this.answer = answer;
  }
}

/** Calls over HTTP behind the breaker of that name. A status of 500 or above is thrown as a failure; an unreachable host is an `Outage`. */
export type Call = (name: string, request: HttpRequest) => Promise<HttpAnswer>;
export const httpClient =
  (guard: Guard, send: Send = fetched): Call =>
  (name, request) =>
    guard(name, request.milliseconds ?? 10_000, async (late) => {
      const answer = await send(request, request.signal ? AbortSignal.any([late, request.signal]) : late).catch((error: unknown) => {
        throw asOutage(error, isOutOfReach);
      });
      if (answer.status >= 500) throw new UpstreamFailed(name, answer);
      return answer;
    });

const outOfReach = new Set<unknown>([
  "ECONNREFUSED",
  "ECONNRESET",
  "ECONNABORTED",
  "ETIMEDOUT",
  "EPIPE",
  "EHOSTUNREACH",
  "ENOTFOUND",
  "EAI_AGAIN",
]);
/** Whether an error or one of its causes has a Node error code for a temporarily unreachable host. */
const isOutOfReach = (error: Error): boolean =>
  outOfReach.has(Reflect.get(error, "code")) || (error.cause instanceof Error && isOutOfReach(error.cause));

/** Sends a request and returns any answer. The signal aborts it. */
export type Send = (request: HttpRequest, signal: AbortSignal) => Promise<HttpAnswer>;
/** Sends requests by Node's `fetch`, with HTTPS by the public authorities. */
export const fetched: Send = async ({ url, method = "GET", headers = {}, body }, signal) => {
  const response = await fetch(url, { method, headers, signal, redirect: "manual", ...(body !== undefined && { body: sent(body) }) });
  const chunks: Uint8Array[] = [];
  let size = 0;
  // Leaving the loop cancels the rest of the body.
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    if (size > answerBytes) throw tooLarge(url);
    chunks.push(chunk);
  }
  return { status: response.status, headers: response.headers, body: new Uint8Array(Buffer.concat(chunks)) };
};

/** The maximum size of an answer. */
export const answerBytes = 64 * 1024 * 1024;
export const tooLarge = (url: string): Error => new Error(`the answer of ${url} is larger than ${answerBytes} bytes`);
const sent = (body: string | Uint8Array): string | Uint8Array<ArrayBuffer> => (typeof body === "string" ? body : new Uint8Array(body));
