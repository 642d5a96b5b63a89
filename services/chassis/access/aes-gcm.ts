import { createCipheriv, createDecipheriv } from "node:crypto";

const ALGORITHM = "aes-256-gcm";
const TAG = 16;

/** The length in bytes of the initialization vector, which must never repeat with the same key. */
export const IV = 12;

/** Returns ciphertext and tag. The name is authenticated, so that a ciphertext cannot be used under another name. */
export const encrypt = (key: Uint8Array, iv: Uint8Array, bytes: Uint8Array, name = ""): Buffer => {
  const cipher = createCipheriv(ALGORITHM, key, iv).setAAD(Buffer.from(name));
  return Buffer.concat([cipher.update(bytes), cipher.final(), cipher.getAuthTag()]);
};

/** Throws unless key, initialization vector and name match the encryption and the ciphertext is unchanged. */
export const decrypt = (key: Uint8Array, iv: Uint8Array, bytes: Uint8Array, name = ""): Buffer => {
  const decipher = createDecipheriv(ALGORITHM, key, iv, { authTagLength: TAG }).setAAD(Buffer.from(name));
  decipher.setAuthTag(bytes.subarray(-TAG));
  return Buffer.concat([decipher.update(bytes.subarray(0, -TAG)), decipher.final()]);
};
