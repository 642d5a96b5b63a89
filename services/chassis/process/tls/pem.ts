import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";

/** Where certificates stand, by the settings that say so; empty: not given. */
export type PemFiles = { readonly [role in Role]: { readonly setting: string; readonly path: string } };
type Role = "cert" | "key" | "ca";

/** What the files hold, as node:tls takes it. */
export type Pem = { readonly [role in Role]?: string };

const expected = {
  cert: "a PEM file with a certificate that is good today, and those between it and its authority",
  key: "a PEM file with the private key of the certificate, without a passphrase",
  ca: "a PEM file with certificates of authorities, one of them good today",
} as const;

/** Reads the files and tells, a line each, what is wrong with them at this time. */
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
      return wrong(role, code === "ENOENT" ? "is not there" : `cannot be read (${String(code)})`);
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
  if (known.length > 0 && known.every((each) => problemOfDates(each, now))) wrong("ca", "holds only certificates that are not good today");
  if (text !== undefined && !key) wrong("key", "holds no such key");
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
  return Date.parse(validFrom) > now ? `is not good before ${validFrom}` : undefined;
};
