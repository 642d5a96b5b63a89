import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import type { Clock, Log } from "../../../events/index.ts";
import { announcementProof, isProven } from "./announcement.ts";
import type { PlatformKey } from "./settings.ts";

export const INSTANCES_TOPIC = "pitrix.instances";
const BEAT = 2_000;
const SILENCE = 6_000;
/** By how much the clocks of two processes may differ. */
const SKEW = 60_000;

/** A running instance of a service. */
export type ServiceInstance = {
  readonly service: string;
  readonly url: string;
  readonly instance: string;
  readonly since: string;
  /** The host name in its certificate, if the URL has only an address. */
  readonly name?: string;
};

/** The instances of each service that this process knows. */
export type Directory = {
  readonly instancesOf: (service: string) => readonly ServiceInstance[];
  readonly services: () => readonly string[];
  /** Why no announcements arrive at the moment; undefined if they do. */
  readonly trouble?: (() => string | undefined) | undefined;
  readonly stop: () => Promise<void>;
};

const topic = { name: INSTANCES_TOPIC, partitions: 1, compacted: true };

/** What announcements need; the platform keys sign them, the first one new ones. */
export type AnnouncementPorts = { readonly log: Log; readonly clock: Clock; readonly keys: readonly PlatformKey[] };

/** Announces an instance with every beat until it stops, then withdraws it. A failed announcement is repeated with the next beat. */
export const announce = async (
  { log, clock, keys }: AnnouncementPorts,
  self: ServiceInstance,
  onError: (error: unknown) => void,
): Promise<{ readonly trouble: () => string | undefined; readonly stop: () => Promise<void> }> => {
  await log.ensureTopics([topic]);
  let announcedAt = clock.now();
  let failing = false;
  const publish = (said: ServiceInstance | null): Promise<unknown> => {
    const { instance } = self;
    const value = said && Buffer.from(JSON.stringify(said));
    const beat = String(clock.now());
    const proof = announcementProof(keys, { instance, beat, value });
    const headers = { "content-type": "application/json", "pitrix-beat": beat, "pitrix-proof": proof };
    return log.publish([{ topic: INSTANCES_TOPIC, key: instance, value, headers }]);
  };
  const stopping = new AbortController();
  const beating = (async () => {
    while (!stopping.signal.aborted) {
      await publish(self).then(
        () => {
          announcedAt = clock.now();
          failing = false;
        },
        (error: unknown) => {
          // Reported once; the health reason shows that the failure continues.
          if (!failing) onError(error);
          failing = true;
        },
      );
      await clock.sleep(BEAT, stopping.signal);
    }
  })();
  return {
    trouble: () => {
      const silent = clock.now() - announcedAt;
      return silent > SILENCE ? `cannot announce itself: the log has taken nothing for ${Math.round(silent / 1_000)} s` : undefined;
    },
    stop: async () => {
      stopping.abort();
      await beating;
      await publish(null).catch(onError);
    },
  };
};

/**
 * Follows the announcements and drops instances that fall silent. Announcements that the platform has not signed are ignored. If all announcements stop, including those of this process, the log is
 * down, and the last known instances stay valid.
 */
export const directory = async (
  { log, clock, keys }: AnnouncementPorts,
  onForged: (instance: string) => void = () => {},
): Promise<Directory> => {
  const left = new Set<string>();
  const known = new Map<string, { readonly self: ServiceInstance; readonly heard: number }>();
  await log.ensureTopics([topic]);
  let live = false;
  let last = 0;
  const following = await log.follow(INSTANCES_TOPIC, ({ key, value, headers }) => {
    const { "pitrix-beat": beat = "", "pitrix-proof": proof } = headers;
    if (!isProven(keys, { instance: key, beat, value }, proof)) return onForged(key);
    const self = value && instanceIn(value);
    const now = clock.now();
    // No announcement arrived for long, so the log was down: the known instances get time to announce themselves again.
    if (now - last > 2 * BEAT)
      for (const [each, { self, heard }] of known) if (heard >= last - SILENCE) known.set(each, { self, heard: now });
    last = now;
    // A record from the past has the age of its beat, also if somebody repeats it now. A new one proves that the instance is alive.
    const heard = live && Math.abs(now - Number(beat)) < SKEW ? now : Math.min(now, Number(beat));
    if (!self) left.add(key);
    if (self && !left.has(key)) known.set(key, { self, heard });
    else known.delete(key);
  });
  await following.caughtUp;
  live = true;
  const alive = (): readonly ServiceInstance[] => {
    const latest = Math.max(0, ...[...known.values()].map(({ heard }) => heard));
    const since = Math.min(latest, clock.now()) - SILENCE;
    return [...known.values()].filter(({ heard }) => heard >= since).map(({ self }) => self);
  };
  return {
    instancesOf: (service) => alive().filter((each) => each.service === service),
    services: () => [...new Set(alive().map(({ service }) => service))].sort(),
    trouble: following.trouble,
    stop: following.stop,
  };
};

/** A directory with the fixed addresses of the settings. */
export const staticDirectory = (services: ReadonlyMap<string, readonly string[]>): Directory => ({
  instancesOf: (service) => (services.get(service) ?? []).map((url) => ({ service, url, instance: url, since: "" })),
  services: () => [...services.keys()].sort(),
  stop: async () => {},
});

/** A directory by DNS: each address of a service's host name is an instance, as with a headless service of Kubernetes. It looks up regularly. */
export const dnsDirectory = async (
  services: ReadonlyMap<string, readonly string[]>,
  clock: Clock,
  onError: (error: unknown) => void,
): Promise<Directory> => {
  const found = new Map<string, readonly ServiceInstance[]>();
  const look = async (): Promise<void> => {
    for (const [service, urls] of services) {
      try {
        const all = await Promise.all(urls.map(async (url) => addressesOf(service, url)));
        found.set(service, all.flat());
      } catch (error) {
        onError(error);
      }
    }
  };
  const stopping = new AbortController();
  await look();
  const looking = (async () => {
    for (;;) {
      await clock.sleep(SILENCE, stopping.signal);
      if (stopping.signal.aborted) return;
      await look();
    }
  })();
  return {
    instancesOf: (service) => found.get(service) ?? [],
    services: () => [...services.keys()].sort(),
    stop: async () => {
      stopping.abort();
      await looking;
    },
  };
};

const addressesOf = async (service: string, url: string): Promise<readonly ServiceInstance[]> => {
  const { protocol, hostname, port } = new URL(url);
  const addresses = await lookup(hostname, { all: true });
  return addresses.map(({ address, family }) => {
    const each = `${protocol}//${family === 6 ? `[${address}]` : address}${port && `:${port}`}`;
    return { service, url: each, instance: each, since: "", ...(isIP(hostname) === 0 && { name: hostname }) };
  });
};

const instanceIn = (value: Uint8Array): ServiceInstance | undefined => {
  try {
    const { service, url, instance, since } = JSON.parse(Buffer.from(value).toString("utf8"));
    return [service, url, instance, since].every((each) => typeof each === "string") ? { service, url, instance, since } : undefined;
  } catch {
    return undefined;
  }
};
