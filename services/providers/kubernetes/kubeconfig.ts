import { createPrivateKey, X509Certificate } from "node:crypto";
import { isObject, type Json, type JsonObject, text } from "../../packages/json.ts";
import { PackageError } from "../../packages/package-error.ts";
import { readYaml } from "../../packages/yaml.ts";
import { forbiddenOfCluster, forbiddenOfUser } from "./kubeconfig-schema.ts";
import { KubernetesError } from "./ports.ts";

/** How an API server is reached and by whom: all that is taken from a kubeconfig. Nothing else of it reaches helm. */
export type Access = {
  readonly host: string;
  readonly port: number;
  /** The path of the API below the server, such as that of a cluster behind Rancher. */
  readonly path: string;
  /** The name in the server's certificate. */
  readonly serverName: string;
  /** Certificates of the server's authority, in PEM; undefined: the public ones. */
  readonly authority: string | undefined;
  readonly user:
    | { readonly token: string }
    | { readonly certificate: string; readonly key: string }
    | { readonly username: string; readonly password: string };
};

const MAX_VALUES = 10_000;

/** Reads a kubeconfig at a time in milliseconds since 1970. Throws a KubernetesError that says what is wrong, and never a value. */
export const readKubeconfig = (content: string, now: number): Access => {
  const config = parsed(content);
  const context = named(config, "contexts", "context", text(config["current-context"]));
  const cluster = named(config, "clusters", "cluster", text(context.cluster));
  const user = named(config, "users", "user", text(context.user));
  refuse(cluster, forbiddenOfCluster, "cluster");
  refuse(user, forbiddenOfUser, "user");
  if (cluster["insecure-skip-tls-verify"] === true) throw wrong("its cluster turns the verification of certificates off");
  const server = URL.canParse(text(cluster.server)) ? new URL(text(cluster.server)) : undefined;
  if (server?.protocol !== "https:") throw wrong("the server of its cluster is not an https URL");
  if (server.username !== "" || server.password !== "" || server.search !== "" || server.hash !== "")
    throw wrong("the server of its cluster is more than an address");
  const host = server.hostname.replace(/^\[(.*)\]$/, "$1");
  const authority = decoded(cluster, "certificate-authority-data");
  if (authority !== undefined) certificateIn(authority, "the certificate of its authority", now);
  return {
    host,
    port: Number(server.port) || 443,
    path: server.pathname.replace(/\/+$/, ""),
    serverName: text(cluster["tls-server-name"]) || host,
    authority,
    user: userOf(user, now),
  };
};

const parsed = (content: string): JsonObject => {
  try {
    const config = readYaml(content, "it", MAX_VALUES);
    if (isObject(config)) return config;
  } catch (error) {
    if (!(error instanceof PackageError)) throw error;
    throw wrong(error.message);
  }
  throw wrong("it is not a map");
};

/** An entry of a list of a kubeconfig, by its name. */
const named = (config: JsonObject, list: string, field: string, name: string): JsonObject => {
  const entries = config[list];
  const entry = Array.isArray(entries) ? entries.find((each: Json) => isObject(each) && each.name === name) : undefined;
  const value = isObject(entry) ? entry[field] : undefined;
  if (name === "" || !isObject(value)) throw wrong(`it has no ${field} for its current context`);
  return value;
};

const refuse = (given: JsonObject, forbidden: { readonly [field: string]: string }, what: string): void => {
  for (const [field, why] of Object.entries(forbidden)) if (given[field] !== undefined) throw wrong(`${field} of its ${what} ${why}`);
};

const decoded = (given: JsonObject, field: string): string | undefined => {
  const value = text(given[field]);
  if (value === "") return undefined;
  if (!/^[A-Za-z0-9+/=\s]+$/.test(value)) throw wrong(`${field} is not base64`);
  return Buffer.from(value, "base64").toString("utf8");
};

const userOf = (user: JsonObject, now: number): Access["user"] => {
  const [certificate, key] = [decoded(user, "client-certificate-data"), decoded(user, "client-key-data")];
  if (certificate !== undefined && key !== undefined) {
    const isOwn = certificateIn(certificate, "the certificate of its user", now).checkPrivateKey(keyIn(key));
    if (!isOwn) throw wrong("the key of its user does not belong to the certificate");
    return { certificate, key };
  }
  const token = text(user.token).trim();
  if (token !== "") {
    if (!/^[!-~]+$/.test(token)) throw wrong("the token of its user has other than visible ASCII characters");
    return { token };
  }
  const [username, password] = [text(user.username), text(user.password)];
  if (username !== "" && password !== "") return { username, password };
  throw wrong("its user has neither a token, nor a certificate with a key, nor a password");
};

const certificateIn = (pem: string, what: string, now: number): X509Certificate => {
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(pem);
  } catch {
    throw wrong(`${what} cannot be read`);
  }
  if (Date.parse(certificate.validTo) <= now) throw wrong(`${what} expired on ${certificate.validTo}`);
  return certificate;
};

const keyIn = (pem: string) => {
  try {
    return createPrivateKey(pem);
  } catch {
    throw wrong("the key of its user cannot be read");
  }
};

const wrong = (why: string): KubernetesError => new KubernetesError(`the kubeconfig is refused: ${why}`);

/** A kubeconfig that holds this and nothing else. The address is where the server's name led to when it was judged. */
export const kubeconfigOf = ({ authority, user, serverName, ...access }: Access, address: string): string =>
  JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    "current-context": "pitrix",
    contexts: [{ name: "pitrix", context: { cluster: "pitrix", user: "pitrix" } }],
    clusters: [
      {
        name: "pitrix",
        cluster: {
          server: serverUrl(access, address),
          "tls-server-name": serverName,
          ...(authority !== undefined && { "certificate-authority-data": encoded(authority) }),
        },
      },
    ],
    users: [
      {
        name: "pitrix",
        user: "certificate" in user ? { "client-certificate-data": encoded(user.certificate), "client-key-data": encoded(user.key) } : user,
      },
    ],
  });

/** The URL of an API server at an address. */
export const serverUrl = ({ port, path }: Pick<Access, "port" | "path">, address: string): string =>
  `https://${address.includes(":") ? `[${address}]` : address}:${port}${path}`;

const encoded = (value: string): string => Buffer.from(value, "utf8").toString("base64");
