import { createPrivateKey, X509Certificate } from "node:crypto";

/** Certificates of a credential, in PEM; empty texts for none. */
export type Certificates = {
  /** Authorities by which the repository's server is verified, instead of those that are known everywhere. */
  readonly ca: string;
  /** With intermediate ones after it, if there are any. */
  readonly clientCertificate: string;
  readonly clientKey: string;
};

/** Why these certificates cannot be used at this time, in milliseconds since 1970; undefined if they can. */
export const wrongInCertificates = ({ ca, clientCertificate, clientKey }: Certificates, now: number): string | undefined => {
  if ((clientCertificate === "") !== (clientKey === "")) return "client_certificate and client_key belong together";
  const [authorities, own] = [certificatesIn(ca), certificatesIn(clientCertificate)];
  const isOver = ({ validTo }: X509Certificate): boolean => Date.parse(validTo) <= now;
  if (ca !== "" && !authorities) return "ca does not hold certificates in PEM";
  if (authorities?.every(isOver)) return "the certificates in ca have expired";
  if (clientCertificate === "") return undefined;
  const [leaf] = own ?? [];
  if (!leaf) return "client_certificate does not hold a certificate in PEM";
  if (isOver(leaf)) return "client_certificate has expired";
  const key = keyIn(clientKey);
  if (!key) return "client_key is not a private key in PEM without a password";
  return leaf.checkPrivateKey(key) ? undefined : "client_key is not the key of client_certificate";
};

/** The certificates in a text that holds nothing else in PEM; undefined if there are none, or one cannot be read. */
const certificatesIn = (pem: string): readonly X509Certificate[] | undefined => {
  const blocks = pem.match(/-----BEGIN [^-]*-----[^-]*-----END [^-]*-----/g) ?? [];
  try {
    const read = blocks.map((block) => new X509Certificate(block));
    return read.length === 0 ? undefined : read;
  } catch {
    return undefined;
  }
};

const keyIn = (pem: string) => {
  try {
    return createPrivateKey(pem);
  } catch {
    return undefined;
  }
};
