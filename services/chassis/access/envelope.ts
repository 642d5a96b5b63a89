import { isSealed, type Sealed } from "../../../events/index.ts";
import type { PlatformKey } from "../process/settings.ts";
import { decrypt, encrypt, IV } from "./aes-gcm.ts";

/** A data key on the topic of its service, wrapped by a platform key. */
export type WrappedKey = { readonly platformKey: string; readonly wrapped: string };

/** Where a secret belongs: the stream whose event holds it, and the field. It opens nowhere else. */
export type SecretLocation = { readonly stream: string; readonly field: string };

export const wrap = ({ id, key }: PlatformKey, keyId: string, dataKey: Uint8Array, iv: Uint8Array): WrappedKey => ({
  platformKey: id,
  wrapped: Buffer.concat([iv, encrypt(key, iv, dataKey, keyId)]).toString("base64url"),
});

/** Throws if this process does not have the platform key. */
export const unwrap = (keys: readonly PlatformKey[], keyId: string, { platformKey, wrapped }: WrappedKey): Uint8Array => {
  const by = keys.find(({ id }) => id === platformKey);
  if (!by) throw new Error(`data key ${keyId} is wrapped by the platform key ${platformKey}, which is not among PITRIX_SEALING_KEYS`);
  const bytes = Buffer.from(wrapped, "base64url");
  return decrypt(by.key, bytes.subarray(0, IV), bytes.subarray(IV), keyId);
};

/** `v2.<keyId>.<iv>.<ciphertext and tag>`, in base64url. The ciphertext authenticates the key id and the location. */
export const sealWith = (dataKey: Uint8Array, keyId: string, secret: string, location: SecretLocation, iv: Uint8Array): Sealed => {
  const bytes = encrypt(dataKey, iv, Buffer.from(secret, "utf8"), associatedData("v2", keyId, location));
  return asSealed(["v2", keyId, Buffer.from(iv).toString("base64url"), bytes.toString("base64url")].join("."));
};

/** Throws if the text was sealed for another location. A text of version 1 does not say its location: the caller checks it. */
export const openWith = (dataKey: Uint8Array, sealed: Sealed, location: SecretLocation): string => {
  const [version = "", keyId = "", iv = "", bytes = ""] = sealed.split(".");
  const data = associatedData(version, keyId, location);
  return decrypt(dataKey, Buffer.from(iv, "base64url"), Buffer.from(bytes, "base64url"), data).toString("utf8");
};

const associatedData = (version: string, keyId: string, { stream, field }: SecretLocation): string =>
  version === "v1" ? keyId : JSON.stringify([keyId, stream, field]);

/** Throws if the text is not sealed. Nothing but this makes a `Sealed`. */
export const asSealed = (text: string): Sealed => {
  if (!isSealed(text)) throw new Error("the text is not sealed");
  return text;
};

/** The id of the data key of a sealed text. */
export const keyIdOf = (sealed: Sealed): string => {
  const [, keyId = ""] = sealed.split(".", 2);
  // Copied: a substring keeps the whole text in memory, and the id outlives the secret.
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
