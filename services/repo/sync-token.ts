import { timingSafeEqual } from "node:crypto";
import { digestOf } from "../packages/archive.ts";

/** SHA-256 in hex. A token has 256 random bits, so that nobody finds it by its digest. */
export const tokenDigest = (token: string): string => digestOf(new TextEncoder().encode(token));

/** Whether this is the token with this digest. Takes the same time whatever the digest is, also if it is empty: then no token is right. */
export const isToken = (token: string, digest: string): boolean => {
  const known = digest === "" ? NONE : digest;
  return timingSafeEqual(Buffer.from(tokenDigest(token), "hex"), Buffer.from(known, "hex")) && digest !== "";
};
const NONE = "0".repeat(64);
