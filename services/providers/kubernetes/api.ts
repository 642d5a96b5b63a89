import { Agent, request } from "node:https";
import { isIP } from "node:net";
import { isObject, type Json, type JsonObject, text } from "../../packages/json.ts";
import type { Access } from "./kubeconfig.ts";
import { Forbidden, KubernetesError } from "./ports.ts";

const MAX_BYTES = 32 * 1024 * 1024;
const MILLISECONDS = 15_000;

export type ApiAnswer = { readonly status: number; readonly body: JsonObject };
export type Api = {
  /** Sends a request. Throws a KubernetesError if the credential is refused; any other error is an outage. */
  readonly send: (method: string, path: string, body?: object) => Promise<ApiAnswer>;
  /** A read; undefined: there is no such thing. */
  readonly get: (path: string) => Promise<JsonObject | undefined>;
  readonly close: () => void;
};

/** An API server, over TLS that is verified, at one address. */
export const apiOf = ({ port, path: base, serverName, authority, user }: Access, address: string): Api => {
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

  const send: Api["send"] = async (method, path, body) => {
    const sent = body === undefined ? undefined : Buffer.from(JSON.stringify(body));
    const answer = await new Promise<ApiAnswer>((resolve, reject) => {
      const outgoing = request(
        {
          ...{ agent, host: address, port, method, path: `${base}${path}`, signal: AbortSignal.timeout(MILLISECONDS) },
          headers: {
            ...authorization,
            accept: "application/json",
            ...(sent && { "content-type": "application/json", "content-length": sent.byteLength }),
          },
        },
        (incoming) => {
          const chunks: Buffer[] = [];
          let size = 0;
          incoming.on("data", (chunk: Buffer) => {
            size += chunk.byteLength;
            if (size > MAX_BYTES) outgoing.destroy(new KubernetesError(`the API server answers with more than ${MAX_BYTES} bytes`));
            else chunks.push(chunk);
          });
          incoming.on("error", reject);
          incoming.on("end", () => resolve({ status: incoming.statusCode ?? 0, body: objectIn(Buffer.concat(chunks)) }));
        },
      );
      outgoing.on("error", (error) => reject(untrusted(error) ?? error));
      outgoing.end(sent);
    });
    const { status, body: said } = answer;
    if (status === 401) throw new KubernetesError("the API server does not know the credential of the runtime");
    if (status === 403) throw new Forbidden(`the credential of the runtime may not do this: ${messageOf(said)}`);
    if (status === 429 || status >= 500) throw new Error(`the API server answers ${status}: ${messageOf(said)}`);
    return answer;
  };
  return {
    send,
    get: async (path) => {
      const { status, body } = await send("GET", path);
      if (status === 404) return undefined;
      if (status !== 200) throw new KubernetesError(`the API server answers ${status}: ${messageOf(body)}`);
      return body;
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

const objectIn = (bytes: Buffer): JsonObject => {
  try {
    const value: Json = JSON.parse(bytes.toString("utf8"));
    return isObject(value) ? value : {};
  } catch {
    return {};
  }
};

/** The version of an API server, such as `v1.35.4`. */
export const versionOf = async (api: Api): Promise<string> => {
  const version = text((await api.get("/version"))?.gitVersion);
  if (!/^v\d+\.\d+\.\d+[\w.+-]{0,100}$/.test(version))
    throw new KubernetesError("the server does not say which version of Kubernetes it is");
  return version;
};

/** What a Status object says, in one short line. */
export const messageOf = ({ message }: JsonObject): string =>
  typeof message === "string" ? message.replaceAll(/\s+/g, " ").slice(0, 500) : "no reason is given";
