import { backOff, condition } from "../concurrency.ts";
import { nameOf } from "../log/partition.ts";
import { Outage } from "../outage.ts";
import type { Following, LogRange, Pointer, Reader, Running, TopicPartition } from "../ports.ts";
import type { AnyProjection } from "../projection.ts";
import { catchingUp } from "./caught-up.ts";
import { indexesOf } from "./collections.ts";
import { dropFold } from "./drop-fold.ts";
import { endsOf, offsetsAt, sourcesOf, startsOf, unknownSchemas } from "./log-ends.ts";
import { type ModelStatus, statusOf } from "./model-status.ts";
import { cleaned, collectionFor, expired, joined, judged, modelIn, ownFeed, promoted, readable, readsOf } from "./pointer.ts";
import type { Filling } from "./rebuild.ts";
import { type RebuildOptions, rebuilds } from "./rebuilds.ts";
import type { Progress } from "./subscription.ts";

/** Milliseconds between two looks at the pointers: usually, and while a collection is to become active. */
const SELDOM = 2_000;
const OFTEN = 200;
/** Milliseconds for which an announcement counts, and after which pointers that could not be read again are out of date. */
const LIVE = 15_000;

type Options = Pick<RebuildOptions, "projections" | "instance" | "ports" | "subscriber"> &
  Filling & {
    /** All subscriptions of the instance by name; those of read models are named by their collection. */
    readonly subscriptions: Map<string, Running & Progress>;
    readonly subscribe: (projection: AnyProjection, collection: string) => Promise<Running & Progress>;
  };

/**
 * The read models of an instance: follows their pointers, fills each collection of its own folds, makes the next collection active once it has
 * caught up and every live instance can read it, and drops collections that nobody fills any more.
 */
export const readModels = (options: Options) => {
  const { projections, instance, ports, contract, subscriptions, subscribe, failed } = options;
  const { documents, log, clock } = ports;
  const { endsFor, isBehind, hasCaughtUp } = catchingUp(ports, contract);
  const models = new Map(projections.map((projection) => [projection.name, projection]));
  const pointers = new Map<string, Pointer>();
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
      for (const { fold, collection, rebuild } of pointers.get(projection.name)?.feeds ?? [])
        if (fold === projection.version && !rebuild) wanted.set(collection, projection);
    await Promise.all([
      ...[...subscriptions].map(async ([name, subscription]) => {
        if (wanted.has(name) || !models.has(modelIn(name))) return;
        subscriptions.delete(name);
        await subscription.stop();
      }),
      ...[...wanted].map(async ([collection, projection]) => {
        if (subscriptions.has(collection)) return;
        await documents.ensure(collection, indexesOf(projection));
        const active = pointers.get(projection.name)?.active ?? collection;
        if (active !== collection) await ports.parking.inherit(active, collection);
        subscriptions.set(collection, await subscribe(projection, collection));
      }),
    ]);
  };

  const announce = (): Promise<void> => {
    const following = (projection: AnyProjection): Following => {
      const { generation = 0, feeds = [], active = null } = pointers.get(projection.name) ?? {};
      const progress = (feeds.some(({ collection }) => collection !== active) ? feeds : []).flatMap(({ collection }) =>
        [...(subscriptions.get(collection)?.written ?? rebuilding.progressOf(collection))].map(([place, next]) => ({
          ...{ collection, ...placeIn(place), next },
        })),
      );
      return { reads: readsOf(projection), generation, progress, compared: rebuilding.compared(projection.name) };
    };
    const all = Object.fromEntries(projections.map((projection) => [projection.name, following(projection)]));
    return documents.announce({ instance, until: clock.now() + LIVE, models: all });
  };

  /** Moves a pointer as an operator asks; the instances follow. Returns what it became, or why it must not move. */
  const change = async (
    model: string,
    changed: (pointer: Pointer, fold: number) => Pointer | string | undefined,
  ): Promise<Pointer | string> => {
    for (;;) {
      await refresh();
      const pointer = pointers.get(model);
      if (!pointer) return `the read model ${model} has no pointer yet`;
      const moved = changed(pointer, projectionOf(model).version);
      if (moved === undefined) return pointer;
      if (typeof moved === "string") return moved;
      if (await documents.movePointer(moved)) {
        wake.notify();
        return moved;
      }
    }
  };

  const rebuilding = rebuilds({
    ...options,
    contains: async (model, collection, ends, signal) => {
      while (await isBehind({ model, collection }, ends, await readers())) {
        await clock.sleep(OFTEN, signal);
        signal.throwIfAborted();
      }
    },
    conclude: async (model, collection, ends, verdict) =>
      void (await change(model, (pointer) => judged(pointer, collection, ends, verdict))),
  });

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
    await rebuilding.reconcile(pointers);
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
    rebuilding.isPending(pointers) ||
    projections.some(({ name }) => {
      const { active = null, feeds = [] } = pointers.get(name) ?? {};
      return feeds.some(({ collection, until, rebuild }) => collection !== active && until === null && !rebuild);
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
      await rebuilding.stop();
      await documents.withdraw(instance).catch(() => {});
    },
    /** Where the read models are, or one of them, as the store says now. The ends of a topic are asked for once. */
    status: async (only?: string): Promise<readonly ModelStatus[]> => {
      await refresh();
      const live = await readers();
      const known = new Map<string, ReturnType<typeof log.ends>>();
      const ends = (topic: string): ReturnType<typeof log.ends> => {
        const found = known.get(topic) ?? log.ends(topic);
        known.set(topic, found);
        return found;
      };
      const endsOnce = (projection: AnyProjection) => endsOf({ ends }, sourcesOf(projection, contract));
      const mine = projections.flatMap((projection) => {
        const pointer = only === undefined || only === projection.name ? pointers.get(projection.name) : undefined;
        return pointer ? [{ projection, pointer }] : [];
      });
      return Promise.all(mine.map(({ projection, pointer }) => statusOf(pointer, projection, live, { endsFor: endsOnce, isBehind })));
    },
    change,
    /** What the log holds for a read model, and where it was at these times. */
    sources: async (model: string, since?: number, until?: number) => {
      const ends = await endsFor(projectionOf(model));
      const topics = [...new Set(ends.map(({ topic }) => topic))];
      const starts = await startsOf(log, topics);
      const ranges = ends.map(({ end: to, ...place }): LogRange => ({ ...place, from: Math.min(starts.get(nameOf(place)) ?? 0, to), to }));
      const at = async (time: number | undefined) => (time === undefined ? [] : offsetsAt(log, topics, time));
      return { ends, ranges, since: await at(since), until: await at(until), unknown: await unknownSchemas(log, options.codec, ranges) };
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

const placeIn = (place: string): TopicPartition => {
  const at = place.lastIndexOf("/");
  return { topic: place.slice(0, at), partition: Number(place.slice(at + 1)) };
};
