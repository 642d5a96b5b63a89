import { type RejectionKind, streamOf } from "../../events/index.ts";
import { type Certificates, wrongInCertificates } from "./certificates.ts";

/** The credential of a repository. It is sealed wherever it is stored. */
export type Secret = Certificates & {
  readonly username: string;
  readonly password: string;
  /** For repositories of type s3. */
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
};
/** The field of the repository's events that holds its secret. */
export const credentialOf = (repoId: string) => ({ stream: streamOf("repo", repoId), field: "sealedCredential" });
export const openToAll: Secret = {
  ...{ username: "", password: "", accessKeyId: "", secretAccessKey: "" },
  ...{ ca: "", clientCertificate: "", clientKey: "" },
};

/** The URL and secret of a repository; or the reason why they are invalid, with the error code that ValidateRepo answers. */
export type Access = { readonly url: string; readonly secret: Secret | null } | AccessRejection;
export type AccessRejection = { readonly rejected: string; readonly code: number; readonly kind: RejectionKind; readonly error: string };

/** Validates the type, URL and credential that a user entered at a time. User and password move from the URL into the secret. */
export const accessOf = (type: string, given: string, credential: string, now: number): Access => {
  let address = given.trim();
  const schemeCode = schemes[type];
  if (schemeCode === undefined) return refuse(111, `type [${type}] is not http, https, s3 or oci`, "unsupported_parameter_value");
  if (!URL.canParse(address)) return refuse(107, `url [${withoutPassword(address)}] is not a URL`, "illegal_url_format");
  const url = new URL(address);
  if (url.protocol !== `${type}:`) return refuse(schemeCode, `the url's scheme is not ${type}`, "scheme_not_match");
  if (url.hostname === "") return refuse(107, `url [${withoutPassword(address)}] has no host`, "illegal_url_format");
  if (type === "oci" && !isRepositoryName(url.pathname.replace(/^\/|\/$/g, "")))
    return refuse(107, "the url's path is not the name of a chart in a registry", "illegal_url_format");
  // Everybody who sees the repository sees its URL, so that a token in it would be no secret.
  if (url.search + url.hash !== "") return refuse(107, "the url has a query or a fragment", "illegal_url_format");
  const [username, password] = [decode(url.username), decode(url.password)];
  if (username + password !== "") {
    url.username = "";
    url.password = "";
    address = url.href;
  }
  const fields = credential === "" && type !== "s3" ? {} : parse(credential);
  if (fields === undefined) return refuse(103, "the credential is not a JSON object", "credential_not_json");
  const certificates = certificatesOf(type, fields, now);
  if ("rejected" in certificates) return certificates;
  const keys = type === "s3" ? s3Keys(fields) : { accessKeyId: "", secretAccessKey: "" };
  if ("rejected" in keys) return keys;
  const named = { username: username || text(fields, "username"), password: password || text(fields, "password") };
  const secret: Secret = { ...openToAll, ...(type !== "s3" && named), ...keys, ...certificates };
  return { url: address, secret: Object.values(secret).some((value) => value !== "") ? secret : null };
};

const certificatesOf = (type: string, fields: object, now: number): Certificates | AccessRejection => {
  const certificates = {
    ca: text(fields, "ca"),
    clientCertificate: text(fields, "client_certificate"),
    clientKey: text(fields, "client_key"),
  };
  const isUseless = type === "http" && Object.values(certificates).some((value) => value !== "");
  const wrong = isUseless ? "certificates are of no use over http" : wrongInCertificates(certificates, now);
  return wrong === undefined ? certificates : refuse(103, wrong, "illegal_parameter_format");
};

/** The error codes of ValidateRepo if the URL's scheme does not match the type. */
const schemes: { readonly [type: string]: number } = { http: 108, https: 110, s3: 114, oci: 115 };

/** A name that a registry gives to a repository; the chart's own is its last part. */
const isRepositoryName = (path: string): boolean =>
  path.length < 256 && path.split("/").every((part) => /^[a-z0-9]+([._-]+[a-z0-9]+)*$/.test(part));

const s3Keys = (fields: object): Pick<Secret, "accessKeyId" | "secretAccessKey"> | AccessRejection => {
  const [accessKeyId, secretAccessKey] = [text(fields, "access_key_id"), text(fields, "secret_access_key")];
  if (accessKeyId === "") return refuse(104, "the credential has no access_key_id", "credential_without_key");
  if (secretAccessKey === "") return refuse(105, "the credential has no secret_access_key", "credential_without_secret");
  return { accessKeyId, secretAccessKey };
};

const parse = (json: string): object | undefined => {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
};
const text = (fields: object, name: string): string => {
  const value: unknown = Reflect.get(fields, name);
  return typeof value === "string" ? value : "";
};
const decode = (part: string): string => {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
};
/** What may be shown of a text that is not a URL as it should be: nothing before an "@", which may end a password. */
const withoutPassword = (address: string): string => address.slice(address.lastIndexOf("@") + 1).slice(0, 200);
/** A URL without user and password; any other text as it is. */
export const withoutUserinfo = (url: string): string => url.replace(/^([^/?#]*\/\/)[^/?#]*@/, "$1");
const refuse = (code: number, rejected: string, error: string): AccessRejection => ({ code, rejected, kind: "invalid", error });
