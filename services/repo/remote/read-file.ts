import { setTimeout as pause } from "node:timers/promises";
import { addressesOf, isPrivate, type PrivateNetworks, permitted, portOf } from "../../chassis/process/addresses.ts";
import { openToAll, type Secret, withoutUserinfo } from "../access.ts";
import type { FileAnswer, FileRequest, ReadFile } from "../ports.ts";
import { conditionOf, FetchError, type File, getFollowing, NotModified, type Reach, reachOf } from "./get.ts";
import { ociReader } from "./oci.ts";
import { pacing, patienceOf } from "./pace.ts";
import { signed } from "./s3.ts";

export type ReadFileOptions = {
  /** The timeout in milliseconds for one file. */
  readonly timeout?: number;
  /** The maximum number of attempts for one file, while the server is unreachable or temporarily unavailable. */
  readonly attempts?: number;
  /** The private networks in which repositories are allowed. Redirects and archives may lead there only if the repository itself is private. */
  readonly privateNetworks?: PrivateNetworks;
};

/** Reads files of repositories over HTTP, HTTPS and S3, and charts of registries. */
export const readFileOver = ({ timeout = 30_000, attempts = 3, privateNetworks = "all" }: ReadFileOptions = {}): ReadFile => {
  const inside = reachOf(permitted(privateNetworks));
  const outside = reachOf(isPublic);
  const readOci = ociReader();
  const paced = pacing();
  return async (request) => {
    for (let attempt = 1; ; attempt++) {
      const answer = await readOnce(request, timeout, { inside, outside, readOci, paced });
      if (!("refused" in answer) || answer.denied || attempt >= attempts || request.signal.aborted) return answer;
      await pause(200 * attempt, undefined, { signal: request.signal }).catch(() => {});
    }
  };
};

/** The permissions of a repository at a private address, and of one at a public address; how to read what is in a registry, and how fast. */
type Reaches = {
  readonly inside: Reach;
  readonly outside: Reach;
  readonly readOci: ReturnType<typeof ociReader>;
  readonly paced: ReturnType<typeof pacing>;
};

/** An index of what is in a registry takes many requests. */
const OCI_TIMEOUTS = 10;

const readOnce = async (request: FileRequest, timeout: number, reaches: Reaches): Promise<FileAnswer> => {
  const name = shown(request.url);
  const patience = request.url.startsWith("oci:") ? OCI_TIMEOUTS * timeout : timeout;
  const late = patienceOf(patience);
  const signal = AbortSignal.any([request.signal, late.signal]);
  try {
    return await follow(request, signal, reaches, reaches.paced(late, signal));
  } catch (error) {
    if (error instanceof NotModified) return { refused: `${name}: ${error.message}`, denied: true, unchanged: true };
    if (error instanceof FetchError) return { refused: `${name}: ${error.message}`, denied: error.denied, tooLarge: error.tooLarge };
    if (late.signal.aborted) return { refused: `${name}: no answer within ${patience / 1000} s`, denied: true };
    return { refused: `${name}: ${error instanceof Error ? error.message || error.name : String(error)}`, denied: false };
  } finally {
    late.end();
  }
};

type Paced = ReturnType<Reaches["paced"]>;
const follow = async (request: FileRequest, signal: AbortSignal, { inside, outside, readOci }: Reaches, paced: Paced): Promise<File> => {
  const repository = urlOf(request.repository);
  const home = httpUrl(repository);
  const addresses = await until(signal, addressesOf(home.hostname));
  if (!addresses.every(({ address }) => inside.permits(address, portOf(home))))
    throw new FetchError("it is at a private address, which is not allowed", true);
  const insiders = addresses.some(({ address }) => isPrivate(address));
  const reach = insiders ? inside : outside;
  const url = urlOf(request.url);
  /** Whether this is the repository's own server, and not in clear where the repository is not. */
  const isOwn = (other: URL): boolean => {
    const { host, protocol } = httpUrl(other);
    return host === home.host && (protocol === "https:" || home.protocol === "http:");
  };
  const tlsFor = (other: URL) => (isOwn(other) ? tlsOf(request.secret) : undefined);
  if (url.protocol === "oci:")
    return readOci(
      { url, base: httpUrl(url), secret: isOwn(url) ? request.secret : openToAll, limit: request.limit },
      (start, headers, limit, method) => {
        const sentTo = (next: URL) => ({ headers: next.host === start.host ? headers : {}, tls: tlsFor(next) });
        return paced(start.host, () => getFollowing(start, sentTo, { limit, signal, reach, method }));
      },
    );
  const signing = httpUrl(url).href;
  const headersAt = (next: URL) =>
    isOwn(next) ? { ...conditionOf(request.validator ?? ""), ...authorization(next.href === signing ? url : next, request) } : {};
  const sentTo = (next: URL) => ({ headers: headersAt(next), tls: tlsFor(next) });
  return paced(httpUrl(url).host, () => getFollowing(httpUrl(url), sentTo, { limit: request.limit, signal, reach }));
};

const tlsOf = ({ ca, clientCertificate: cert, clientKey: key }: Secret) => ({ ...(ca && { ca }), ...(cert && { cert, key }) });

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

/** The HTTPS URL of `s3://host/bucket/prefix` and `oci://host/path`; registries of this machine are asked over HTTP, as by other clients. */
const httpUrl = (url: URL): URL =>
  ["s3:", "oci:"].includes(url.protocol) ? new URL(url.href.replace(/^\w+:/, isOfThisMachine(url) ? "http:" : "https:")) : url;
const isOfThisMachine = ({ protocol, hostname }: URL): boolean =>
  protocol === "oci:" && /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(hostname);

const urlOf = (text: string): URL => {
  if (!URL.canParse(text)) throw new FetchError("it is not a URL", true);
  const url = new URL(text);
  if (!["http:", "https:", "s3:", "oci:"].includes(url.protocol)) throw new FetchError(`the scheme ${url.protocol} is not supported`, true);
  return url;
};

/** The URL for messages, without password and query, which may hold secrets. */
const shown = (url: string): string => withoutUserinfo(url).replace(/\?.*$/, "").slice(0, 300);
