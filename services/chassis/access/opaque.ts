import { createHmac, hkdfSync } from "node:crypto";
import type { PlatformKey } from "../process/settings.ts";
import { decrypt, encrypt, IV } from "./aes-gcm.ts";

/** Characters that an opaque text may have: it travels in headers. */
export const LONGEST = 8_192;

/**
 * Texts that only the platform can make and read: the same one for the same content, since the initialization vector is a MAC of it. `close` throws
 * where a text would be too long; `open` gives undefined for what is none.
 */
export const opaque = (keys: readonly PlatformKey[], purpose: string) => {
  const derived = ({ key }: PlatformKey, use: string) => new Uint8Array(hkdfSync("sha256", key, "pitrix", `${purpose}: ${use}`, 32));
  const pairs = keys.map((key) => ({ content: derived(key, "content"), vector: derived(key, "initialization vector") }));
  const [current] = pairs;
  if (!current) throw new Error("there is no platform key");
  return {
    close: (content: Uint8Array): string => {
      const iv = createHmac("sha256", current.vector).update(content).digest().subarray(0, IV);
      const text = Buffer.concat([iv, encrypt(current.content, iv, content)]).toString("base64url");
      if (text.length > LONGEST)
        throw new Error(`the ${purpose} has ${text.length} characters, more than the ${LONGEST} that a header takes`);
      return text;
    },
    open: (text: string): Buffer | undefined => {
      if (text.length > LONGEST) return undefined;
      const bytes = Buffer.from(text, "base64url");
      // A text has one form only.
      if (bytes.toString("base64url") !== text) return undefined;
      for (const { content } of pairs) {
        try {
          return decrypt(content, bytes.subarray(0, IV), bytes.subarray(IV));
        } catch {}
      }
      return undefined;
    },
  };
};
export type Opaque = ReturnType<typeof opaque>;
