import { randomBytes, scrypt, timingSafeEqual } from "node:crypto";

const N = 16_384;
const R = 8;
const P = 1;
const LENGTH = 32;

const derive = (password: string, salt: Uint8Array, n: number, r: number, p: number, length: number): Promise<Buffer> =>
  new Promise((resolve, reject) =>
    scrypt(password.normalize("NFKC"), salt, length, { N: n, r, p, maxmem: 256 * n * r }, (error, key) =>
      error ? reject(error) : resolve(key),
    ),
  );

/** A slow one-way hash with its salt and cost, `scrypt$N$r$p$salt$hash`. */
export const hashPassword = async (password: string): Promise<string> => {
  const salt = randomBytes(16);
  const key = await derive(password, salt, N, R, P, LENGTH);
  return `scrypt$${N}$${R}$${P}$${salt.toString("base64url")}$${key.toString("base64url")}`;
};

/** Takes constant time. A hash in another format matches no password. */
export const verifyPassword = async (password: string, hash: string): Promise<boolean> => {
  const [, n, r, p, salt = "", key = ""] = /^scrypt\$(\d{2,7})\$(\d{1,2})\$(\d{1,2})\$([\w-]+)\$([\w-]+)$/.exec(hash) ?? [];
  if (!key) return false;
  const expected = Buffer.from(key, "base64url");
  const given = await derive(password, Buffer.from(salt, "base64url"), Number(n), Number(r), Number(p), expected.byteLength);
  return timingSafeEqual(given, expected);
};
