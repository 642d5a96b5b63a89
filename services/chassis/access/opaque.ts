import { createHmac, hkdfSync } from "node:crypto";
import type { PlatformKey } from "../process/settings.ts";
import { decrypt, encrypt, IV } from "./aes-gcm.ts";

/** Characters that an opaque text may have. */
const LONGEST = 4_096;

/**
 * Texts that only the platform can make and read: the same one for the same content, since the initialization vector is a MAC of it. `open` gives
 * undefined for any other text.
 */
export const opaque = (keys: readonly PlatformKey[], purpose: string) => {
  const derived = ({ key }: PlatformKey, use: string) => new Uint8Array(hkdfSync("sha256", key, "pitrix", `${purpose}: ${use}`, 32));
  const pairs = keys.map((key) => ({ content: derived(key, "content"), vector: derived(key, "initialization vector") }));
  const [current] = pairs;
  if (!current) throw new Error("there is no platform key");
  return {
    close: (content: string): string => {
      const iv = createHmac("sha256", current.vector).update(content).digest().subarray(0, IV);
      return Buffer.concat([iv, encrypt(current.content, iv, Buffer.from(content))]).toString("base64url");
    },
    open: (text: string): string | undefined => {
      if (text.length > LONGEST) return undefined;
      const bytes = Buffer.from(text, "base64url");
      // A text has one form only.
      if (bytes.toString("base64url") !== text) return undefined;
      for (const { content } of pairs) {
        try {
          return decrypt(content, bytes.subarray(0, IV), bytes.subarray(IV)).toString();
        } catch {}
      }
      return undefined;
    },
  };
};
export type Opaque = ReturnType<typeof opaque>;
