import { setTimeout as pause } from "node:timers/promises";
import { addressesOf, isPrivate, type PrivateNetworks, permitted, portOf } from "../../chassis/process/addresses.ts";
import { withoutUserinfo } from "../access.ts";
import type { FileAnswer, FileRequest, ReadFile } from "../ports.ts";
import { conditionOf, FetchError, type File, get, NotModified, type Reach, reachOf } from "./get.ts";
import { signed } from "./s3.ts";

export type ReadFileOptions = {
  /** The timeout in milliseconds for one file. */
  readonly timeout?: number;
  /** The maximum number of attempts for one file, while the server is unreachable or temporarily unavailable. */
  readonly attempts?: number;
  /** The private networks in which repositories are allowed. Redirects and archives may lead there only if the repository itself is private. */
  readonly privateNetworks?: PrivateNetworks;
};

/** Reads files of repositories over HTTP, HTTPS and S3. */
export const readFileOver = ({ timeout = 30_000, attempts = 3, privateNetworks = "all" }: ReadFileOptions = {}): ReadFile => {
  const inside = reachOf(permitted(privateNetworks));
  const outside = reachOf(isPublic);
  return async (request) => {
    for (let attempt = 1; ; attempt++) {
      const answer = await readOnce(request, timeout, { inside, outside });
      if (!("refused" in answer) || answer.denied || attempt >= attempts || request.signal.aborted) return answer;
      await pause(200 * attempt, undefined, { signal: request.signal }).catch(() => {});
    }
  };
};

/** The permissions of a repository at a private address, and of one at a public address. */
type Reaches = { readonly inside: Reach; readonly outside: Reach };

const readOnce = async (request: FileRequest, timeout: number, reaches: Reaches): Promise<FileAnswer> => {
  const name = shown(request.url);
  const late = AbortSignal.timeout(timeout);
  try {
    return await follow(request, AbortSignal.any([request.signal, late]), reaches);
  } catch (error) {
    if (error instanceof NotModified) return { refused: `${name}: ${error.message}`, denied: true, unchanged: true };
    if (error instanceof FetchError) return { refused: `${name}: ${error.message}`, denied: error.denied, tooLarge: error.tooLarge };
    if (late.aborted) return { refused: `${name}: no answer within ${timeout / 1000} s`, denied: true };
    return { refused: `${name}: ${error instanceof Error ? error.message || error.name : String(error)}`, denied: false };
  }
};

const REDIRECTS = 5;

const follow = async (request: FileRequest, signal: AbortSignal, { inside, outside }: Reaches): Promise<File> => {
  const repository = urlOf(request.repository);
  const addresses = await until(signal, addressesOf(repository.hostname));
  if (!addresses.every(({ address }) => inside.permits(address, portOf(httpUrl(repository)))))
    throw new FetchError("it is at a private address, which is not allowed", true);
  const insiders = addresses.some(({ address }) => isPrivate(address));
  let url = urlOf(request.url);
  for (let redirects = 0; ; redirects++) {
    const headers = url.host === repository.host ? { ...conditionOf(request.validator ?? ""), ...authorization(url, request) } : {};
    const answer = await get(httpUrl(url), headers, { limit: request.limit, signal, reach: insiders ? inside : outside });
    if ("bytes" in answer) return answer;
    if (redirects >= REDIRECTS) throw new FetchError(`more than ${REDIRECTS} redirects`, true);
    if (!URL.canParse(answer.location, url.href)) throw new FetchError("a redirect to an invalid URL", true);
    const next = new URL(answer.location, httpUrl(url));
    if (url.protocol === "https:" && next.protocol === "http:") throw new FetchError("a redirect from https to http", true);
    url = next;
  }
};

const isPublic = (address: string): boolean => !isPrivate(address);

/** Rejects when the signal aborts: a DNS look-up takes no signal. */
const until = <T>(signal: AbortSignal, work: Promise<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    signal.addEventListener("abort", abort, { once: true });
    if (signal.aborted) abort();
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });

const authorization = (url: URL, { secret }: FileRequest): Readonly<Record<string, string>> => {
  if (url.protocol === "s3:") return signed(httpUrl(url), secret, new Date());
  if (secret.username + secret.password === "") return {};
  return { authorization: `Basic ${Buffer.from(`${secret.username}:${secret.password}`).toString("base64")}` };
};

/** The HTTPS URL of `s3://host/bucket/prefix`. */
const httpUrl = (url: URL): URL => (url.protocol === "s3:" ? new URL(url.href.replace(/^s3:/, "https:")) : url);

const urlOf = (text: string): URL => {
  if (!URL.canParse(text)) throw new FetchError("it is not a URL", true);
  const url = new URL(text);
  if (!["http:", "https:", "s3:"].includes(url.protocol)) throw new FetchError(`the scheme ${url.protocol} is not supported`, true);
  return url;
};

/** The URL for messages, without password and query, which may hold secrets. */
const shown = (url: string): string => withoutUserinfo(url).replace(/\?.*$/, "").slice(0, 300);
