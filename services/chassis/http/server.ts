import { createServer, type RequestListener, type Server } from "node:http";
import { createServer as createSecureServer } from "node:https";
import type { TLSSocket } from "node:tls";
import type { Logger } from "../process/logging.ts";
import { type Certificates, oldestTls } from "../process/tls/certificates.ts";
import { type ConnectionLimits, connectionLimits, type Ending, limitConnections, serverOptions } from "./connections.ts";

/** The certificates of a server, and whether its clients need one, too. */
export type Secured = { readonly certificates: Certificates; readonly mutual: boolean };

/** A server of HTTP, or of HTTPS that uses renewed certificates for its next connections. */
export const serverOf = (
  listener: RequestListener,
  secured: Secured | undefined,
  logger: Logger,
  limits: Partial<ConnectionLimits> = {},
): { readonly server: Server; readonly ending: Ending } => {
  const bounds = { ...connectionLimits, ...limits };
  if (!secured) {
    const server = createServer(serverOptions(bounds), listener);
    return { server, ending: limitConnections(server, bounds) };
  }
  const { certificates, mutual } = secured;
  const options = () => ({ ...certificates.current(), minVersion: oldestTls }) as const;
  const server = createSecureServer(
    { ...serverOptions(bounds), ...options(), requestCert: mutual, rejectUnauthorized: mutual, handshakeTimeout: 10_000 },
    listener,
  );
  const ending = limitConnections(server, bounds, true);
  // Connections before the end of their handshake are not counted there.
  server.maxConnections = bounds.most + 1_000;
  const forget = certificates.onRenewal(() => server.setSecureContext(options()));
  server.once("close", forget);
  server.on("tlsClientError", (error, socket) => {
    // Strangers connect to the gateway; to the other services only processes that have a certificate.
    (mutual ? logger.warn : logger.debug)({ from: socket.remoteAddress, reason: reasonOf(error, socket) }, "a connection was refused");
  });
  return { server, ending };
};

const reasons: { readonly [code: string]: string } = {
  ERR_SSL_HTTP_REQUEST: "plain HTTP, where HTTPS is spoken",
  ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE: "no certificate was shown",
  ECONNRESET: "the other side gave up in the middle of the handshake",
};

const reasonOf = (error: Error, { authorizationError }: TLSSocket): string =>
  authorizationError
    ? `the certificate shown is not accepted: ${String(authorizationError)}`
    : (reasons[String(Reflect.get(error, "code"))] ?? error.message);
