import { backOff } from "../concurrency.ts";
import { aggregatesOf, type Contract, topicOf } from "../contract.ts";
import { Outage } from "../outage.ts";
import type { Documents, Following, Pointer, Ports, Reader, Running, StoredDocument } from "../ports.ts";
import type { AnyProjection } from "../projection.ts";
import { indexesOf } from "./collections.ts";
import { dropFold } from "./drop-fold.ts";
import { cleaned, expired, joined, ownFeed, promoted, readable, readsOf } from "./pointer.ts";
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
/** What was on the log at a time: topic, partition and end. */
type Goal = { readonly at: number; readonly ends: Following["progress"] };

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
    const isOwn = (name: string): boolean => [...models.keys()].some((model) => name.startsWith(`${model}__v`));
    await Promise.all([
      ...[...subscriptions].map(async ([name, subscription]) => {
        if (wanted.has(name) || !isOwn(name)) return;
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
    const following = ({ name, ...projection }: AnyProjection): Following => {
      const pointer = pointers.get(name);
      const progress = subscriptions.get(pointer?.next ?? "")?.written ?? [];
      return { reads: readsOf({ name, ...projection }), generation: pointer?.generation ?? 0, progress: [...progress].map(placed) };
    };
    const all = Object.fromEntries(projections.map((projection) => [projection.name, following(projection)]));
    return documents.announce({ instance, until: clock.now() + LIVE, models: all });
  };

  const endsFor = async ({ evolve, of }: AnyProjection): Promise<Goal> => {
    const at = clock.now();
    const topics = aggregatesOf(contract, Object.keys(evolve), of).map((aggregate) => topicOf(contract, aggregate));
    const ends = await Promise.all(
      topics.map(async (topic) => (await log.ends(topic)).map(({ partition, offset }) => [topic, partition, offset] as const)),
    );
    return { at, ends: ends.flat().filter(([, , offset]) => offset > 0) };
  };

  /** Whether a collection contains everything that was on the log a moment ago. */
  const hasCaughtUp = async (projection: AnyProjection, collection: string, live: readonly Reader[]): Promise<boolean> => {
    const goal = goals.get(collection) ?? (await endsFor(projection));
    goals.set(collection, goal);
    const progress = new Map(
      live
        .flatMap(({ models: all }) => all[projection.name]?.progress ?? [])
        .map(([topic, partition, next]) => [`${topic}/${partition}`, next]),
    );
    for (const [topic, partition, end] of goal.ends) {
      if ((progress.get(`${topic}/${partition}`) ?? 0) >= end) continue;
      if (((await documents.position(collection, topic, partition)) ?? 0) < end) return false;
    }
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
  const isMoving = (): boolean => projections.some(({ name }) => pointers.get(name)?.next !== null);
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
        readable(pointer, projection) ?? (pointer && ownFeed(pointer, projection.version)?.collection) ?? `${model}__v${projection.version}`
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
        await clock.sleep(failures > 0 ? backOff(clock, failures, OFTEN, SELDOM) : isMoving() ? OFTEN : SELDOM, signal);
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

const placed = ([place, next]: readonly [place: string, next: number]): Following["progress"][number] => {
  const at = place.lastIndexOf("/");
  return [place.slice(0, at), Number(place.slice(at + 1)), next];
};
