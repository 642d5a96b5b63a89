import { readFileSync, writeFileSync } from "node:fs";

/** The PEM files of the store: its certificate with its key, and whose certificates both sides trust. */
export type StoreTls = {
  readonly cert: string;
  readonly key: string;
  readonly ca: string;
  /** What clients show; where it is given, they must. Certificate and key in one file, as MongoDB's drivers want them. */
  readonly client?: string;
};

/** The flags of a server that speaks TLS only. Writes its certificate and key into one file, as mongod expects them. */
export const tlsFlags = ({ cert, key, ca, client }: StoreTls, file: string): readonly string[] => {
  writeFileSync(file, `${readFileSync(key, "utf8")}\n${readFileSync(cert, "utf8")}`, { mode: 0o600 });
  const flags = ["--tlsMode", "requireTLS", "--tlsCertificateKeyFile", file, "--tlsCAFile", ca];
  return client ? flags : [...flags, "--tlsAllowConnectionsWithoutCertificates"];
};

/** The TLS options of a client's address. */
export const tlsOptions = (tls: StoreTls | undefined): Readonly<Record<string, string>> =>
  tls ? { tls: "true", tlsCAFile: tls.ca, ...(tls.client && { tlsCertificateKeyFile: tls.client }) } : {};
