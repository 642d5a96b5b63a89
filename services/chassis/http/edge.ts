import { type Blobs, type Clock, type Sealed, streamOf } from "../../../events/index.ts";
import type { SecretLocation } from "../access/envelope.ts";
import { hashPassword, verifyPassword } from "../access/passwords.ts";
import type { Sealing } from "../access/sealing.ts";
import { newKeyPair, readToken, signToken } from "../access/tokens.ts";
import type { PlatformKey } from "../process/settings.ts";
import { derivedSecret, type Idempotency } from "./idempotency.ts";
import type { Edge } from "./rows.ts";

export type EdgePorts = {
  readonly sealing: Pick<Sealing, "seal" | "open" | "destroyKey">;
  readonly blobs: Blobs;
  readonly clock: Clock;
  readonly random: (bytes: number) => Uint8Array;
};
/** What an edge takes from the request at hand. */
type FromRequest = {
  readonly header: (name: string) => string | undefined;
  /** Secrets that are the same again under the same idempotency key. */
  readonly secret?: (nth: number, bytes: number) => Uint8Array;
};

/** What is asynchronous or random before a decision, for one request or outside of any. */
export const edgeOf = (
  { sealing, blobs, clock, random }: EdgePorts,
  { header, secret }: FromRequest = { header: () => undefined },
): Edge => {
  let tokens = 0;
  return {
    seal: sealing.seal,
    open: sealing.open,
    destroyKey: sealing.destroyKey,
    hashPassword,
    verifyPassword,
    putBlob: blobs.put,
    getBlob: blobs.get,
    randomToken: (bytes) => Buffer.from(secret?.(tokens++, bytes) ?? random(bytes)).toString("base64url"),
    newSigningKey: async () => {
      const { publicJwk, privateJwk } = await newKeyPair();
      const keyId = `key-${Buffer.from(random(9)).toString("base64url")}`;
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
    readToken: (publicJwk, use, token) => readToken(publicJwk, use, token, clock.now()),
    header,
  };
};

const privateJwkOf = (keyId: string): SecretLocation => ({ stream: streamOf("signingKey", keyId), field: "sealedPrivateJwk" });

/** The edge of a command, and how to destroy the keys of all secrets that it sealed. */
export const commandEdge = (
  ports: EdgePorts,
  keys: readonly PlatformKey[],
  header: (name: string) => string | undefined,
  idempotency: Idempotency | undefined,
) => {
  const sealed: Sealed[] = [];
  const seal = async (secret: string, location: SecretLocation): Promise<Sealed> => {
    const text = await ports.sealing.seal(secret, location);
    sealed.push(text);
    return text;
  };
  const secret = idempotency && ((nth: number, bytes: number) => derivedSecret(keys, idempotency.scope, String(nth), bytes));
  return {
    edge: edgeOf({ ...ports, sealing: { ...ports.sealing, seal } }, { header, ...(secret && { secret }) }),
    destroyKeys: async (): Promise<void> => void (await Promise.all(sealed.map(ports.sealing.destroyKey))),
  };
};
