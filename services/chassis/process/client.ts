import { asOutage } from "../../../events/index.ts";
import type { Guard } from "../../../events/runtime.ts";

export type HttpRequest = {
  readonly url: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  readonly milliseconds?: number;
  readonly signal?: AbortSignal;
  /** The name in the other side's certificate, where the URL has only its address. */
  readonly serverName?: string | undefined;
};
export type HttpAnswer = { readonly status: number; readonly headers: Headers; readonly body: Uint8Array };

/** The other side answered with a status from 500 on. */
export class UpstreamFailed extends Error {
  override name = "UpstreamFailed";
  readonly answer: HttpAnswer;
  constructor(name: string, answer: HttpAnswer) {
    super(`${name} answered ${answer.status}`);
    this.answer = answer;
  }
}

/** Calls over HTTP, behind the breaker of that name. Answers from 500 on count as failures and are thrown; a host out of reach is an `Outage`. */
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
/** Whether an error, or what caused it, has a code of Node for a host that cannot be reached for now. */
const isOutOfReach = (error: Error): boolean =>
  outOfReach.has(Reflect.get(error, "code")) || (error.cause instanceof Error && isOutOfReach(error.cause));

/** Any answer, until the signal. */
export type Send = (request: HttpRequest, signal: AbortSignal) => Promise<HttpAnswer>;
/** Sends over Node's own connections; HTTPS by the public authorities. */
export const fetched: Send = async ({ url, method = "GET", headers = {}, body }, signal) => {
  const response = await fetch(url, { method, headers, signal, redirect: "manual", ...(body !== undefined && { body: sent(body) }) });
  const chunks: Uint8Array[] = [];
  let size = 0;
  // Leaving the loop cancels the rest of the answer.
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    if (size > answerBytes) throw tooLarge(url);
    chunks.push(chunk);
  }
  return { status: response.status, headers: response.headers, body: new Uint8Array(Buffer.concat(chunks)) };
};

/** Bytes of the largest answer that is read. */
export const answerBytes = 64 * 1024 * 1024;
export const tooLarge = (url: string): Error => new Error(`${url} answers more than ${answerBytes} bytes`);
const sent = (body: string | Uint8Array): string | Uint8Array<ArrayBuffer> => (typeof body === "string" ? body : new Uint8Array(body));
