import { createHmac, hkdfSync, timingSafeEqual } from "node:crypto";
import type { PlatformKey } from "./settings.ts";

/** What a proof binds: the instance, when it was announced, and what was said of it. */
type Announced = { readonly instance: string; readonly beat: string; readonly value: Uint8Array | null };

const codeOf = ({ key }: PlatformKey, { instance, beat, value }: Announced): Buffer =>
  createHmac("sha256", new Uint8Array(hkdfSync("sha256", key, "pitrix", "announcement", 32)))
    .update(`${instance}\n${beat}\n${value ? "is" : "leaves"}\n`)
    .update(value ?? "")
    .digest();

/** Proves that an announcement was made by a process of the platform: it has the platform key. */
export const announcementProof = ([current]: readonly PlatformKey[], announced: Announced): string => {
  if (!current) throw new Error("there is no platform key");
  return codeOf(current, announced).toString("base64url");
};

export const isProven = (keys: readonly PlatformKey[], announced: Announced, proof = ""): boolean => {
  const given = Buffer.from(proof, "base64url");
  return keys.some((key) => {
    const code = codeOf(key, announced);
    return given.byteLength === code.byteLength && timingSafeEqual(given, code);
  });
};
