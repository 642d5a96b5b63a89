import type { Feed, Pointer, Reader } from "../ports.ts";
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

/** The collection that a build fills as its own fold: the active one, the next one, or the latest. */
export const ownFeed = (pointer: Pointer, fold: number): Feed | undefined => {
  const own = pointer.feeds.filter((feed) => feed.fold === fold);
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

/** The pointer with one more collection of a fold, which nobody reads until it becomes the next one. */
export const rebuilding = (pointer: Pointer, fold: number): Pointer => {
  const generation = pointer.generation + 1;
  return {
    ...pointer,
    feeds: [...pointer.feeds, { collection: collectionFor(pointer.model, fold, generation), fold, until: null }],
    generation,
  };
};

/** The pointer when this collection is to become the active one; undefined: it is, or is on its way. */
export const promoting = (pointer: Pointer, collection: string): Pointer | undefined => {
  if (pointer.next === collection || (pointer.active === collection && pointer.next === null)) return undefined;
  const feeds = pointer.feeds.map((feed) => (feed.collection === collection ? { ...feed, until: null } : feed));
  return { ...pointer, feeds, next: pointer.active === collection ? null : collection, generation: pointer.generation + 1 };
};

/** The pointer when this collection, which is not active, is given up. */
export const aborting = (pointer: Pointer, collection: string, now: number): Pointer => ({
  ...pointer,
  feeds: pointer.feeds.map((feed) => (feed.collection === collection ? { ...feed, until: now } : feed)),
  next: pointer.next === collection ? null : pointer.next,
  generation: pointer.generation + 1,
});
