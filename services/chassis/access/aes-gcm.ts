import { createCipheriv, createDecipheriv } from "node:crypto";

const ALGORITHM = "aes-256-gcm";
const TAG = 16;

/** Bytes of the random value that every encryption takes, never the same twice with one key. */
export const IV = 12;

/** Ciphertext and tag. A name is bound in, so that a ciphertext cannot pass for another's. */
export const encrypt = (key: Uint8Array, iv: Uint8Array, bytes: Uint8Array, name = ""): Buffer => {
  const cipher = createCipheriv(ALGORITHM, key, iv).setAAD(Buffer.from(name));
  return Buffer.concat([cipher.update(bytes), cipher.final(), cipher.getAuthTag()]);
};

/** Throws unless key, random value and name are those of the encryption and no bit was changed. */
export const decrypt = (key: Uint8Array, iv: Uint8Array, bytes: Uint8Array, name = ""): Buffer => {
  const decipher = createDecipheriv(ALGORITHM, key, iv, { authTagLength: TAG }).setAAD(Buffer.from(name));
  decipher.setAuthTag(bytes.subarray(-TAG));
  return Buffer.concat([decipher.update(bytes.subarray(0, -TAG)), decipher.final()]);
};
