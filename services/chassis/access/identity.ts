import { decodeProtectedHeader } from "jose";
import { type Clock, type Documents, isOutage, type StoredDocument } from "../../../events/index.ts";
import { type Collections, lruCache } from "../../../events/runtime.ts";
import { type OperationId, operations } from "../../../schemas/generated/http.ts";
import type { PlatformKey } from "../process/settings.ts";
import {
  type AccessDocument,
  type AccessUser,
  access,
  authorize,
  type Caller,
  type CustomRoles,
  isBuiltInPrincipal,
  ownerPathOf,
} from "./access.ts";
import { builtInRoles } from "./permissions.ts";
import { isKeyId, readToken } from "./tokens.ts";

/** The owner of a valid token. */
export type Principal = AccessUser & {
  readonly roles: CustomRoles;
  /** The groups that the user is in now. */
  readonly groups: readonly string[];
  /** These groups, and all below them now. */
  readonly groupsAndBelow: readonly string[];
  /** The number of the user's password; 0 by default. */
  readonly generation?: number;
  /** The action bundles that the client is limited to; no limit by default. */
  readonly bundles?: readonly string[];
};
/** Why a principal is not known: there is no token, it has expired, or it is not one of ours. */
export type Unauthenticated = "missing" | "expired" | "invalid";

/** How long a cached signing key is used before it is read again, so that a retired key stops working. */
const KEY_MAX_AGE = 5_000;
/** How long a cached user is used. Changes that this instance projects apply at once; another instance may project others. */
const USER_MAX_AGE = 1_000;

/** While the store is down, cached documents are used for this much longer, so that known users can go on. */
const OUTAGE = 60_000;

/** Groups that one user reaches at most. Further groups below theirs count as out of reach. */
const MOST_GROUPS = 10_000;

/** Authenticates and authorizes callers from the service's own access read model. */
export const identity = (
  ports: {
    readonly documents: Documents;
    readonly collections: Collections;
    readonly clock: Clock;
    readonly changed: (ms: number) => Promise<void>;
    readonly writes?: () => number;
    readonly keys: readonly PlatformKey[];
  },
  wait = 2_000,
) => {
  const { documents, collections, clock, changed, keys: platformKeys, writes = () => 0 } = ports;
  const verified = lruCache<Exclude<Awaited<ReturnType<typeof readToken>>, string>>(1_000);
  const users = lruCache<{ readonly principal: Principal; readonly writes: number; readonly until: number }>(10_000);
  const keys = new Map<string, { readonly publicJwk: string; readonly until: number }>();

  /** Waits for a document that was created a moment ago and may not have arrived yet. */
  const awaited = async (id: string, milliseconds = wait): Promise<AccessDocument | undefined> => {
    for (const until = clock.now() + milliseconds; ; ) {
      const [found] = await documents.get(await collections.of(access.name), [id]);
      if (found) return found.deleted ? undefined : documentIn(found);
      if (clock.now() >= until) return undefined;
      await changed(Math.min(250, until - clock.now()));
    }
  };

  /** Falls back to the cached document while the store does not answer. */
  const unless =
    (known: { readonly until: number } | undefined) =>
    (error: unknown): "out" => {
      if (!known || !isOutage(error) || clock.now() > known.until + OUTAGE) throw error;
      return "out";
    };

  const keyOf = async (kid: string): Promise<string | undefined> => {
    const known = keys.get(kid);
    if (known && known.until > clock.now()) return known.publicJwk;
    // Only a key that the platform named may be on its way. For any other there is one look, since an earlier release may have made it.
    const looked = /^[\w.-]{1,64}$/.test(kid) ? awaited(`signingKey/${kid}`, isKeyId(platformKeys, kid) ? wait : 0) : undefined;
    const found = await looked?.catch(unless(known));
    if (found === "out") return known?.publicJwk;
    if (found) keys.set(kid, { publicJwk: found.publicJwk, until: clock.now() + KEY_MAX_AGE });
    else keys.delete(kid);
    return found?.publicJwk;
  };

  const principalOf = async (userId: string, clientId = "", sessionId = ""): Promise<Principal | undefined> => {
    const name = `${userId} ${clientId} ${sessionId}`;
    const known = users.get(name);
    if (known && known.writes === writes() && known.until > clock.now()) return known.principal;
    const before = writes();
    const principal = await lookUp(userId, clientId, sessionId).catch(unless(known));
    if (principal === "out") return known?.principal;
    if (principal) users.set(name, { principal, writes: before, until: clock.now() + USER_MAX_AGE });
    return principal;
  };

  const lookUp = async (userId: string, clientId: string, sessionId: string): Promise<Principal | undefined> => {
    const ids = [clientId && `client/${clientId}`, sessionId && `session/${sessionId}`].filter((id) => id !== "");
    const known = ids.length > 0 ? await documents.get(await collections.of(access.name), ids) : [];
    // A client that is not known was created a moment ago, or by an earlier release; one that was revoked is a tombstone. A session is known once it ended.
    const client = known.find(({ id }) => id.startsWith("client/"));
    if (client?.deleted || known.some(({ id }) => id.startsWith("session/"))) return undefined;
    const bundles = client ? documentIn(client).bundles : [];
    const limits = bundles.length > 0 ? { bundles } : {};
    if (isBuiltInPrincipal(userId))
      return { userId, roleIds: [], groupPath: "", groups: [], groupsAndBelow: [], roles: new Map(), generation: 0, ...limits };
    const user = await awaited(`user/${userId}`);
    if (!user) return undefined;
    const custom = user.roleIds.filter((role) => !(role in builtInRoles));
    const found =
      custom.length === 0
        ? []
        : await documents.get(
            await collections.of(access.name),
            custom.map((role) => `role/${role}`),
          );
    const roles = new Map(found.filter(({ deleted }) => !deleted).map((role) => [role.id.slice("role/".length), documentIn(role).modules]));
    const { roleIds, groupPath, groupIds: groups, generation } = user;
    return { userId, roleIds, groupPath, groups, groupsAndBelow: await withThoseBelow(groups), roles, generation, ...limits };
  };

  /** Goes from parents to children, so that a group that has just moved brings all below it along. */
  const withThoseBelow = async (groups: readonly string[]): Promise<readonly string[]> => {
    const found = new Set(groups);
    for (let parents = groups; parents.length > 0; ) {
      const where = [{ field: "parentGroupId", in: parents }];
      const below = await documents.find(await collections.of(access.name), { where, offset: 0, limit: MOST_GROUPS - found.size });
      parents = below.documents.map(({ id }) => id.slice("group/".length)).filter((id) => !found.has(id));
      for (const id of parents) found.add(id);
      if (found.size >= MOST_GROUPS) break;
    }
    return [...found];
  };

  /** Caches verified claims, because verification is expensive and a valid token stays valid until it expires. */
  const claimsOf = async (publicJwk: string, token: string): ReturnType<typeof readToken> => {
    const name = `${publicJwk} ${token}`;
    const known = verified.get(name);
    if (known && Number(known.exp) * 1_000 > clock.now()) return known;
    const claims = await readToken(publicJwk, "access", token, clock.now());
    if (typeof claims === "object") verified.set(name, claims);
    return claims;
  };

  return {
    /** Whose token this is, or why that is not known. */
    authenticate: async (token: string | undefined): Promise<Principal | Unauthenticated> => {
      if (!token) return "missing";
      const publicJwk = await keyOf(kidOf(token));
      const claims = publicJwk === undefined ? "invalid" : await claimsOf(publicJwk, token);
      if (typeof claims === "string") return claims;
      const principal = claims.sub ? await principalOf(claims.sub, String(claims.client_id ?? ""), String(claims.sid ?? "")) : undefined;
      return principal && Number(claims.generation ?? 0) >= (principal.generation ?? 0) ? principal : "invalid";
    },
    /** A user, as they are now, for what is done in their name without a token; undefined if there is none. */
    principal: (userId: string): Promise<Principal | undefined> => principalOf(userId),
    /** The caller of an operation, with the rows that count in it; undefined if the principal may not call it. */
    authorize: callerIn,
  };
};
export type Identity = ReturnType<typeof identity>;

const callerIn = (principal: Principal, operation: OperationId): Caller | undefined => {
  const { allowed, level } = authorize(principal, principal.roles, operation);
  const { bundles } = principal;
  const isWithinLimits = !bundles || operations[operation].permission.some((id) => bundles.includes(id));
  if (!allowed || !isWithinLimits) return undefined;
  const { userId, groups, groupsAndBelow } = principal;
  return { userId, ownerPath: ownerPathOf(principal), groups, groupsAndBelow, level, as: (other) => callerIn(principal, other) };
};

/** The token of an `Authorization: Bearer` header. */
export const bearerOf = (authorization: string | undefined): string | undefined => /^Bearer +(\S+)$/i.exec(authorization ?? "")?.[1];

const kidOf = (token: string): string => {
  try {
    return decodeProtectedHeader(token).kid ?? "";
  } catch {
    return "";
  }
};

/** `as` is safe: the read model holds what its projection folds, but the port forgets the type. */
const documentIn = ({ value }: StoredDocument): AccessDocument => value as unknown as AccessDocument;
