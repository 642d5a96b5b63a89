import { createCipheriv, createDecipheriv } from "node:crypto";
import type { PlatformKey } from "../process/settings.ts";

/** A data key as it lies on `pitrix.keys`: wrapped by a platform key. */
export type WrappedKey = { readonly platformKey: string; readonly wrapped: string };

const IV = 12;
const TAG = 16;
const VERSION = "v1";

/** AES-256-GCM; the name is bound in, so that a ciphertext cannot pass for another's. */
const encrypt = (key: Uint8Array, name: string, bytes: Uint8Array, iv: Uint8Array): Buffer => {
  const cipher = createCipheriv("aes-256-gcm", key, iv).setAAD(Buffer.from(name));
  return Buffer.concat([cipher.update(bytes), cipher.final(), cipher.getAuthTag()]);
};
const decrypt = (key: Uint8Array, name: string, bytes: Uint8Array, iv: Uint8Array): Buffer => {
  const decipher = createDecipheriv("aes-256-gcm", key, iv).setAAD(Buffer.from(name));
  decipher.setAuthTag(bytes.subarray(-TAG));
  return Buffer.concat([decipher.update(bytes.subarray(0, -TAG)), decipher.final()]);
};

export const wrap = ({ id, key }: PlatformKey, keyId: string, dataKey: Uint8Array, iv: Uint8Array): WrappedKey => ({
  platformKey: id,
  wrapped: Buffer.concat([iv, encrypt(key, keyId, dataKey, iv)]).toString("base64url"),
});

/** Throws if the platform key is not among those that this process has. */
export const unwrap = (keys: readonly PlatformKey[], keyId: string, { platformKey, wrapped }: WrappedKey): Uint8Array => {
  const by = keys.find(({ id }) => id === platformKey);
  if (!by) throw new Error(`data key ${keyId} is wrapped by the platform key ${platformKey}, which is not among PITRIX_SEALING_KEYS`);
  const bytes = Buffer.from(wrapped, "base64url");
  return decrypt(by.key, keyId, bytes.subarray(IV), bytes.subarray(0, IV));
};

/** `v1.<keyId>.<iv>.<ciphertext and tag>`, in base64url. */
export const sealWith = (dataKey: Uint8Array, keyId: string, secret: string, iv: Uint8Array): string =>
  [
    VERSION,
    keyId,
    Buffer.from(iv).toString("base64url"),
    encrypt(dataKey, keyId, Buffer.from(secret, "utf8"), iv).toString("base64url"),
  ].join(".");

export const openWith = (dataKey: Uint8Array, sealed: string): string => {
  const [, keyId = "", iv = "", bytes = ""] = sealed.split(".");
  return decrypt(dataKey, keyId, Buffer.from(bytes, "base64url"), Buffer.from(iv, "base64url")).toString("utf8");
};

/** The data key of a sealed text. Throws if it is none. */
export const keyIdOf = (sealed: string): string => {
  const [, keyId] = /^v1\.([\w-]+)\.[\w-]{16}\.[\w-]{22,}$/.exec(sealed) ?? [];
  if (!keyId) throw new Error("this is no sealed text");
  // In bytes of its own: a part of a text keeps the whole text in memory, and the id outlives the secret.
  return Buffer.from(keyId).toString();
};

export const wrappedIn = (value: Uint8Array): WrappedKey | undefined => {
  try {
    const { platformKey, wrapped } = JSON.parse(Buffer.from(value).toString("utf8"));
    return typeof platformKey === "string" && typeof wrapped === "string" ? { platformKey, wrapped } : undefined;
  } catch {
    return undefined;
  }
};
