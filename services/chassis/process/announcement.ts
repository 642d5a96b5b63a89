import { createHmac, hkdfSync, timingSafeEqual } from "node:crypto";
import type { PlatformKey } from "./settings.ts";

/** What a proof binds: the instance, when it was announced, and what was said of it. */
type Announced = { readonly instance: string; readonly beat: string; readonly value: Uint8Array | null };

const derived = new WeakMap<PlatformKey, Uint8Array>();
const announcementKey = (platformKey: PlatformKey): Uint8Array => {
  const known = derived.get(platformKey) ?? new Uint8Array(hkdfSync("sha256", platformKey.key, "pitrix", "announcement", 32));
  derived.set(platformKey, known);
  return known;
};

const codeOf = (key: PlatformKey, { instance, beat, value }: Announced): Buffer =>
  createHmac("sha256", announcementKey(key))
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
