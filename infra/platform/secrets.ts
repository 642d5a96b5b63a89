import { randomBytes } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { kafkaUsers } from "./kafka.ts";

/** The secrets of a platform on this machine. The first start creates them; only their owner can read them. */
export type Secrets = {
  readonly sealingKeys: string;
  /** The client of operators, and the one for logins. */
  readonly client: { readonly id: string; readonly secret: string };
  readonly loginClient: { readonly id: string; readonly secret: string };
  readonly administrator: { readonly email: string; readonly password: string };
  readonly localToken: string;
  /** The password of each service's database. */
  readonly databases: { readonly [service: string]: string };
  /** The password of each user of Kafka. */
  readonly kafka: { readonly [user: string]: string };
};

/** Reads a platform's secrets and creates missing ones. `fresh`: this call created them. */
export const secretsOf = (directory: string, services: readonly string[]): Secrets & { readonly fresh: boolean } => {
  const file = join(directory, "secrets.json");
  const kept: Partial<Secrets> = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : {};
  const token = (bytes: number) => randomBytes(bytes).toString("base64url");
  const secrets: Secrets = {
    sealingKeys: kept.sealingKeys ?? `k1:${randomBytes(32).toString("base64")}`,
    client: kept.client ??
      fromEnvironment("PITRIX_BOOTSTRAP_CLIENT", (id, secret) => ({ id, secret })) ?? { id: `client-${token(6)}`, secret: token(24) },
    loginClient: kept.loginClient ??
      fromEnvironment("PITRIX_BOOTSTRAP_LOGIN_CLIENT", (id, secret) => ({ id, secret })) ?? { id: `client-${token(6)}`, secret: token(24) },
    administrator: kept.administrator ??
      fromEnvironment("PITRIX_BOOTSTRAP_ADMIN", (email, password) => ({ email, password })) ?? {
        email: "admin@pitrix.local",
        password: token(12),
      },
    localToken: kept.localToken ?? token(24),
    databases: Object.fromEntries(services.map((service) => [service, kept.databases?.[service] ?? token(18)])),
    kafka: Object.fromEntries(kafkaUsers(services).map((user) => [user, kept.kafka?.[user] ?? token(18)])),
  };
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  // Closed to everybody else, whatever the modes of the files in it are, and also if it was there before.
  chmodSync(directory, 0o700);
  writeFileSync(`${file}.new`, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
  return { ...secrets, fresh: kept.client === undefined };
};

const fromEnvironment = <T>(name: string, make: (first: string, second: string) => T): T | undefined => {
  const [first = "", ...rest] = (process.env[name] ?? "").split(":");
  return first && rest.length > 0 ? make(first, rest.join(":")) : undefined;
};
