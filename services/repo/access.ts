import type { RejectionKind } from "../../events/index.ts";

/** What opens a repository: sealed wherever it is kept. */
export type Secret = {
  readonly username: string;
  readonly password: string;
  /** Of s3. */
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
};
export const openToAll: Secret = { username: "", password: "", accessKeyId: "", secretAccessKey: "" };

/** Where a repository is, and what opens it; or why there can be none, with the code that ValidateRepo has for it. */
export type Access = { readonly url: string; readonly secret: Secret | null } | Refusal;
export type Refusal = { readonly rejected: string; readonly code: number; readonly kind: RejectionKind; readonly error: string };

/** Reads type, URL and credential as a person gave them; user and password leave the URL. */
export const accessOf = (type: string, given: string, credential: string): Access => {
  let address = given.trim();
  const schemeCode = schemes[type];
  if (schemeCode === undefined) return refuse(111, `type [${type}] is not http, https or s3`, "unsupported_parameter_value");
  if (!URL.canParse(address)) return refuse(107, `url [${withoutPassword(address)}] is no URL`, "illegal_url_format");
  const url = new URL(address);
  if (url.protocol !== `${type}:`) return refuse(schemeCode, `the url's scheme is not ${type}`, "scheme_not_match");
  if (url.hostname === "") return refuse(107, `url [${address}] names no host`, "illegal_url_format");
  const [username, password] = [decode(url.username), decode(url.password)];
  if (username + password !== "") {
    url.username = "";
    url.password = "";
    address = url.href;
  }
  if (type === "s3") {
    const keys = s3Keys(credential);
    return "rejected" in keys ? keys : { url: address, secret: { ...openToAll, ...keys } };
  }
  return { url: address, secret: username + password === "" ? null : { ...openToAll, username, password } };
};

/** The codes of a URL whose scheme is another one. */
const schemes: { readonly [type: string]: number } = { http: 108, https: 110, s3: 114 };

const s3Keys = (credential: string): Pick<Secret, "accessKeyId" | "secretAccessKey"> | Refusal => {
  const fields = parse(credential);
  if (fields === undefined) return refuse(103, "the credential is no JSON object", "credential_not_json");
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
const withoutPassword = (address: string): string => address.replace(/\/\/[^/]*@/, "//").slice(0, 200);
const refuse = (code: number, rejected: string, error: string): Refusal => ({ code, rejected, kind: "invalid", error });
