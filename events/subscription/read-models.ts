import { backOff, condition } from "../concurrency.ts";
import { aggregatesOf, type Contract, topicOf } from "../contract.ts";
import { nameOf } from "../log/partition.ts";
import { Outage } from "../outage.ts";
import type { Documents, Feed, Following, Pointer, Ports, Reader, Running, StoredDocument, TopicPartition } from "../ports.ts";
import type { AnyProjection } from "../projection.ts";
import { indexesOf } from "./collections.ts";
import { dropFold } from "./drop-fold.ts";
import { cleaned, collectionFor, expired, joined, modelIn, ownFeed, promoted, readable, readsOf } from "./pointer.ts";
import type { Progress } from "./subscription.ts";

/** Milliseconds between two looks at the pointers: usually, and while a collection is to become active. */
const SELDOM = 2_000;
const OFTEN = 200;
/** Milliseconds for which an announcement counts, and after which pointers that could not be read again are out of date. */
const LIVE = 15_000;
/** How old the ends of the log may be that a collection has to have reached. */
const FRESH = 3_000;

type Options = {
  readonly projections: readonly AnyProjection[];
  readonly instance: string;
  readonly ports: Pick<Ports, "documents" | "parking" | "log" | "clock">;
  readonly contract: Contract;
  /** All subscriptions of the instance by name; those of read models are named by their collection. */
  readonly subscriptions: Map<string, Running & Progress>;
  readonly subscribe: (projection: AnyProjection, collection: string) => Promise<Running & Progress>;
  readonly failed: (error: unknown) => void;
};
/** What was on the log at a time. */
type Goal = { readonly at: number; readonly ends: readonly (TopicPartition & { readonly end: number })[] };
/** Where a read model is, and how much of the log each of its collections contains, in records. */
export type ModelStatus = Omit<Pointer, "feeds"> & {
  /** The fold of this build. */
  readonly fold: number;
  /** `read` is null for the active collection, whose exact progress nobody announces. */
  readonly feeds: readonly (Feed & { readonly read: number | null; readonly end: number })[];
};

/**
 * The read models of an instance: follows their pointers, fills each collection of its own folds, makes the next collection active once it has
 * caught up and every live instance can read it, and drops collections that nobody fills any more.
 */
export const readModels = (options: Options) => {
  const { projections, instance, ports, contract, subscriptions, subscribe, failed } = options;
  const { documents, log, clock } = ports;
  const models = new Map(projections.map((projection) => [projection.name, projection]));
  const pointers = new Map<string, Pointer>();
  const goals = new Map<string, Goal>();
  const wake = condition(clock);
  let refreshed = Number.NEGATIVE_INFINITY;

  const projectionOf = (model: string): AnyProjection => {
    const projection = models.get(model);
    if (!projection) throw new Error(`the service has no read model ${model}`);
    return projection;
  };

  const refresh = async (): Promise<void> => {
    const began = clock.now();
    for (const pointer of await documents.pointers()) pointers.set(pointer.model, pointer);
    refreshed = began;
  };
  const move = async (pointer: Pointer): Promise<void> => {
    if (await documents.movePointer(pointer)) pointers.set(pointer.model, pointer);
    else await refresh();
  };
  const readers = async (): Promise<readonly Reader[]> => (await documents.readers()).filter(({ until }) => until > clock.now());

  /** Takes part in every read model: its own fold has a collection from now on. */
  const join = async (): Promise<void> => {
    await refresh();
    const others = (await readers()).filter((reader) => reader.instance !== instance);
    for (const projection of projections)
      for (
        let next = joined(pointers.get(projection.name), projection, others);
        next;
        next = joined(pointers.get(projection.name), projection, others)
      )
        await move(next);
  };

  /** Starts and stops subscriptions, so that exactly the collections of this build's folds are filled. */
  const reconcile = async (): Promise<void> => {
    const wanted = new Map<string, AnyProjection>();
    for (const projection of projections)
      for (const { fold, collection } of pointers.get(projection.name)?.feeds ?? [])
        if (fold === projection.version) wanted.set(collection, projection);
    await Promise.all([
      ...[...subscriptions].map(async ([name, subscription]) => {
        if (wanted.has(name) || !models.has(modelIn(name))) return;
        subscriptions.delete(name);
        await subscription.stop();
      }),
      ...[...wanted].map(async ([collection, projection]) => {
        if (subscriptions.has(collection)) return;
        await documents.ensure(collection, indexesOf(projection));
        subscriptions.set(collection, await subscribe(projection, collection));
      }),
    ]);
  };

  const announce = (): Promise<void> => {
    const following = (projection: AnyProjection): Following => {
      const pointer = pointers.get(projection.name);
      const aside = (pointer?.feeds ?? []).filter(({ collection }) => collection !== pointer?.active);
      const progress = aside.flatMap(({ collection }) =>
        [...(subscriptions.get(collection)?.written ?? [])].map(([place, next]) => ({ collection, ...placeIn(place), next })),
      );
      return { reads: readsOf(projection), generation: pointer?.generation ?? 0, progress };
    };
    const all = Object.fromEntries(projections.map((projection) => [projection.name, following(projection)]));
    return documents.announce({ instance, until: clock.now() + LIVE, models: all });
  };

  const endsFor = async ({ evolve, of }: AnyProjection): Promise<Goal> => {
    const at = clock.now();
    const topics = aggregatesOf(contract, Object.keys(evolve), of).map((aggregate) => topicOf(contract, aggregate));
    const ends = await Promise.all(
      topics.map(async (topic) => (await log.ends(topic)).map(({ partition, offset }) => ({ topic, partition, end: offset }))),
    );
    return { at, ends: ends.flat().filter(({ end }) => end > 0) };
  };

  /** Whether a collection lacks a part of the log. Reports for each partition how many records the collection contains. */
  const isBehind = async (
    { model, collection }: { readonly model: string; readonly collection: string },
    { ends }: Goal,
    live: readonly Reader[],
    report: (read: number) => void = () => {},
  ): Promise<boolean> => {
    const said = live.flatMap(({ models: all }) => all[model]?.progress ?? []).filter((each) => each.collection === collection);
    const announced = new Map(said.map((each) => [nameOf(each), each.next]));
    let lacks = false;
    for (const { topic, partition, end } of ends) {
      const next = announced.get(nameOf({ topic, partition })) ?? 0;
      const read = next >= end ? end : Math.min(end, Math.max(next, (await documents.position(collection, topic, partition)) ?? 0));
      report(read);
      lacks ||= read < end;
    }
    return lacks;
  };

  /** Whether a collection contains everything that was on the log a moment ago. */
  const hasCaughtUp = async (projection: AnyProjection, collection: string, live: readonly Reader[]): Promise<boolean> => {
    const goal = goals.get(collection) ?? (await endsFor(projection));
    goals.set(collection, goal);
    if (await isBehind({ model: projection.name, collection }, goal, live)) return false;
    goals.delete(collection);
    return clock.now() - goal.at <= FRESH;
  };

  const promote = async (pointer: Pointer, live: readonly Reader[]): Promise<void> => {
    const projection = projectionOf(pointer.model);
    const next = pointer.feeds.find(({ collection }) => collection === pointer.next);
    if (next?.fold !== projection.version) return;
    if (!live.every(({ models: all }) => all[pointer.model]?.reads.includes(next.fold) ?? true)) return;
    if (await hasCaughtUp(projection, next.collection, live)) await move(promoted(pointer, clock.now()));
  };

  const drop = async (pointer: Pointer, live: readonly Reader[]): Promise<void> => {
    if (!live.every(({ models: all }) => (all[pointer.model]?.generation ?? pointer.generation) >= pointer.generation)) return;
    for (const collection of pointer.dropped) await dropFold(ports, collection);
    await move(cleaned(pointer, pointer.dropped));
  };

  const look = async (): Promise<void> => {
    await refresh();
    await reconcile();
    await announce();
    const mine = projections.flatMap(({ name }) => pointers.get(name) ?? []);
    const pending = mine.filter((pointer) => pointer.next !== null || pointer.dropped.length > 0 || expired(pointer, clock.now()));
    if (pending.length === 0) return;
    const live = await readers();
    for (const pointer of pending) {
      const over = expired(pointer, clock.now());
      if (over) await move(over);
      else if (pointer.dropped.length > 0) await drop(pointer, live);
      else await promote(pointer, live);
    }
  };

  const isUnread = (): boolean => projections.some((projection) => !readable(pointers.get(projection.name), projection));
  /** Whether a collection is filled that is not the active one. */
  const isFilling = (): boolean =>
    projections.some(({ name }) => {
      const { active = null, feeds = [] } = pointers.get(name) ?? {};
      return feeds.some(({ collection, until }) => collection !== active && until === null);
    });
  const isOutdated = (): boolean => clock.now() - refreshed > LIVE;

  const activeOf = (model: string): string => {
    const collection = readable(pointers.get(model), projectionOf(model));
    if (collection === undefined) throw new Outage(`the read model ${model} is being filled`);
    return collection;
  };

  return {
    /** The active collection. Throws an outage, or rejects with one, if this build cannot read it, or if the pointers cannot be read. */
    of: (model: string): string | Promise<string> => (isOutdated() ? refresh().then(() => activeOf(model)) : activeOf(model)),
    /** Where a change of a read model shows first: the active collection, or the one that this build fills. */
    filled: (model: string): string => {
      const [pointer, projection] = [pointers.get(model), projectionOf(model)];
      return (
        readable(pointer, projection) ??
        (pointer && ownFeed(pointer, projection.version)?.collection) ??
        collectionFor(model, projection.version, 1)
      );
    },
    /** Resolves once all subscriptions of the read models run. */
    start: async (): Promise<void> => {
      await join();
      await reconcile();
      await announce();
    },
    /** Waits, at most `milliseconds`, until queries can be answered. */
    answerable: async (milliseconds: number): Promise<void> => {
      for (const until = clock.now() + milliseconds; isUnread() && clock.now() < until; ) {
        await look();
        if (isUnread()) await clock.sleep(OFTEN / 4);
      }
    },
    run: async (signal: AbortSignal): Promise<void> => {
      for (let failures = 0; ; ) {
        await wake.wait(failures > 0 ? backOff(clock, failures, OFTEN, SELDOM) : isFilling() ? OFTEN : SELDOM, signal);
        if (signal.aborted) break;
        try {
          await look();
          failures = 0;
        } catch (error) {
          failures++;
          failed(error);
        }
      }
      await documents.withdraw(instance).catch(() => {});
    },
    /** Where the read models are, as the store says now. */
    status: async (): Promise<readonly ModelStatus[]> => {
      await refresh();
      const live = await readers();
      const status = async (pointer: Pointer): Promise<ModelStatus> => {
        const projection = projectionOf(pointer.model);
        const goal = await endsFor(projection);
        const end = goal.ends.reduce((sum, each) => sum + each.end, 0);
        const feeds = pointer.feeds.map(async (feed) => {
          if (feed.collection === pointer.active) return { ...feed, read: null, end };
          let read = 0;
          await isBehind({ model: pointer.model, ...feed }, goal, live, (some) => {
            read += some;
          });
          return { ...feed, read, end };
        });
        return { ...pointer, fold: projection.version, feeds: await Promise.all(feeds) };
      };
      return Promise.all(projections.flatMap(({ name }) => pointers.get(name) ?? []).map(status));
    },
    /** Moves a pointer as an operator asks; the instances follow. Returns what it became, or why it must not move. */
    change: async (model: string, move: (pointer: Pointer, fold: number) => Pointer | string | undefined): Promise<Pointer | string> => {
      for (;;) {
        await refresh();
        const pointer = pointers.get(model);
        if (!pointer) return `the read model ${model} has no pointer yet`;
        const moved = move(pointer, projectionOf(model).version);
        if (moved === undefined) return pointer;
        if (typeof moved === "string") return moved;
        if (await documents.movePointer(moved)) {
          wake.notify();
          return moved;
        }
      }
    },
    healthReasons: (): readonly string[] => [
      ...(isOutdated() ? ["cannot read the pointers of its read models"] : []),
      ...projections.flatMap((projection) => {
        const pointer = pointers.get(projection.name);
        if (readable(pointer, projection)) return [];
        const active = pointer?.feeds.find(({ collection }) => collection === pointer.active);
        return active
          ? [`read model ${projection.name} answers from its fold ${active.fold}, which this build cannot read`]
          : [`read model ${projection.name} is being filled`];
      }),
    ],
  };
};

/** Reads documents without an instance: the pointer is read each time. */
export const documentsOf =
  (projections: readonly AnyProjection[], documents: Pick<Documents, "pointers" | "get">) =>
  async (model: string, id: string): Promise<StoredDocument["value"] | undefined> => {
    const projection = projections.find(({ name }) => name === model);
    if (!projection) throw new Error(`the service has no read model ${model}`);
    const collection = readable(
      (await documents.pointers()).find((pointer) => pointer.model === model),
      projection,
    );
    if (collection === undefined) throw new Outage(`the read model ${model} is being filled`);
    const [found] = await documents.get(collection, [id]);
    return found && !found.deleted ? found.value : undefined;
  };

const placeIn = (place: string): TopicPartition => {
  const at = place.lastIndexOf("/");
  return { topic: place.slice(0, at), partition: Number(place.slice(at + 1)) };
};
