import { createHash } from "node:crypto";
import type { Guard } from "../../../events/effects/effects.ts";
import type { Clock } from "../../../events/ports.ts";
import { serviceProof } from "../access/tokens.ts";
import type { Directory } from "./discovery.ts";
import type { PlatformKey } from "./settings.ts";

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

/** The other side answered that it cannot. */
export class UpstreamFailed extends Error {
  override name = "UpstreamFailed";
  readonly answer: HttpAnswer;
  constructor(name: string, answer: HttpAnswer) {
    super(`${name} answered ${answer.status}`);
    this.answer = answer;
  }
}

/** Calls over HTTP, behind the breaker of that name. Answers from 500 on count as failures and are thrown. */
export type Call = (name: string, request: HttpRequest) => Promise<HttpAnswer>;
export const httpClient =
  (guard: Guard, send: Send = fetched): Call =>
  (name, request) =>
    guard(name, request.milliseconds ?? 10_000, async (late) => {
      const answer = await send(request, request.signal ? AbortSignal.any([late, request.signal]) : late);
      if (answer.status >= 500) throw new UpstreamFailed(name, answer);
      return answer;
    });

/** Any answer, until the signal. */
export type Send = (request: HttpRequest, signal: AbortSignal) => Promise<HttpAnswer>;
/** Over whatever connections Node makes; HTTPS by the public authorities. */
export const fetched: Send = async ({ url, method = "GET", headers = {}, body }, signal) => {
  const response = await fetch(url, { method, headers, signal, redirect: "manual", ...(body !== undefined && { body: sent(body) }) });
  const chunks: Uint8Array[] = [];
  let size = 0;
  // What breaks the loop off gives up the rest.
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    if (size > answerBytes) throw tooLarge(url);
    chunks.push(chunk);
  }
  return { status: response.status, headers: response.headers, body: new Uint8Array(Buffer.concat(chunks)) };
};

/** No answer is read that is larger. */
export const answerBytes = 64 * 1024 * 1024;
export const tooLarge = (url: string): Error => new Error(`${url} answers more than ${answerBytes} bytes`);
const sent = (body: string | Uint8Array): string | Uint8Array<ArrayBuffer> => (typeof body === "string" ? body : new Uint8Array(body));

const KEPT_BYTES = 64 * 1024 * 1024;

/** Fetches blobs of other services by digest, from any instance that has them, and keeps the latest: a digest never means other bytes. */
export const blobClient = (
  ports: { readonly call: Call; readonly directory: Directory; readonly clock: Clock },
  keys: readonly PlatformKey[],
  service: string,
) => {
  const kept = new Map<string, Uint8Array>();
  let bytesKept = 0;
  const keep = (digest: string, bytes: Uint8Array): void => {
    if (kept.has(digest)) return;
    kept.set(digest, bytes);
    bytesKept += bytes.byteLength;
    for (const [oldest, { byteLength }] of kept) {
      if (bytesKept <= KEPT_BYTES) return;
      kept.delete(oldest);
      bytesKept -= byteLength;
    }
  };
  return async (owner: string, digest: string, signal?: AbortSignal): Promise<Uint8Array> => {
    const known = kept.get(digest);
    if (known) return known;
    const headers = { authorization: `Bearer ${await serviceProof(keys, service, ports.clock.now())}`, "pitrix-service": owner };
    const problems: unknown[] = [];
    for (const { url, name } of ports.directory.instancesOf(owner)) {
      try {
        const answer = await ports.call(`blobs of ${url}`, {
          url: `${url}/blobs/${digest}`,
          headers,
          milliseconds: 30_000,
          serverName: name,
          ...(signal && { signal }),
        });
        if (answer.status !== 200) throw new Error(`${url} answered ${answer.status} to a request for ${digest}`);
        if (`sha256:${createHash("sha256").update(answer.body).digest("hex")}` !== digest)
          throw new Error(`${url} gave other bytes than ${digest}`);
        keep(digest, answer.body);
        return answer.body;
      } catch (error) {
        if (signal?.aborted) throw error;
        problems.push(error);
      }
    }
    throw new AggregateError(problems, `no instance of ${owner} gave ${digest}${problems.length === 0 ? ": none is known" : ""}`);
  };
};
export type FetchBlob = ReturnType<typeof blobClient>;
