import type { Clock, Log, Sealed } from "../../../events/index.ts";
import { lruCache } from "../../../events/runtime.ts";
import type { PlatformKey } from "../process/settings.ts";
import { keyIdOf, openWith, type SecretLocation, sealWith, unwrap, type WrappedKey, wrap, wrappedIn } from "./envelope.ts";

/** The topic of the keys of the secrets that a service seals, which only this service writes; without a name, that of keys without a service. */
export const keysTopicOf = (service = ""): string => (service === "" ? "pitrix.keys" : `pitrix.keys.${service}`);

/** The service whose secret has this key; empty for a key that names none. */
const ownerOf = (keyId: string): string => /^(.+)_[\da-f]{24}$/.exec(keyId)?.[1] ?? "";

/** Texts that a process keeps open, and their characters in all. */
const RECENT = { entries: 10_000, characters: 8_000_000 };

/** The key of a secret was destroyed or has not reached this process. */
export class KeyGone extends Error {
  override name = "KeyGone";
}

/** Encrypts secrets so that only the platform can read them, and nobody once their key is destroyed. */
export type Sealing = {
  readonly seal: (secret: string, location: SecretLocation) => Promise<Sealed>;
  /**
   * Decrypts a sealed text, if it was sealed for this location. Waits a bounded time for a key that another process has just created.
   * Throws KeyGone.
   */
  readonly open: (sealed: Sealed, location: SecretLocation) => Promise<string>;
  /** Destroys the key of a text that this service has sealed, in all services. A repeated call changes nothing. */
  readonly destroyKey: (sealed: Sealed) => Promise<void>;
  /** Rewraps data keys of older platform keys with the current one and returns their number. */
  readonly rewrap: () => Promise<number>;
  /** Why secrets cannot be opened; empty if they can. */
  readonly healthReasons: () => readonly string[];
  readonly stop: () => Promise<void>;
};

/**
 * Each secret has its own data key, whose id begins with the name of the service. `seal` returns after the key, wrapped by the current
 * platform key, is on the service's compacted topic. A process holds the keys of its service, and those of others from the first secret of
 * theirs that it opens. A destroyed key stays destroyed, even if another process rewraps it at the same moment.
 */
export const sealing = async (
  ports: { readonly log: Log; readonly clock: Clock },
  platformKeys: readonly PlatformKey[],
  random: (bytes: number) => Uint8Array,
  { service, partitions = 6, wait = 2_000 }: { readonly service: string; readonly partitions?: number; readonly wait?: number },
): Promise<Sealing> => {
  const { log, clock } = ports;
  const [current] = platformKeys;
  if (!current) throw new Error("sealing needs a platform key");
  const ring = new Map<string, WrappedKey>();
  /** Texts that were opened last, by their keys; each is forgotten with its key. */
  const recent = lruCache<{ readonly sealed: Sealed; readonly where: string; readonly secret: string }>(RECENT.entries, {
    most: RECENT.characters,
    of: ({ sealed, secret }) => sealed.length + secret.length,
  });
  const destroyed = new Set<string>();
  const arrivals = new Set<() => void>();
  /** Where texts of version 1, which do not say where they belong, were opened. */
  const opened = new Map<string, string>();

  const topic = keysTopicOf(service);
  await log.ensureTopics([{ name: topic, partitions, compacted: true }]);
  const publish = (keyId: string, key: WrappedKey | null): Promise<unknown> =>
    log.publish([
      {
        topic: keysTopicOf(ownerOf(keyId)),
        key: keyId,
        value: key && Buffer.from(JSON.stringify(key)),
        headers: { "content-type": "application/json" },
      },
    ]);
  const isOwn = (keyId: string): boolean => ownerOf(keyId) === service;
  const mayDestroy = (keyId: string): boolean => isOwn(keyId) || ownerOf(keyId) === "";

  const forget = (keyId: string): void => {
    destroyed.add(keyId);
    ring.delete(keyId);
    recent.delete(keyId);
  };

  /** Reads the keys of one service. What its topic says of the keys of another does not count. */
  const follow = async (owner: string) => {
    const running = await log.follow(keysTopicOf(owner), ({ key: keyId, value }) => {
      if (ownerOf(keyId) !== owner) return;
      if (value === null) {
        forget(keyId);
      } else if (!destroyed.has(keyId)) {
        const wrapped = wrappedIn(value);
        if (wrapped) ring.set(keyId, wrapped);
      } else if (mayDestroy(keyId)) void publish(keyId, null).catch(() => {});
      for (const arrived of arrivals) arrived();
    });
    await running.caughtUp;
    return running;
  };
  const following = await follow(service);
  const others = new Map<string, ReturnType<typeof follow>>();
  const followed = (owner: string): ReturnType<typeof follow> => {
    const known = others.get(owner) ?? follow(owner);
    others.set(owner, known);
    known.catch(() => others.delete(owner));
    return known;
  };

  const arrival = async (milliseconds: number): Promise<void> => {
    const enough = new AbortController();
    const arrived = () => enough.abort();
    arrivals.add(arrived);
    await clock.sleep(milliseconds, enough.signal);
    arrivals.delete(arrived);
  };

  const known = async (keyId: string): Promise<WrappedKey> => {
    if (!isOwn(keyId)) await followed(ownerOf(keyId));
    for (const until = clock.now() + wait; ; ) {
      const key = ring.get(keyId);
      if (key) return key;
      if (destroyed.has(keyId) || clock.now() >= until) throw new KeyGone(`the key ${keyId} of this secret is destroyed or unknown`);
      await arrival(until - clock.now());
    }
  };

  return {
    seal: async (secret, location) => {
      const keyId = `${service}_${Buffer.from(random(12)).toString("hex")}`;
      const dataKey = random(32);
      const key = wrap(current, keyId, dataKey, random(12));
      await publish(keyId, key);
      ring.set(keyId, key);
      return sealWith(dataKey, keyId, secret, location, random(12));
    },
    open: async (sealed, location) => {
      const keyId = keyIdOf(sealed);
      const wrapped = await known(keyId);
      const where = `${location.stream} ${location.field}`;
      const last = recent.get(keyId);
      if (last && last.sealed === sealed && last.where === where) return last.secret;
      const secret = openWith(unwrap(platformKeys, keyId, wrapped), sealed, location);
      if (sealed.startsWith("v1.")) {
        const first = opened.get(keyId) ?? where;
        opened.set(keyId, first);
        if (first !== where) throw new Error(`the secret of ${first} does not open as ${where}`);
      }
      recent.set(keyId, { sealed, where, secret });
      return secret;
    },
    destroyKey: async (sealed) => {
      const keyId = keyIdOf(sealed);
      if (destroyed.has(keyId)) return;
      if (!mayDestroy(keyId)) throw new Error(`the key ${keyId} can be destroyed by the service ${ownerOf(keyId)} only`);
      await publish(keyId, null);
      forget(keyId);
    },
    rewrap: async () => {
      const older = [...ring].filter(
        ([keyId, { platformKey }]) => isOwn(keyId) && platformKey !== current.id && platformKeys.some(({ id }) => id === platformKey),
      );
      for (const [keyId, key] of older) {
        const again = wrap(current, keyId, unwrap(platformKeys, keyId, key), random(12));
        await publish(keyId, again);
        if (ring.has(keyId)) ring.set(keyId, again);
      }
      return older.length;
    },
    healthReasons: () => {
      const unread = following.trouble?.();
      const missing = new Map<string, number>();
      for (const { platformKey } of ring.values())
        if (!platformKeys.some(({ id }) => id === platformKey)) missing.set(platformKey, (missing.get(platformKey) ?? 0) + 1);
      return [
        ...(unread === undefined ? [] : [`cannot read ${topic}: ${unread}`]),
        ...[...missing].map(([id, count]) => `cannot open ${count} secrets: the platform key ${id} is missing`),
      ];
    },
    stop: async () => {
      await following.stop();
      await Promise.all([...others.values()].map(async (other) => (await other.catch(() => undefined))?.stop()));
    },
  };
};
