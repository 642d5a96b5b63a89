import { createHmac, hkdfSync } from "node:crypto";
import type { CauseCipher } from "../../../events/index.ts";
import type { PlatformKey } from "../process/settings.ts";
import { decrypt, encrypt, IV } from "./aes-gcm.ts";

/** Sealed causes have one of few lengths, so that their length tells nothing. */
const BLOCK = 64;
const NAME = "cause";

/**
 * Seals causes with the platform key. The initialization vector is a MAC of the cause: the same cause has the same text, and two causes never share
 * a vector.
 */
export const causeCipher = (keys: readonly PlatformKey[]): CauseCipher => {
  const all = keys.map(({ id, key }) => ({ id, cipher: derived(key, "cause cipher"), vector: derived(key, "cause vector") }));
  return {
    seal: (cause) => {
      const [current] = all;
      if (!current) throw new Error("there is no platform key");
      const text = Buffer.from(cause);
      const padded = Buffer.alloc(BLOCK * Math.ceil((text.byteLength + 1) / BLOCK));
      text.copy(padded);
      const iv = createHmac("sha256", current.vector).update(text).digest().subarray(0, IV);
      return `${current.id}.${Buffer.concat([iv, encrypt(current.cipher, iv, padded, NAME)]).toString("base64url")}`;
    },
    open: (sealed) => {
      const at = sealed.indexOf(".");
      const key = all.find(({ id }) => id === sealed.slice(0, at));
      if (!key) return undefined;
      const bytes = Buffer.from(sealed.slice(at + 1), "base64url");
      try {
        const padded = decrypt(key.cipher, bytes.subarray(0, IV), bytes.subarray(IV), NAME);
        return padded.subarray(0, padded.indexOf(0)).toString();
      } catch {
        return undefined;
      }
    },
  };
};

const derived = (key: Uint8Array, purpose: string): Uint8Array => new Uint8Array(hkdfSync("sha256", key, "", purpose, 32));
