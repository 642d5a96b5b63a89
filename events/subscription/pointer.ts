import { isDeepStrictEqual } from "node:util";
import type { Feed, LogEnd, Pointer, Reader, RebuildOrder, Verdict } from "../ports.ts";
import type { AnyProjection } from "../projection.ts";

// How the pointer of a read model changes. A new fold, a rebuild and a step back are the same change: another collection is filled beside the
// active one, becomes active once it has caught up, and the former one is kept for a while. All functions are pure.

/** Milliseconds for which a collection is kept after another one has become active. */
export const GRACE = 600_000;

/** A collection's name holds the version of its fold and, except in generation 1, the generation in which it was begun. */
export const collectionFor = (model: string, fold: number, generation: number): string =>
  generation === 1 ? `${model}__v${fold}` : `${model}__v${fold}r${generation}`;

/** The name of the read model in the name of a collection. */
export const modelIn = (collection: string): string => collection.replace(/__v\d+(r\d+)?$/, "");

/** The folds whose documents the rows of this build can read. */
export const readsOf = ({ version, reads = [] }: AnyProjection): readonly number[] => [version, ...reads];

const feedOf = ({ feeds }: Pointer, collection: string | null): Feed | undefined => feeds.find((feed) => feed.collection === collection);

/** The collection that a build fills as its own fold: the active one, the next one, or the latest; a rebuild is none of these. */
export const ownFeed = (pointer: Pointer, fold: number): Feed | undefined => {
  const own = pointer.feeds.filter((feed) => feed.fold === fold && !feed.rebuild);
  return (
    own.find(({ collection }) => collection === pointer.active) ?? own.find(({ collection }) => collection === pointer.next) ?? own.at(-1)
  );
};

/** The collection that this build can answer from; undefined: none yet. */
export const readable = (pointer: Pointer | undefined, projection: AnyProjection): string | undefined => {
  const active = pointer && feedOf(pointer, pointer.active);
  return active && readsOf(projection).includes(active.fold) ? active.collection : undefined;
};

/**
 * The pointer once a build with this fold has started; undefined: it stays as it is. The build fills a collection of its fold. This collection
 * becomes the next one if the fold is newer than the active one, or if nobody who lives has the active fold, as after a step back to an older build.
 */
export const joined = (pointer: Pointer | undefined, projection: AnyProjection, others: readonly Reader[]): Pointer | undefined => {
  const { name: model, version: fold } = projection;
  const first = collectionFor(model, fold, 1);
  if (!pointer) return { model, active: null, next: first, feeds: [{ collection: first, fold, until: null }], dropped: [], generation: 1 };
  const generation = pointer.generation + 1;
  const active = feedOf(pointer, pointer.active);
  const isAlone = !others.some(({ models }) => models[model]?.reads[0] === active?.fold);
  const replaces = active ? fold > active.fold || (fold !== active.fold && isAlone) : pointer.next === null;
  const own = ownFeed(pointer, fold);
  if (own && !(replaces && pointer.next !== own.collection)) return undefined;
  const feed: Feed = { ...(own ?? { collection: collectionFor(model, fold, generation), fold }), until: null };
  const feeds = [...pointer.feeds.filter(({ collection }) => collection !== feed.collection), feed];
  return { ...pointer, feeds, next: replaces ? feed.collection : pointer.next, generation };
};

/** The pointer after the next collection has become the active one. */
export const promoted = (pointer: Pointer, now: number): Pointer => {
  const untilOf = ({ collection, until }: Feed): number | null =>
    collection === pointer.next ? null : collection === pointer.active ? now + GRACE : until;
  const feeds = pointer.feeds.map((feed) => ({ ...feed, until: untilOf(feed) }));
  return { ...pointer, active: pointer.next, next: null, feeds, generation: pointer.generation + 1 };
};

/** The pointer without the collections whose time is over; undefined: there are none. They are dropped once nobody fills them any more. */
export const expired = (pointer: Pointer, now: number): Pointer | undefined => {
  const isOver = ({ until, collection }: Feed) =>
    until !== null && until <= now && collection !== pointer.active && collection !== pointer.next;
  const over = pointer.feeds.filter(isOver).map(({ collection }) => collection);
  if (over.length === 0) return undefined;
  const feeds = pointer.feeds.filter((feed) => !isOver(feed));
  return { ...pointer, feeds, dropped: [...pointer.dropped, ...over], generation: pointer.generation + 1 };
};

/** The pointer after these collections have been dropped. */
export const cleaned = (pointer: Pointer, gone: readonly string[]): Pointer => ({
  ...pointer,
  dropped: pointer.dropped.filter((collection) => !gone.includes(collection)),
  generation: pointer.generation + 1,
});

const withFeed = (pointer: Pointer, collection: string, change: (feed: Feed) => Feed): Pointer => ({
  ...pointer,
  feeds: pointer.feeds.map((feed) => (feed.collection === collection ? change(feed) : feed)),
  generation: pointer.generation + 1,
});

/** The pointer with one more collection of a fold, which is filled up to the given ends, and which nobody reads until it becomes the next one. */
export const rebuilding = (pointer: Pointer, fold: number, order: RebuildOrder): Pointer => {
  const generation = pointer.generation + 1;
  const feed: Feed = {
    ...{ collection: collectionFor(pointer.model, fold, generation), fold, until: null },
    rebuild: { ...order, verdict: null },
  };
  return { ...pointer, feeds: [...pointer.feeds, feed], generation };
};

/** The pointer when a rebuild is to go on to later ends, and to be compared there. */
export const verifying = (pointer: Pointer, collection: string, ends: readonly LogEnd[]): Pointer =>
  withFeed(pointer, collection, (feed) => ({ ...feed, ...(feed.rebuild && { rebuild: { ...feed.rebuild, ends, verdict: null } }) }));

/** The pointer with the verdict about a rebuild; undefined: the rebuild was given up, goes on to other ends, or another collection is live. */
export const judged = (pointer: Pointer, collection: string, ends: readonly LogEnd[], verdict: Verdict): Pointer | undefined => {
  const rebuild = feedOf(pointer, collection)?.rebuild;
  const isMeant = rebuild && pointer.active === verdict.against && isDeepStrictEqual(rebuild.ends, ends);
  return isMeant ? withFeed(pointer, collection, (feed) => ({ ...feed, rebuild: { ...rebuild, verdict } })) : undefined;
};

/** Why a collection must not become active yet; undefined: it follows the log, or equals the active one as far as it goes. */
export const unproved = (pointer: Pointer, collection: string): string | undefined => {
  const rebuild = feedOf(pointer, collection)?.rebuild;
  if (!rebuild) return undefined;
  const { verdict, isLook } = rebuild;
  if (isLook) return `${collection} ends before the log: it is there to be looked at`;
  if (!verdict) return `${collection} is not compared with ${pointer.active} yet`;
  if (verdict.against !== pointer.active) return `${collection} was compared with ${verdict.against}, and ${pointer.active} is active now`;
  return verdict.differences > 0 ? `${collection} differs from ${pointer.active} in ${verdict.differences} documents` : undefined;
};

/** The pointer when this collection is to become the active one; undefined: it is, or is on its way. A rebuild follows the log from now on. */
export const promoting = (pointer: Pointer, collection: string): Pointer | undefined => {
  if (pointer.next === collection || (pointer.active === collection && pointer.next === null)) return undefined;
  const follow = ({ rebuild: _, ...feed }: Feed): Feed => ({ ...feed, until: null });
  return { ...withFeed(pointer, collection, follow), next: pointer.active === collection ? null : collection };
};

/** The pointer when this collection, which is not active, is given up. */
export const aborting = (pointer: Pointer, collection: string, now: number): Pointer => ({
  ...withFeed(pointer, collection, (feed) => ({ ...feed, until: now })),
  next: pointer.next === collection ? null : pointer.next,
});
