import { createHash, createHmac, hkdfSync } from "node:crypto";
import { decrypt, encrypt, IV } from "../access/aes-gcm.ts";
import type { PlatformKey } from "../process/settings.ts";

/** What a request with an idempotency key is known by: the same principal, operation and key again. */
export type Idempotency = {
  readonly scope: string;
  readonly causeOf: (item: number, message: number) => string;
  /** What is kept with a commit: a keyed hash of the request, how many messages its item has, and the answer, unreadable to others. */
  readonly note: (messages: number, answer: unknown) => string;
  readonly read: (note: string | null) => StoredResponse | undefined;
  /** The same bytes for the same name. */
  readonly bytes: (name: string) => Uint8Array;
};
export type StoredResponse = { readonly request: boolean; readonly messages: number; readonly answer: unknown };

export const idempotency = (
  keys: readonly PlatformKey[],
  principal: string,
  operation: string,
  key: string,
  request: object,
  random: (bytes: number) => Uint8Array,
): Idempotency => {
  const scope = hash(JSON.stringify([principal, operation, key]));
  const body = canonical(request);
  const [current] = keys;
  if (!current) throw new Error("there is no platform key");
  return {
    scope,
    causeOf: (item, message) => (message === 0 ? `${scope}/${item}` : `${scope}/${item}.${message}`),
    note: (messages, answer) =>
      `${fingerprint(current, scope, body)} ${messages} ${encrypted(current, scope, JSON.stringify(answer ?? null), random(IV))}`,
    read: (note) => {
      const [kept = "", messages = "", answer = ""] = note?.split(" ") ?? [];
      if (kept === "") return undefined;
      const key = keys.find(({ id }) => id === answer.slice(0, answer.indexOf(".")));
      // Earlier releases kept a plain hash.
      const isSame = !key || kept === fingerprint(key, scope, body) || kept === hash(body);
      return { request: isSame, messages: Number(messages), answer: key ? JSON.parse(decrypted(key, scope, answer)) : null };
    },
    // Not from the platform key: an id must survive its rotation.
    bytes: (name) => createHmac("sha512", scope).update(name).digest(),
  };
};

/** A secret that is the same for the same request, as long as the current key is. */
export const derivedSecret = (keys: readonly PlatformKey[], scope: string, name: string, length: number): Uint8Array => {
  const [current] = keys;
  if (!current) throw new Error("there is no platform key");
  return new Uint8Array(hkdfSync("sha256", current.key, scope, `token ${name}`, length));
};

const hash = (text: string): string => createHash("sha256").update(text).digest("base64url");

/** JSON with its fields in order, so that equal requests have equal texts. */
const canonical = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value) ?? "null";
  const fields = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${fields.map(([name, field]) => `${JSON.stringify(name)}:${canonical(field)}`).join(",")}}`;
};

/** Tells requests apart. A plain hash would let whoever reads the store or the log try passwords. */
const fingerprint = ({ key }: PlatformKey, scope: string, body: string): string =>
  createHmac("sha256", new Uint8Array(hkdfSync("sha256", key, scope, "fingerprint", 32)))
    .update(body)
    .digest("base64url");

const answerKey = ({ key }: PlatformKey, scope: string): Uint8Array => new Uint8Array(hkdfSync("sha256", key, scope, "answer", 32));

const encrypted = (key: PlatformKey, scope: string, text: string, iv: Uint8Array): string => {
  const bytes = Buffer.concat([iv, encrypt(answerKey(key, scope), iv, Buffer.from(text, "utf8"))]);
  return `${key.id}.${bytes.toString("base64url")}`;
};

const decrypted = (key: PlatformKey, scope: string, sealed: string): string => {
  const bytes = Buffer.from(sealed.slice(sealed.indexOf(".") + 1), "base64url");
  return decrypt(answerKey(key, scope), bytes.subarray(0, IV), bytes.subarray(IV)).toString("utf8");
};
