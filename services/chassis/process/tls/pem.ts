import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";

/** The paths of certificate files, with the settings that name them; empty if not set. */
export type PemFiles = { readonly [role in Role]: { readonly setting: string; readonly path: string } };
type Role = "cert" | "key" | "ca";

/** The contents of the files, in the form that node:tls takes. */
export type Pem = { readonly [role in Role]?: string };

const expected = {
  cert: "a PEM file with a certificate that is valid today, and its intermediate certificates",
  key: "a PEM file with the private key of the certificate, without a passphrase",
  ca: "a PEM file with certificates of authorities, at least one of them valid today",
} as const;

/** Reads the files and returns their problems at this time, one per line. */
export const readPem = (files: PemFiles, now: number): { readonly pem: Pem; readonly problems: readonly string[] } => {
  const problems: string[] = [];
  const pem: { [role in Role]?: string } = {};
  const wrong = (role: Role, why: string): undefined => {
    problems.push(`${files[role].setting} is wrong: ${files[role].path} ${why}; expected ${expected[role]}`);
  };
  const read = (role: Role): string | undefined => {
    if (files[role].path === "") return undefined;
    try {
      pem[role] = readFileSync(files[role].path, "utf8");
      return pem[role];
    } catch (error) {
      const code: unknown = Reflect.get(Object(error), "code");
      return wrong(role, code === "ENOENT" ? "does not exist" : `cannot be read (${String(code)})`);
    }
  };
  const certificates = (role: "cert" | "ca", text: string | undefined): readonly X509Certificate[] => {
    if (text === undefined) return [];
    const found = certificatesIn(text);
    if (found.length === 0) wrong(role, "holds no certificate");
    return found;
  };

  const [own] = certificates("cert", read("cert"));
  const known = certificates("ca", read("ca"));
  const text = read("key");
  const key = text === undefined ? undefined : privateKeyIn(text);
  const date = own && problemOfDates(own, now);
  if (date) wrong("cert", date);
  if (known.length > 0 && known.every((each) => problemOfDates(each, now))) wrong("ca", "holds only certificates that are not valid today");
  if (text !== undefined && !key) wrong("key", "holds no valid private key");
  if (own && key && !own.checkPrivateKey(key)) wrong("key", `is not the key of ${files.cert.path}`);
  for (const [one, other] of [
    ["cert", "key"],
    ["key", "cert"],
  ] as const)
    if (files[one].path !== "" && files[other].path === "")
      problems.push(`${files[other].setting} is missing, since ${files[one].setting} is set: expected ${expected[other]}`);
  return { pem, problems };
};

const certificatesIn = (text: string): readonly X509Certificate[] => {
  try {
    return (text.match(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g) ?? []).map((each) => new X509Certificate(each));
  } catch {
    return [];
  }
};

const privateKeyIn = (text: string): KeyObject | undefined => {
  try {
    return createPrivateKey(text);
  } catch {
    return undefined;
  }
};

const problemOfDates = ({ validFrom, validTo }: X509Certificate, now: number): string | undefined => {
  if (Date.parse(validTo) < now) return `expired on ${validTo}`;
  return Date.parse(validFrom) > now ? `is not valid before ${validFrom}` : undefined;
};
