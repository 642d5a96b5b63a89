import { createHmac, hkdfSync, timingSafeEqual } from "node:crypto";
import type { PlatformKey } from "../process/settings.ts";

/** The header in which the gateway tells a service the network address of its caller. */
export const ADDRESS_HEADER = "pitrix-address";

/** An address with a proof that a process of the platform names it: a service may be reached without the gateway. */
export const provenAddress = ([current]: readonly PlatformKey[], address: string): string => {
  if (!current) throw new Error("there is no platform key");
  return `${address} ${proofOf(current, address).toString("base64url")}`;
};

/** The address in the header if its proof is good, otherwise the one at the other end of the connection. */
export const addressOf = (keys: readonly PlatformKey[], header: string | undefined, socket: string | undefined): string => {
  const [named = "", proof = ""] = header?.split(" ") ?? [];
  const given = Buffer.from(proof, "base64url");
  const isProven = keys.some((key) => {
    const expected = proofOf(key, named);
    return given.byteLength === expected.byteLength && timingSafeEqual(given, expected);
  });
  return networkOf(isProven ? named : (socket ?? ""));
};

const proofOf = ({ key }: PlatformKey, address: string): Buffer =>
  createHmac("sha256", new Uint8Array(hkdfSync("sha256", key, "pitrix", "address", 32)))
    .update(address)
    .digest();

/** Of an IPv6 address its /64, all of which one caller may have. */
export const networkOf = (address: string): string => {
  const [, ipv4] = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address) ?? [];
  if (ipv4 !== undefined || !address.includes(":")) return ipv4 ?? address;
  const [head = [], tail] = (address.split("%")[0] ?? "").split("::").map((part) => part.split(":").filter(Boolean));
  const zeros = tail ? Array(Math.max(0, 8 - head.length - tail.length)).fill("0") : [];
  const groups = [...head, ...zeros, ...(tail ?? [])].slice(0, 4).map((group) => Number.parseInt(group, 16).toString(16));
  return `${groups.join(":")}::/64`;
};
