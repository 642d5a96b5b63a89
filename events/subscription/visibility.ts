import type { Codec } from "../codec/codec.ts";
import { condition } from "../concurrency.ts";
import { aggregatesOf, type Contract, topicOf } from "../contract.ts";
import { partitionOf } from "../log/partition.ts";
import { metaIn } from "../log/record.ts";
import { lruCache } from "../lru-cache.ts";
import { aggregateOf, keyOf } from "../message.ts";
import type { Commit, Ports } from "../ports.ts";
import type { AnyProjection } from "../projection.ts";
import type { AnyService } from "../service.ts";
import { idsOf } from "./projections.ts";
import type { Progress } from "./subscription.ts";
import { written } from "./written.ts";

/** Milliseconds between two polls of the store: for documents that another process writes, and for documents of this process. */
const OFTEN = 25;
const SELDOM = 500;
/** Maximum number of positions that this process remembers as visible. */
const REMEMBERED = 20_000;

type SubscriptionHooks = {
  readonly codec: Codec;
  readonly contract: Contract;
  readonly partitions: number;
  readonly collections: { readonly of: (model: string) => string };
  readonly subscriptions: ReadonlyMap<string, Progress>;
  /** Whether the stream's events cannot reach the read models at the moment. */
  readonly isHeldUp: (stream: string) => boolean;
  readonly signal: AbortSignal;
};
type Awaited = { readonly projection: AnyProjection; readonly id: string; readonly version: number };
type Wanted = { readonly collection: string; readonly id: string; readonly version: number };

/** Reports when the service's read models show a commit: immediately for documents that this process writes, by polling for others. */
export const visibility = (
  { aggregates, projections = [] }: AnyService,
  { documents, store, clock }: Pick<Ports, "documents" | "store" | "clock">,
  { codec, contract, partitions, collections, subscriptions, isHeldUp, signal }: SubscriptionHooks,
) => {
  const known = written();
  const shown = lruCache<number>(REMEMBERED);
  const changes = new Set<() => void>();

  /** Whether this process reads the stream for the read model. */
  const reads = ({ projection }: Awaited, stream: string): boolean => {
    const place = `${topicOf(contract, aggregateOf(stream))}/${partitionOf(stream, partitions)}`;
    return subscriptions.get(collections.of(projection.name))?.progress.has(place) ?? false;
  };

  /** The documents of a read model that a commit changes, with the version of each change. */
  const touched = (projection: AnyProjection, commit: Commit): readonly Awaited[] => {
    if (projection.of && !projection.of.includes(aggregateOf(commit.stream))) return [];
    return commit.events.flatMap(({ type, schemaId, bytes }, index) => {
      if (!(type in projection.evolve)) return [];
      const version = commit.version + index;
      return idsOf(projection, codec.decode(schemaId, bytes), metaIn(commit, version)).map((id) => ({ projection, id, version }));
    });
  };

  // During an outage of the store documents count as missing; the caller's decision is committed in any case.
  const stillMissing = async (missing: readonly Wanted[]): Promise<readonly Wanted[]> => {
    const ids = new Map<string, string[]>();
    for (const { collection, id } of missing) ids.set(collection, [...(ids.get(collection) ?? []), id]);
    const versions = new Map<string, number>();
    await Promise.all(
      [...ids].map(async ([collection, some]) => {
        const found = await documents.get(collection, some).catch(() => []);
        for (const { id, version } of found) versions.set(`${collection} ${id}`, version);
      }),
    );
    return missing.filter(({ collection, id, version }) => (versions.get(`${collection} ${id}`) ?? 0) < version);
  };

  const awaited = async (all: readonly Awaited[], stream: string, milliseconds: number, isNew: boolean): Promise<boolean> => {
    const until = clock.now() + milliseconds;
    const wanted = all.map(({ projection, id, version }) => ({ collection: collections.of(projection.name), id, version }));
    const pause = all.every((each) => reads(each, stream)) ? SELDOM : OFTEN;
    const changed = condition(clock);
    const stop = known.listen(wanted, changed);
    try {
      // Skip the store for a new commit, which is not visible yet, and after each notification: it already gives the written version.
      for (let ask = !isNew; ; ) {
        const unknown = wanted.filter(({ collection, id, version }) => known.version(collection, id) < version);
        const missing = ask ? await stillMissing(unknown) : unknown;
        if (missing.length === 0) return true;
        if (isHeldUp(stream) || clock.now() >= until) return false;
        ask = !(await changed.wait(Math.min(pause, until - clock.now()), signal));
      }
    } finally {
      stop();
    }
  };

  return {
    /** Called when a read model has written documents. */
    wrote: (collection: string, changed: Parameters<typeof known.wrote>[1]): void => {
      known.wrote(collection, changed);
      for (const notify of changes) notify();
    },

    /** Waits, at most `milliseconds`, until every read model of the service shows the commit. False: not yet. */
    settled: (commit: Commit, milliseconds: number): Promise<boolean> =>
      awaited(
        projections.flatMap((projection) => touched(projection, commit)),
        commit.stream,
        milliseconds,
        true,
      ),

    /**
     * Like `settled`, for a position and optionally for one read model. For a stream of another service it checks only the document of the stream's
     * key. Returns false immediately for a position beyond the end of an own stream.
     */
    seen: async (stream: string, version: number, milliseconds: number, model?: string): Promise<boolean> => {
      const asked = projections.filter(({ name }) => model === undefined || name === model);
      if (aggregateOf(stream) in aggregates) {
        // Versions that were visible before stay visible: read a long stream only after the last visible version.
        const place = `${stream} ${model ?? ""}`;
        const before = shown.get(place) ?? 0;
        if (version <= before) return true;
        const commits = (await store.read(stream, before)).filter((commit) => commit.version <= version);
        const last = commits.at(-1);
        if (!last || last.version + last.events.length - 1 < version) return false;
        const wanted = commits.flatMap((commit) => asked.flatMap((projection) => touched(projection, commit)));
        const highest = new Map(
          wanted.filter((each) => each.version <= version).map((each) => [`${each.projection.name} ${each.id}`, each]),
        );
        const isThere = await awaited([...highest.values()], stream, milliseconds, false);
        if (isThere) shown.set(place, Math.max(version, shown.get(place) ?? 0));
        return isThere;
      }
      const readers = asked.filter(({ evolve, of }) => aggregatesOf(contract, Object.keys(evolve), of).includes(aggregateOf(stream)));
      return awaited(
        readers.map((projection) => ({ projection, id: keyOf(stream), version })),
        stream,
        milliseconds,
        false,
      );
    },

    /** The number of writes of this process to a read model. */
    writes: (projection: AnyProjection): number => known.writes(collections.of(projection.name)),

    /** Resolves when any read model has changed, or when the time is up. */
    changed: async (milliseconds: number): Promise<void> => {
      const changed = condition(clock);
      changes.add(changed.notify);
      await changed.wait(milliseconds, signal);
      changes.delete(changed.notify);
    },
  };
};
