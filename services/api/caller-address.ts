import type { IncomingMessage } from "node:http";
import { isIP } from "node:net";
import { inNetworks } from "../chassis/process/networks.ts";

/** The network address of a request's caller. */
export type AddressOf = (request: Pick<IncomingMessage, "headers" | "socket">) => string;

/**
 * The address at the other end of the connection; behind a trusted proxy the one that it names in `X-Forwarded-For`, and so on from right to left.
 * What is left of the first address that is not a trusted proxy's may be anybody's invention. A proxy that names no address stands for its callers.
 */
export const callerAddress = (trustedProxies: readonly string[]): AddressOf => {
  const isTrusted = inNetworks(trustedProxies);
  return ({ headers, socket }) => {
    const named = [headers["x-forwarded-for"] ?? []].flat().join(",").split(",").map(addressIn);
    let address = socket.remoteAddress ?? "";
    for (let next = named.pop(); next !== undefined && isTrusted(address); next = named.pop()) address = next;
    return address;
  };
};

/** The address in an entry, which may have a port; undefined if there is none. */
const addressIn = (entry: string): string | undefined => {
  const text = entry.trim();
  const [, v4, v6] = /^(?:([\d.]+)(?::\d+)?|\[([^\]]+)\](?::\d+)?)$/.exec(text) ?? [];
  const address = v4 ?? v6 ?? text;
  return isIP(address) === 0 ? undefined : address;
};
