import type { IncomingHttpHeaders, OutgoingHttpHeaders } from "node:http";
import { ADDRESS_HEADER } from "../chassis/access/address.ts";

/** Headers of one connection, which a gateway does not pass on. */
const hopByHop = [
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
];

/** End-to-end headers: without those of the connection, those that `Connection` names, and the given ones. */
export const endToEnd = (headers: IncomingHttpHeaders, ...without: readonly string[]): OutgoingHttpHeaders => {
  const named = (headers.connection ?? "").split(",").map((name) => name.trim().toLowerCase());
  const left = new Set([...hopByHop, ...named, ...without]);
  return Object.fromEntries(Object.entries(headers).filter(([name, value]) => value !== undefined && !left.has(name)));
};

type Received = {
  readonly headers: IncomingHttpHeaders;
  readonly address: string;
  /** The address with its proof, for the service. */
  readonly proven: string;
  readonly requestId: string;
  /** The parent of the request to the service. */
  readonly traceparent: string | null;
};

/** The headers of the request to a service. */
export const towardsService = (
  { headers, address, proven, requestId, traceparent }: Received,
  service: string,
  hasBody: boolean,
): OutgoingHttpHeaders => {
  const length = headers["content-length"];
  return {
    ...endToEnd(headers, "host", "expect", "content-length", "pitrix-service"),
    // A body needs one of the two.
    ...(hasBody && (length === undefined ? { "transfer-encoding": "chunked" } : { "content-length": length })),
    "x-request-id": requestId,
    ...(traceparent !== null && { traceparent }),
    [ADDRESS_HEADER]: proven,
    "x-forwarded-for": [headers["x-forwarded-for"] ?? [], address].flat().join(", "),
    // Another service that has taken over the address answers 421.
    "pitrix-service": service,
  };
};

/** The headers of a service's answer, as the caller gets them. */
export const towardsCaller = (headers: IncomingHttpHeaders): OutgoingHttpHeaders => endToEnd(headers, "x-request-id", "date", "server");
