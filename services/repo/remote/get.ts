import { type IncomingMessage, request as overHttp } from "node:http";
import { request as overHttps } from "node:https";
import { isIP, type LookupFunction } from "node:net";
import { addressesOf } from "./addresses.ts";

/** Why a file cannot be had; `denied` if asking again would not help. */
export class Trouble extends Error {
  readonly denied: boolean;
  constructor(message: string, denied: boolean) {
    super(message);
    this.denied = denied;
  }
}

export type Limits = {
  readonly limit: number;
  readonly signal: AbortSignal;
  /** May this address be spoken to? */
  readonly permits: (address: string) => boolean;
};
type Got = { readonly bytes: Uint8Array } | { readonly location: string };

/** One request, whose answer may be a redirect. The address is checked where the connection is made, so that a name cannot change in between. */
export const get = (url: URL, headers: Readonly<Record<string, string>>, { limit, signal, permits }: Limits): Promise<Got> =>
  new Promise((resolve, reject) => {
    if (isForbiddenLiteral(url.hostname, permits)) return reject(outOfBounds());
    const request = (url.protocol === "https:" ? overHttps : overHttp)(
      url,
      {
        headers: { "user-agent": "pitrix", "accept-encoding": "identity", accept: "*/*", ...headers },
        signal,
        agent: false,
        lookup: checked(permits),
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
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.byteLength;
  }
  return { bytes };
};

const outOfBounds = () => new Trouble("it leads to a private address, which is out of bounds", true);
/** Of a number no name is looked up. */
const isForbiddenLiteral = (hostname: string, permits: Limits["permits"]): boolean => {
  const bare = hostname.replace(/^\[(.*)\]$/, "$1");
  return isIP(bare) !== 0 && !permits(bare);
};

const checked =
  (permits: Limits["permits"]): LookupFunction =>
  (hostname, { all }, answer) => {
    addressesOf(hostname).then(
      (addresses) => {
        const [first] = addresses;
        if (first === undefined) return answer(new Trouble(`${hostname} has no address`, false), "", 0);
        if (!addresses.every(({ address }) => permits(address))) return answer(outOfBounds(), "", 0);
        return all ? answer(null, [...addresses]) : answer(null, first.address, first.family);
      },
      (error: Error) => answer(error, "", 0),
    );
  };
