import { type IncomingMessage, request as overHttp } from "node:http";
import { request as overHttps } from "node:https";
import { asError, type Clock } from "../../events/index.ts";
import type { Guard } from "../../events/runtime.ts";
import { isForbiddenLiteral, lookupWithin, type PrivateNetworks, permitted, portOf } from "../chassis/process/addresses.ts";
import { BreakerOpen } from "../chassis/process/breaker.ts";
import type { Outcome } from "./ports.ts";

/** Milliseconds for an answer. */
const TIMEOUT = 10_000;

/** The address is not public. */
class Private extends Error {
  override name = "Private";
}
const refused = (): Error => new Private("it leads to a private address, which is not allowed");
/** The address answered, but not with a 2xx status. */
class Unsuccessful extends Error {
  override name = "Unsuccessful";
  readonly status: number;
  constructor(status: number) {
    super(status >= 300 && status < 400 ? `it answered ${status}: redirects are not followed` : `it answered ${status}`);
    this.status = status;
  }
}

/** Sends messages to addresses of strangers: to public ones only, without following redirects, and not to a host that has just failed often. */
export const sender =
  (
    { guard, clock, timeout = TIMEOUT }: { readonly guard: Guard; readonly clock: Clock; readonly timeout?: number },
    networks: PrivateNetworks,
  ) =>
  async (to: string, json: string, headers: Readonly<Record<string, string>>, over?: AbortSignal): Promise<Outcome> => {
    const url = new URL(to);
    const permits = (address: string): boolean => permitted(networks)(address, portOf(url));
    const began = clock.now();
    const since = (): number => clock.now() - began;
    try {
      const status = await guard(`webhook ${url.host}`, timeout, (late) =>
        post(url, json, headers, permits, over ? AbortSignal.any([late, over]) : late),
      );
      return { delivered: true, status, milliseconds: since() };
    } catch (error) {
      const { message: reason } = asError(error);
      const status = error instanceof Unsuccessful ? { status: error.status } : {};
      return { delivered: false, reason, ...status, ...(error instanceof BreakerOpen && { isHeldBack: true }), milliseconds: since() };
    }
  };

/** The status of the answer, if it is a good one. What it says is not read. */
const post = (
  url: URL,
  json: string,
  headers: Readonly<Record<string, string>>,
  permits: (address: string) => boolean,
  signal: AbortSignal,
): Promise<number> =>
  new Promise((resolve, reject) => {
    if (isForbiddenLiteral(url.hostname, permits)) return reject(refused());
    const body = Buffer.from(json);
    const all = { ...headers, "content-type": "application/cloudevents+json", "content-length": body.byteLength, "user-agent": "pitrix" };
    // Each message by a connection of its own: the address is checked when a connection is opened.
    const options = { method: "POST", headers: all, signal, agent: false, lookup: lookupWithin(permits, refused) } as const;
    const answered = ({ statusCode = 0 }: IncomingMessage): void => {
      request.destroy();
      if (statusCode >= 200 && statusCode < 300) resolve(statusCode);
      else reject(new Unsuccessful(statusCode));
    };
    const request = (url.protocol === "https:" ? overHttps : overHttp)(url, options, answered);
    request.on("error", reject);
    request.end(body);
  });
