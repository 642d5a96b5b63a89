import { Agent as HttpAgent, type IncomingHttpHeaders, type IncomingMessage, request as overHttp } from "node:http";
import { Agent as HttpsAgent, request as overHttps } from "node:https";
import { isForbiddenLiteral, lookupWithin, type Permits, portOf } from "../../chassis/process/addresses.ts";

/** The reason why a fetch failed. `denied` means that a repeated request is useless. */
export class FetchError extends Error {
  readonly denied: boolean;
  readonly tooLarge: boolean;
  /** The status of the answer; 0 where there was none, or one that was good. */
  readonly status: number;
  /** How the server wants to be told who asks. */
  readonly challenge: string;
  /** Milliseconds after which the server wants to be asked again, if it says so. */
  readonly retryAfter: number | undefined;
  constructor(message: string, denied: boolean, more: Partial<Omit<FetchError, keyof Error | "denied">> = {}) {
    const { tooLarge = false, status = 0, challenge = "", retryAfter } = more;
    super(message);
    this.denied = denied;
    this.tooLarge = tooLarge;
    this.status = status;
    this.challenge = challenge;
    this.retryAfter = retryAfter;
  }
}

/**
 * The permitted addresses, and the connection pools to them. A connection's address is checked only when it is opened, so requests with
 * other permissions use other pools.
 */
export type Reach = { readonly permits: Permits; readonly http: HttpAgent; readonly https: HttpsAgent };
export const reachOf = (permits: Permits): Reach => ({
  permits,
  http: new HttpAgent(IDLE_CONNECTIONS),
  https: new HttpsAgent(IDLE_CONNECTIONS),
});
/** How many idle connections stay open per host, and for how many milliseconds: most servers close them after 5 s. */
const IDLE_CONNECTIONS = { keepAlive: true, maxFreeSockets: 16, timeout: 4_000 };

export type Limits = {
  readonly limit: number;
  readonly signal: AbortSignal;
  readonly reach: Reach;
  readonly method?: "GET" | "HEAD" | undefined;
};
/** What goes along with a request, and by which certificates both sides know each other. Connections with other certificates are others. */
export type Sent = {
  readonly headers: Readonly<Record<string, string>>;
  readonly tls?: { readonly ca?: string; readonly cert?: string; readonly key?: string } | undefined;
};
/** The server says that the caller has the file. */
export class NotModified extends FetchError {
  constructor() {
    super("it has not changed", true);
  }
}
export type File = { readonly bytes: Uint8Array; readonly validator?: string | undefined; readonly headers: IncomingHttpHeaders };
type Got = File | { readonly location: string };

/** One request; the answer may be a redirect. The address is checked while connecting, so that the name cannot resolve to another one later. */
export const get = (url: URL, { headers, tls }: Sent, { limit, signal, reach, method = "GET" }: Limits): Promise<Got> =>
  new Promise((resolve, reject) => {
    const permits = (address: string): boolean => reach.permits(address, portOf(url));
    if (isForbiddenLiteral(url.hostname, permits)) return reject(outOfBounds());
    const isSecure = url.protocol === "https:";
    const request = (isSecure ? overHttps : overHttp)(
      url,
      {
        method,
        ...(isSecure && tls),
        headers: { "user-agent": "pitrix", "accept-encoding": "identity", accept: "*/*", ...headers },
        signal,
        agent: isSecure ? reach.https : reach.http,
        lookup: lookupWithin(permits, outOfBounds),
      },
      (answer) => {
        const isConditional = "if-none-match" in headers || "if-modified-since" in headers;
        (isConditional && answer.statusCode === 304
          ? Promise.reject(new NotModified())
          : read(answer, method === "HEAD" ? Number.POSITIVE_INFINITY : limit)
        ).then(resolve, (error: unknown) => {
          answer.destroy();
          reject(error);
        });
      },
    );
    request.on("error", reject);
    request.end();
  });

const read = async (answer: IncomingMessage, limit: number): Promise<Got> => {
  const { statusCode = 0, headers } = answer;
  if ([301, 302, 303, 307, 308].includes(statusCode) && headers.location !== undefined) {
    answer.destroy();
    return { location: headers.location };
  }
  if (statusCode !== 200)
    throw new FetchError(`the server answers ${statusCode}`, statusCode < 500 && statusCode !== 429, {
      status: statusCode,
      challenge: headers["www-authenticate"] ?? "",
      ...([429, 503].includes(statusCode) && { retryAfter: retryAfterOf(headers["retry-after"], Date.now()) }),
    });
  const tooLarge = () => new FetchError(`larger than ${limit} bytes`, true, { tooLarge: true });
  if (Number(headers["content-length"] ?? 0) > limit) throw tooLarge();
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of answer) {
    if (!(chunk instanceof Uint8Array)) continue;
    size += chunk.byteLength;
    if (size > limit) throw tooLarge();
    chunks.push(chunk);
  }
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.byteLength;
  }
  return { bytes, validator: validatorOf(headers), headers };
};

/** Milliseconds that a `Retry-After` names: seconds, or a time. */
const retryAfterOf = (said: string | undefined, now: number): number | undefined => {
  if (said === undefined) return undefined;
  const milliseconds = /^\d{1,9}$/.test(said) ? Number(said) * 1_000 : Date.parse(said) - now;
  return Number.isNaN(milliseconds) ? undefined : Math.max(0, milliseconds);
};

const REDIRECTS = 5;

/** A request and its redirects. `sentTo` says what goes to a URL, so that what is meant for one host does not go to another. */
export const getFollowing = async (start: URL, sentTo: (url: URL) => Sent, limits: Limits): Promise<File> => {
  let url = start;
  for (let redirects = 0; ; redirects++) {
    const answer = await get(url, sentTo(url), limits);
    if ("bytes" in answer) return answer;
    if (redirects >= REDIRECTS) throw new FetchError(`more than ${REDIRECTS} redirects`, true);
    if (!URL.canParse(answer.location, url.href)) throw new FetchError("a redirect to an invalid URL", true);
    const next = new URL(answer.location, url);
    if (!["http:", "https:"].includes(next.protocol)) throw new FetchError(`the scheme ${next.protocol} is not supported`, true);
    if (url.protocol === "https:" && next.protocol === "http:") throw new FetchError("a redirect from https to http", true);
    url = next;
  }
};

/** The request that is answered with 304 while the file is the same. */
export const conditionOf = (validator: string): Readonly<Record<string, string>> =>
  validator === "" ? {} : isTag.test(validator) ? { "if-none-match": validator } : { "if-modified-since": validator };

const isTag = /^(W\/)?"[\x21\x23-\x7e]{1,200}"$/;
const isTime = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;
/** The entity tag; without one, the time of the last change, unless the file may have changed again within its second (RFC 9110, 8.8.2.2). */
const validatorOf = ({ etag = "", "last-modified": changed = "", date = "" }: IncomingHttpHeaders): string | undefined => {
  if (etag !== "") return isTag.test(etag) ? etag : undefined;
  return isTime.test(changed) && Date.parse(date) > Date.parse(changed) ? changed : undefined;
};

const outOfBounds = () => new FetchError("it leads to a private address, which is not allowed", true);
