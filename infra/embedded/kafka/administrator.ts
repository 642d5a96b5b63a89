import { randomBytes } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { isRecord, readJson, writeJson } from "../files.ts";
import type { KafkaConnection } from "./connection.ts";
import type { KafkaUser } from "./settings.ts";

const fileOf = (directory: string): string => join(directory, "administrator.json");

/** The administrator of a directory's cluster; undefined if nothing was ever started there. */
export const readAdministrator = (directory: string): KafkaUser | undefined => {
  const content = readJson(fileOf(directory));
  const { name, password } = isRecord(content) ? content : {};
  return typeof name === "string" && typeof password === "string" ? { name, password } : undefined;
};

/** The same, made at the first start. Readable by the user of this machine only. */
export const administratorOf = (directory: string): KafkaUser => {
  const known = readAdministrator(directory);
  if (known) return known;
  const made = { name: "admin", password: randomBytes(18).toString("base64url") };
  mkdirSync(directory, { recursive: true });
  writeJson(fileOf(directory), made, 0o600);
  return made;
};

export const plainLogin = ({ name, password }: KafkaUser): Required<Pick<KafkaConnection, "sasl">> => ({
  sasl: { mechanism: "plain", username: name, password },
});
