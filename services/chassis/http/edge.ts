import type { Request } from "express";
import { type Blobs, type Clock, type Sealed, streamOf } from "../../../events/index.ts";
import { ADDRESS_HEADER, addressOf } from "../access/address.ts";
import type { SecretLocation } from "../access/envelope.ts";
import type { Guess, Places } from "../access/guessing.ts";
import { weaknessIn } from "../access/password-rules.ts";
import { hashPassword, rememberRight, verifyPassword, wasRight } from "../access/passwords.ts";
import type { Sealing } from "../access/sealing.ts";
import { keyIdOf, newKeyPair, readRefreshToken, signRefreshToken, signToken } from "../access/tokens.ts";
import type { PlatformKey } from "../process/settings.ts";
import { derivedSecret, type Idempotency } from "./idempotency.ts";
import type { Edge } from "./rows.ts";

export type EdgePorts = {
  readonly sealing: Pick<Sealing, "seal" | "open" | "destroyKey">;
  readonly keys: readonly PlatformKey[];
  readonly blobs: Blobs;
  readonly clock: Clock;
  readonly random: (bytes: number) => Uint8Array;
  readonly guess: Guess;
  readonly places: Places;
};
/** What an edge takes from the request at hand. */
type FromRequest = {
  readonly header: (name: string) => string | undefined;
  readonly address: string;
  /** Secrets that are the same again under the same idempotency key. */
  readonly secret?: (nth: number, bytes: number) => Uint8Array;
};

/** What an edge takes from a request over HTTP. */
export const requestEdge = (keys: readonly PlatformKey[], request: Request): FromRequest => ({
  header: (name) => request.get(name),
  address: addressOf(keys, request.get(ADDRESS_HEADER), request.socket.remoteAddress),
});

/** What is asynchronous or random before a decision, for one request or outside of any. */
export const edgeOf = (
  { sealing, keys, blobs, clock, random, guess, places }: EdgePorts,
  { header, address, secret }: FromRequest = { header: () => undefined, address: "" },
): Edge => {
  let tokens = 0;
  return {
    seal: sealing.seal,
    open: sealing.open,
    destroyKey: sealing.destroyKey,
    hashPassword: async (password) => (await weaknessIn(password)) ?? { passwordHash: await hashPassword(password) },
    hashSecret: hashPassword,
    verifyPassword,
    wasRight,
    rememberRight,
    guess,
    places,
    address,
    putBlob: blobs.put,
    getBlob: blobs.get,
    randomToken: (bytes) => Buffer.from(secret?.(tokens++, bytes) ?? random(bytes)).toString("base64url"),
    newSigningKey: async () => {
      const { publicJwk, privateJwk } = await newKeyPair();
      const [platformKey] = keys;
      if (!platformKey) throw new Error("there is no platform key");
      const keyId = keyIdOf(platformKey, Buffer.from(random(9)).toString("base64url"));
      return { keyId, publicJwk, sealedPrivateJwk: await sealing.seal(privateJwk, privateJwkOf(keyId)) };
    },
    signToken: async ({ keyId, sealedPrivateJwk }, use, subject, seconds, claims = {}) =>
      signToken(
        { keyId, privateJwk: await sealing.open(sealedPrivateJwk, privateJwkOf(keyId)) },
        use,
        subject,
        seconds,
        claims,
        clock.now(),
      ),
    signRefreshToken: (claims, seconds) => signRefreshToken(keys, claims, seconds),
    readRefreshToken: (token) => readRefreshToken(keys, token, clock.now()),
    header,
  };
};

const privateJwkOf = (keyId: string): SecretLocation => ({ stream: streamOf("signingKey", keyId), field: "sealedPrivateJwk" });

/** The edge of a command, and how to destroy the keys of all secrets that it sealed. */
export const commandEdge = (ports: EdgePorts, from: FromRequest, idempotency: Idempotency | undefined) => {
  const sealed: Sealed[] = [];
  const seal = async (secret: string, location: SecretLocation): Promise<Sealed> => {
    const text = await ports.sealing.seal(secret, location);
    sealed.push(text);
    return text;
  };
  const secret = idempotency && ((nth: number, bytes: number) => derivedSecret(ports.keys, idempotency.scope, String(nth), bytes));
  return {
    edge: edgeOf({ ...ports, sealing: { ...ports.sealing, seal } }, { ...from, ...(secret && { secret }) }),
    destroyKeys: async (): Promise<void> => void (await Promise.all(sealed.map(ports.sealing.destroyKey))),
  };
};
