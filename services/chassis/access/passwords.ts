import { createHmac, randomBytes, scrypt, timingSafeEqual } from "node:crypto";
import { Outage } from "../../../events/index.ts";
import { lruCache } from "../../../events/runtime.ts";

const N = 16_384;
const R = 8;
const P = 1;
const LENGTH = 32;

/** Slow hashes of this process at once: half of Node's threads, so that files, names and compression do not wait for them. */
const AT_ONCE = 2;
/** Hashes that may wait, for up to about two seconds. */
const WAITING = 64;
let running = 0;
const waiting: (() => void)[] = [];

/** Throws an Outage if too many wait already. */
const pooled = async <T>(work: () => Promise<T>): Promise<T> => {
  if (running < AT_ONCE) running += 1;
  else if (waiting.length < WAITING) await new Promise<void>((admit) => waiting.push(admit));
  else throw new Outage("too many passwords are checked at once");
  try {
    return await work();
  } finally {
    const next = waiting.shift();
    if (next) next();
    else running -= 1;
  }
};

const derive = (password: string, salt: Uint8Array, n: number, r: number, p: number, length: number): Promise<Buffer> =>
  pooled(
    () =>
      new Promise((resolve, reject) =>
        scrypt(password.normalize("NFKC"), salt, length, { N: n, r, p, maxmem: 256 * n * r }, (error, key) =>
          error ? reject(error) : resolve(key),
        ),
      ),
  );

/** A slow one-way hash with its salt and cost, `scrypt$N$r$p$salt$hash`. */
export const hashPassword = async (password: string): Promise<string> => {
  const salt = randomBytes(16);
  const key = await derive(password, salt, N, R, P, LENGTH);
  return `scrypt$${N}$${R}$${P}$${salt.toString("base64url")}$${key.toString("base64url")}`;
};

const FORMAT = /^scrypt\$(\d{2,7})\$(\d{1,2})\$(\d{1,2})\$([\w-]+)\$([\w-]+)$/;
/** A hash that no password has. */
const NOBODYS = FORMAT.exec(`scrypt$${N}$${R}$${P}$AAAAAAAAAAAAAAAAAAAAAA$${"A".repeat(43)}`);

/** Takes constant time. A hash in another format, such as that of an account that does not exist, takes as long and matches no password. */
export const verifyPassword = async (password: string, hash: string): Promise<boolean> => {
  const [, n, r, p, salt = "", key = ""] = FORMAT.exec(hash) ?? NOBODYS ?? [];
  const expected = Buffer.from(key, "base64url");
  const given = await derive(password, Buffer.from(salt, "base64url"), Number(n), Number(r), Number(p), expected.byteLength);
  return timingSafeEqual(given, expected);
};

/** Secrets of programs that were right, by a hash with a key that only this process has. */
const right = lruCache<true>(1_000);
const processKey = randomBytes(32);
const nameOf = (secret: string, hash: string): string => createHmac("sha256", processKey).update(`${hash} ${secret}`).digest("base64url");

/** Whether the secret of a program was right before in this process. It comes with every request of the program, and so costs nothing. */
export const wasRight = (secret: string, hash: string): boolean => right.get(nameOf(secret, hash)) === true;
export const rememberRight = (secret: string, hash: string): void => {
  right.set(nameOf(secret, hash), true);
};
