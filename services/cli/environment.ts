import { existsSync, readFileSync } from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";
import { CommandFailed, exitCodes } from "../chassis/operator/failure.ts";
import type { Environment } from "../chassis/process/config.ts";
import type { Setting } from "../chassis/process/setting.ts";
import { type PlatformKey, settings } from "../chassis/process/settings.ts";
import { tlsSettings } from "../chassis/process/tls/settings.ts";
import { type TlsValues, tlsProblems } from "../chassis/process/tls/transport-security.ts";

/** The settings of a connection to the platform. */
export type Setup = {
  readonly brokers: readonly string[] | undefined;
  readonly keys: readonly PlatformKey[] | undefined;
  /** An administrator's access token, used instead of the platform key. */
  readonly token: string | undefined;
  /** Asked in the place of services and Kafka; undefined: none is named, or none is to be asked. */
  readonly gateway: { readonly url: string; readonly token: string } | undefined;
  /** The URLs of the services; undefined if they are discovered on Kafka. */
  readonly services: ReadonlyMap<string, readonly string[]> | undefined;
  readonly tls: TlsValues;
  /** The caller's name in the audit records of redrives and discards. */
  readonly by: string;
};

/** Reads the environment; values that it does not set come from the platform that runs in the directory. */
export const readSetup = (environment: Environment, directory: string, isDirect = false): Setup => {
  const read = <T>({ name, expected, parse }: Setting<T>): T | undefined => {
    const text = environment[name]?.trim();
    if (!text) return undefined;
    const value = parse(text);
    if (value === undefined) throw new CommandFailed(`${name} is wrong: expected ${expected}`, exitCodes.settings);
    return value;
  };
  const given = read(settings.brokers);
  const local = given ? undefined : localPlatform(directory);
  const { sealingKeys, kafka } = (local && json(join(directory, "secrets.json"))) ?? {};
  const known = read(settings.sealingKeys) ?? (typeof sealingKeys === "string" ? settings.sealingKeys.parse(sealingKeys) : undefined);
  const brokers = given ?? local?.brokers;
  const password: unknown = local?.kafkaUser && Reflect.get(Object(kafka), local.kafkaUser);
  const login = typeof password === "string" ? { KAFKA_SASL: `plain:${local?.kafkaUser}:${password}` } : {};
  return {
    brokers,
    keys: known,
    token: environment.PITRIX_TOKEN?.trim() || undefined,
    gateway: isDirect ? undefined : gatewayIn(environment),
    services: environment.PITRIX_DISCOVERY === "static" || environment.PITRIX_SERVICES ? read(settings.services) : local?.services,
    tls: readTls({ ...login, ...environment }, brokers ?? []),
    by: `cli:${userName()}`,
  };
};

const gatewayIn = (environment: Environment): Setup["gateway"] => {
  const [url, token] = [environment.PITRIX_URL?.trim().replace(/\/+$/, ""), environment.PITRIX_TOKEN?.trim()];
  if (!url) return undefined;
  if (!/^https?:\/\/[^/?#]+$/.test(url))
    throw new CommandFailed("PITRIX_URL is wrong: expected the address of the gateway, https://host:port", exitCodes.settings);
  if (!token)
    throw new CommandFailed("set PITRIX_TOKEN to an administrator's access token for the gateway, or use --direct", exitCodes.settings);
  return { url, token };
};

const readTls = (environment: Environment, brokers: readonly string[]): TlsValues => {
  const problems: string[] = [];
  const read = ([field, { name, expected, fallback, parse }]: [string, Setting<unknown>]) => {
    const value = parse(environment[name]?.trim() || (fallback ?? ""));
    if (value === undefined) problems.push(`${name} is wrong: expected ${expected}`);
    return [field, value];
  };
  const values = Object.fromEntries(Object.entries<Setting<unknown>>(tlsSettings).map(read)) as TlsValues; // One field for each setting; an invalid value throws below.
  const all = problems.length > 0 ? problems : tlsProblems(values, brokers, Date.now());
  if (all.length > 0) throw new CommandFailed(all.join("\n"), exitCodes.settings);
  return values;
};

const localPlatform = (directory: string): (Pick<Setup, "brokers" | "services"> & { readonly kafkaUser?: string }) | undefined => {
  // `make up` writes the running services to this file.
  const { services, brokers, kafkaUser } = json(join(directory, "platform.json")) ?? {};
  if (services === null || typeof services !== "object") return undefined;
  return {
    brokers: Array.isArray(brokers) && brokers.length > 0 ? brokers.map(String) : undefined,
    ...(typeof kafkaUser === "string" && { kafkaUser }),
    services: new Map(Object.entries(services).map(([name, url]) => [name, [String(url)]])),
  };
};

const json = (file: string): { readonly [field: string]: unknown } | undefined => {
  try {
    const value: unknown = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : undefined;
    return value !== null && typeof value === "object" ? { ...value } : undefined;
  } catch {
    return undefined;
  }
};

const userName = (): string => {
  try {
    return userInfo().username;
  } catch {
    return "unknown";
  }
};
