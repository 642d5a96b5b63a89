import type { IncomingMessage } from "node:http";
import { Agent, request } from "node:https";
import { isIP } from "node:net";
import type { Access } from "./kubeconfig.ts";
import { KubernetesError } from "./ports.ts";

export type Sent = {
  readonly method: string;
  readonly path: string;
  readonly body?: object | undefined;
  readonly type?: string;
  readonly accept?: string;
};
export type Connection = {
  /** Sends a request, and resolves with the beginning of the answer. */
  readonly open: (sent: Sent, signal: AbortSignal) => Promise<IncomingMessage>;
  readonly close: () => void;
};

/** Connections to an API server, over TLS that is verified, at one address. */
export const connectionTo = ({ port, path: base, serverName, authority, user }: Access, address: string): Connection => {
  const agent = new Agent({
    keepAlive: true,
    // An address is no server name (RFC 6066); it is what the certificate is checked for anyway.
    servername: isIP(serverName) === 0 ? serverName : "",
    ...(authority !== undefined && { ca: authority }),
    ...("certificate" in user && { cert: user.certificate, key: user.key }),
  });
  const authorization =
    "token" in user
      ? { authorization: `Bearer ${user.token}` }
      : "username" in user
        ? { authorization: `Basic ${Buffer.from(`${user.username}:${user.password}`).toString("base64")}` }
        : {};
  return {
    open: ({ method, path, body, type = "application/json", accept = "application/json" }, signal) => {
      const sent = body === undefined ? undefined : Buffer.from(JSON.stringify(body));
      return new Promise((resolve, reject) => {
        const outgoing = request({
          ...{ agent, host: address, port, method, path: `${base}${path}`, signal },
          headers: {
            ...authorization,
            accept,
            ...(sent && { "content-type": type, "content-length": sent.byteLength }),
          },
        });
        outgoing.on("response", resolve);
        outgoing.on("error", (error) => reject(untrusted(error) ?? error));
        outgoing.end(sent);
      });
    },
    close: () => agent.destroy(),
  };
};

/** What is wrong with a certificate, by the code of TLS. */
const faults: readonly (readonly [code: RegExp, why: string])[] = [
  [/^CERT_HAS_EXPIRED$/, "it has expired"],
  [/^CERT_NOT_YET_VALID$/, "it is not valid yet"],
  [/SELF_SIGNED|UNABLE_TO_/, "the kubeconfig does not know the authority that signed it"],
  [/ALTNAME/, "it is for another name"],
];

/** A server whose certificate is not good will not have a better one at the next attempt. */
const untrusted = (error: Error): KubernetesError | undefined => {
  const code = String(Reflect.get(error, "code"));
  if (!/CERT|SIGNED|UNABLE_TO_/.test(code)) return undefined;
  const why = faults.find(([each]) => each.test(code))?.[1] ?? error.message;
  return new KubernetesError(`the certificate of the API server is not trusted: ${why}`, { cause: error });
};
