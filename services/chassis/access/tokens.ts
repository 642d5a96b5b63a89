import { createHmac, hkdfSync } from "node:crypto";
import { exportJWK, generateKeyPair, importJWK, type JWTPayload, jwtVerify, SignJWT } from "jose";
import { JOSEError, JWTExpired } from "jose/errors";
import type { Sealed } from "../../../events/index.ts";
import { lruCache } from "../../../events/runtime.ts";
import type { PlatformKey } from "../process/settings.ts";

/** The content of `SigningKeyAnnounced`. The public key is a JWK as JSON text. */
export type SigningKey = { readonly keyId: string; readonly publicJwk: string; readonly sealedPrivateJwk: Sealed };
export type TokenUse = "access" | "id";
export type TokenClaims = { readonly [name: string]: unknown };

const ALGORITHM = "ES256";
/** The `typ` header of each use, so that a token is valid for one use only. */
const types: { readonly [U in TokenUse]: string } = { access: "at+jwt", id: "id+jwt" };

/** What a refresh token says: it is number `number` of a session, which began at `iat` (seconds since 1970). */
export type RefreshClaims = {
  readonly sub: string;
  readonly client_id: string;
  readonly sid: string;
  readonly number: number;
  /** The number of the user's password. */
  readonly generation: number;
  readonly iat: number;
};

/** A key for one purpose, derived from a platform key. */
const derived = ({ key }: PlatformKey, purpose: string): Uint8Array => new Uint8Array(hkdfSync("sha256", key, "pitrix", purpose, 32));

/** The id of a signing key, `key-<name>.<proof>`. The proof is the platform's: nobody else can name a key that might exist. */
export const keyIdOf = (platformKey: PlatformKey, name: string): string =>
  `key-${name}.${createHmac("sha256", derived(platformKey, "key id")).update(name).digest("base64url").slice(0, 16)}`;
/** Whether the platform made this id of a signing key. Ids of earlier releases have no proof. */
export const isKeyId = (keys: readonly PlatformKey[], kid: string): boolean => {
  const [, name] = /^key-([\w-]{1,32})\.[\w-]{16}$/.exec(kid) ?? [];
  return name !== undefined && keys.some((key) => keyIdOf(key, name) === kid);
};

export const newKeyPair = async (): Promise<{ readonly publicJwk: string; readonly privateJwk: string }> => {
  const { publicKey, privateKey } = await generateKeyPair(ALGORITHM, { extractable: true });
  return { publicJwk: JSON.stringify(await exportJWK(publicKey)), privateJwk: JSON.stringify(await exportJWK(privateKey)) };
};

export const signToken = async (
  { keyId, privateJwk }: Pick<SigningKey, "keyId"> & { readonly privateJwk: string },
  use: TokenUse,
  subject: string,
  seconds: number,
  claims: TokenClaims,
  now: number,
): Promise<string> => {
  const issued = Math.floor(now / 1_000);
  return new SignJWT({ ...claims })
    .setProtectedHeader({ alg: ALGORITHM, kid: keyId, typ: types[use] })
    .setSubject(subject)
    .setIssuedAt(issued)
    .setExpirationTime(issued + seconds)
    .sign(await importJWK(JSON.parse(privateJwk), ALGORITHM));
};

/** The claims of a token that was signed with the key, is meant for this use and has not expired. */
export const readToken = async (
  publicJwk: string,
  use: TokenUse,
  token: string,
  now: number,
): Promise<JWTPayload | "expired" | "invalid"> => {
  const key = await imported(publicJwk);
  const options = { algorithms: [ALGORITHM], typ: types[use], currentDate: new Date(now), requiredClaims: ["sub", "exp"] };
  return verdict(jwtVerify(token, key, options));
};

/** Imported keys are cached, because an import takes as long as a verification. */
const keys = lruCache<ReturnType<typeof importJWK>>(100);
const imported = (jwk: string): ReturnType<typeof importJWK> => {
  const known = keys.get(jwk) ?? importJWK(JSON.parse(jwk), ALGORITHM);
  keys.set(jwk, known);
  return known;
};

const verdict = async (verifying: Promise<{ readonly payload: JWTPayload }>): Promise<JWTPayload | "expired" | "invalid"> => {
  try {
    return (await verifying).payload;
  } catch (error) {
    if (error instanceof JWTExpired) return "expired";
    if (error instanceof JOSEError) return "invalid";
    throw error;
  }
};

/** The same text for the same claims. Only this platform can read it. The seconds are those of the whole session. */
export const signRefreshToken = async (keys: readonly PlatformKey[], claims: RefreshClaims, seconds: number): Promise<string> => {
  const [current] = keys;
  if (!current) throw new Error("there is no platform key");
  return new SignJWT({ ...claims, exp: claims.iat + seconds })
    .setProtectedHeader({ alg: "HS256", kid: current.id, typ: "rt+jwt" })
    .sign(derived(current, "refresh token"));
};

export const readRefreshToken = async (
  keys: readonly PlatformKey[],
  token: string,
  now: number,
): Promise<RefreshClaims | "expired" | "invalid"> => {
  for (const key of keys) {
    const options = { algorithms: ["HS256"], typ: "rt+jwt", currentDate: new Date(now), requiredClaims: ["sub", "sid", "exp"] };
    const claims = await verdict(jwtVerify(token, derived(key, "refresh token"), options));
    // `as` is safe: only `signRefreshToken` has the key.
    if (claims !== "invalid") return claims as RefreshClaims | "expired";
  }
  return "invalid";
};

const PROOF_SECONDS = 60;
const proofKey = (key: PlatformKey): Uint8Array => derived(key, "service proof");

/** A proof for another service that the sender belongs to the platform: both have the platform key. */
export const serviceProof = async ([current]: readonly PlatformKey[], service: string, now: number): Promise<string> => {
  if (!current) throw new Error("there is no platform key");
  const issued = Math.floor(now / 1_000);
  return new SignJWT({})
    .setProtectedHeader({ alg: "HS256", kid: current.id, typ: "service+jwt" })
    .setIssuer(service)
    .setIssuedAt(issued)
    .setExpirationTime(issued + PROOF_SECONDS)
    .sign(proofKey(current));
};

/** The service that sent the proof; undefined if the proof is invalid. */
export const provenService = async (keys: readonly PlatformKey[], proof: string, now: number): Promise<string | undefined> => {
  for (const key of keys) {
    const options = { algorithms: ["HS256"], typ: "service+jwt", currentDate: new Date(now), requiredClaims: ["iss", "exp"] };
    const claims = await verdict(jwtVerify(proof, proofKey(key), options));
    if (typeof claims === "object") return claims.iss;
  }
  return undefined;
};
