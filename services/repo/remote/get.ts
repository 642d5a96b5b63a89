import { type IncomingMessage, request as overHttp } from "node:http";
import { request as overHttps } from "node:https";
import type { LookupFunction } from "node:net";
import { addressesOf, isPrivate } from "./addresses.ts";

/** Why a file cannot be had; `denied` if asking again would not help. */
export class Trouble extends Error {
  readonly denied: boolean;
  constructor(message: string, denied: boolean) {
    super(message);
    this.denied = denied;
  }
}

export type Limits = { readonly limit: number; readonly signal: AbortSignal; readonly allowPrivate: boolean };
type Got = { readonly bytes: Uint8Array } | { readonly location: string };

/** One request, whose answer may be a redirect. The address is checked where the connection is made, so that a name cannot change in between. */
export const get = (url: URL, headers: Readonly<Record<string, string>>, { limit, signal, allowPrivate }: Limits): Promise<Got> =>
  new Promise((resolve, reject) => {
    if (!allowPrivate && isPrivateLiteral(url.hostname)) return reject(outOfBounds());
    const request = (url.protocol === "https:" ? overHttps : overHttp)(
      url,
      {
        headers: { "user-agent": "pitrix", "accept-encoding": "identity", accept: "*/*", ...headers },
        signal,
        agent: false,
        lookup: checked(allowPrivate),
      },
      (answer) => {
        read(answer, limit).then(resolve, (error: unknown) => {
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
  if (statusCode !== 200) throw new Trouble(`the server answers ${statusCode}`, statusCode < 500 && statusCode !== 429);
  const tooLarge = new Trouble(`larger than ${limit} bytes`, true);
  if (Number(headers["content-length"] ?? 0) > limit) throw tooLarge;
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of answer) {
    if (!(chunk instanceof Uint8Array)) continue;
    size += chunk.byteLength;
    if (size > limit) throw tooLarge;
    chunks.push(chunk);
  }
  return { bytes: new Uint8Array(Buffer.concat(chunks)) };
};

const outOfBounds = () => new Trouble("it leads to a private address, and the repository is at a public one", true);
const isPrivateLiteral = (hostname: string): boolean => {
  const bare = hostname.replace(/^\[(.*)\]$/, "$1");
  return /^[\d.]+$|:/.test(bare) && isPrivate(bare);
};

const checked =
  (allowPrivate: boolean): LookupFunction =>
  (hostname, { all }, answer) => {
    addressesOf(hostname).then(
      (addresses) => {
        const [first] = addresses;
        if (first === undefined) return answer(new Trouble(`${hostname} has no address`, false), "", 0);
        if (!allowPrivate && addresses.some(({ address }) => isPrivate(address))) return answer(outOfBounds(), "", 0);
        return all ? answer(null, [...addresses]) : answer(null, first.address, first.family);
      },
      (error: Error) => answer(error, "", 0),
    );
  };
