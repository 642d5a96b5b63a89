import { setTimeout as pause } from "node:timers/promises";
import type { FileAnswer, FileRequest, ReadFile } from "../ports.ts";
import { addressesOf, isPrivate } from "./addresses.ts";
import { get, Trouble } from "./get.ts";
import { signed } from "./s3.ts";

export type ReadFileOptions = {
  /** Milliseconds for one file. */
  readonly timeout?: number;
  /** Of one file, while the server does not answer or says that it cannot now. */
  readonly attempts?: number;
  /** May repositories be at private addresses? Redirects and archives lead there only if the repository itself is there. */
  readonly privateAddresses?: "allowed" | "refused";
};

/** Reads files of repositories over HTTP, HTTPS and S3. */
export const readFileOver =
  ({ timeout = 30_000, attempts = 3, privateAddresses = "allowed" }: ReadFileOptions = {}): ReadFile =>
  async (request) => {
    for (let attempt = 1; ; attempt++) {
      const answer = await readOnce(request, timeout, privateAddresses === "allowed");
      if (!("refused" in answer) || answer.denied || attempt >= attempts || request.signal.aborted) return answer;
      await pause(200 * attempt, undefined, { signal: request.signal }).catch(() => {});
    }
  };

const readOnce = async (request: FileRequest, timeout: number, allowPrivate: boolean): Promise<FileAnswer> => {
  const name = shown(request.url);
  const late = AbortSignal.timeout(timeout);
  try {
    return { bytes: await follow(request, AbortSignal.any([request.signal, late]), allowPrivate) };
  } catch (error) {
    if (error instanceof Trouble) return { refused: `${name}: ${error.message}`, denied: error.denied };
    if (late.aborted) return { refused: `${name}: no answer within ${timeout / 1000} s`, denied: true };
    return { refused: `${name}: ${error instanceof Error ? error.message || error.name : String(error)}`, denied: false };
  }
};

const REDIRECTS = 5;

const follow = async (request: FileRequest, signal: AbortSignal, allowPrivate: boolean): Promise<Uint8Array> => {
  const repository = urlOf(request.repository);
  const insiders = (await addressesOf(repository.hostname)).some(({ address }) => isPrivate(address));
  if (insiders && !allowPrivate) throw new Trouble("private addresses are not allowed", true);
  let url = urlOf(request.url);
  for (let redirects = 0; ; redirects++) {
    const headers = url.host === repository.host ? authorization(url, request) : {};
    const answer = await get(httpUrl(url), headers, { limit: request.limit, signal, allowPrivate: insiders });
    if ("bytes" in answer) return answer.bytes;
    if (redirects >= REDIRECTS) throw new Trouble(`more than ${REDIRECTS} redirects`, true);
    if (!URL.canParse(answer.location, url.href)) throw new Trouble("a redirect to nowhere", true);
    const next = new URL(answer.location, httpUrl(url));
    if (url.protocol === "https:" && next.protocol === "http:") throw new Trouble("a redirect from https to http", true);
    url = next;
  }
};

const authorization = (url: URL, { secret }: FileRequest): Readonly<Record<string, string>> => {
  if (url.protocol === "s3:") return signed(httpUrl(url), secret, new Date());
  if (secret.username + secret.password === "") return {};
  return { authorization: `Basic ${Buffer.from(`${secret.username}:${secret.password}`).toString("base64")}` };
};

/** `s3://host/bucket/prefix` is spoken over HTTPS. */
const httpUrl = (url: URL): URL => (url.protocol === "s3:" ? new URL(url.href.replace(/^s3:/, "https:")) : url);

const urlOf = (text: string): URL => {
  if (!URL.canParse(text)) throw new Trouble("this is no URL", true);
  const url = new URL(text);
  if (!["http:", "https:", "s3:"].includes(url.protocol)) throw new Trouble(`the scheme ${url.protocol} cannot be read`, true);
  return url;
};

/** A query may be a secret, too. */
const shown = (url: string): string =>
  url
    .replace(/\?.*$/, "")
    .replace(/\/\/[^/@]*@/, "//")
    .slice(0, 300);
