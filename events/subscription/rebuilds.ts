import { setMaxListeners } from "node:events";
import type { EventStore, Feed, LogEnd, Pointer, Rebuild, Verdict } from "../ports.ts";
import type { AnyProjection } from "../projection.ts";
import { indexesOf } from "./collections.ts";
import { type Filling, fill } from "./rebuild.ts";
import type { Subscriber } from "./subscriber.ts";
import { verify } from "./verify.ts";

/** Milliseconds for which an instance has the work of a rebuild without a sign of life, and after which it tries again what failed. */
const LEASE = 6_000;
const PAUSE = 1_000;

export type RebuildOptions = Omit<Filling, "ports"> & {
  readonly ports: Filling["ports"] & { readonly store: Pick<EventStore, "lease" | "release"> };
  readonly instance: string;
  readonly projections: readonly AnyProjection[];
  readonly subscriber: (projection: AnyProjection, collection: string) => Subscriber;
  /** Resolves once the collection contains what is before these offsets. */
  readonly contains: (model: string, collection: string, ends: readonly LogEnd[], signal: AbortSignal) => Promise<void>;
  readonly conclude: (model: string, collection: string, ends: readonly LogEnd[], verdict: Verdict) => Promise<void>;
};
type Work = { readonly key: string; readonly stop: AbortController; over: Promise<void>; renewed: number };
type Task = { readonly projection: AnyProjection; readonly pointer: Pointer; readonly feed: Feed; readonly rebuild: Rebuild };

/**
 * The rebuilds that this instance carries out: fills the collection, and compares it with the live one. One instance at a time does this for a
 * collection, under a lease; another one goes on if it dies. Two at once would only do the same.
 */
export const rebuilds = (options: RebuildOptions) => {
  const { ports, instance, projections, subscriber, contains, conclude, failed } = options;
  const { clock, documents, store } = ports;
  const running = new Map<string, Work>();
  const progress = new Map<string, Map<string, number>>();
  const compared = new Map<string, number>();
  const again = new Map<string, number>();

  const tasksOf = (pointers: ReadonlyMap<string, Pointer>): readonly Task[] =>
    projections.flatMap((projection) => {
      const pointer = pointers.get(projection.name);
      return (pointer?.feeds ?? []).flatMap((feed): readonly Task[] => {
        const { rebuild, until, fold } = feed;
        const isDue = pointer && rebuild && until === null && rebuild.verdict === null && fold === projection.version;
        return isDue ? [{ projection, pointer, feed, rebuild }] : [];
      });
    });

  const carryOut = async ({ projection, pointer, feed: { collection }, rebuild }: Task, signal: AbortSignal): Promise<void> => {
    const places = new Map<string, number>();
    progress.set(collection, places);
    await documents.ensure(collection, indexesOf(projection));
    const { model, active, generation } = pointer;
    if (active === null) return;
    await ports.parking.inherit(active, collection);
    await fill(subscriber(projection, collection), active, rebuild, options, signal, (name, next) => void places.set(name, next));
    await contains(model, active, rebuild.ends, signal);
    const { codec, contract } = options;
    const verifying = { projection, codec, contract, ports, signal, live: active, other: collection, ends: rebuild.ends };
    const found = await verify(verifying, (count) => void compared.set(model, count));
    await conclude(model, collection, rebuild.ends, { ...found, generation });
  };

  const leaseOf = (collection: string): string => `rebuild ${collection}`;
  const begin = (task: Task, key: string): void => {
    const { collection } = task.feed;
    const stop = new AbortController();
    // Every partition adds some.
    setMaxListeners(0, stop.signal);
    const over = carryOut(task, stop.signal)
      .catch((error: unknown) => {
        again.set(collection, clock.now() + PAUSE);
        if (!stop.signal.aborted) failed(error);
      })
      .then(async () => {
        running.delete(collection);
        progress.delete(collection);
        compared.delete(task.pointer.model);
        await store.release(leaseOf(collection), instance).catch(() => {});
      });
    running.set(collection, { key, stop, over, renewed: clock.now() });
  };

  return {
    /** Begins what is due, and stops what is not any more, or is another instance's. */
    reconcile: async (pointers: ReadonlyMap<string, Pointer>): Promise<void> => {
      const due = new Map(tasksOf(pointers).map((task) => [task.feed.collection, task]));
      const unwanted = [...running].filter(([collection, { key }]) => keyOf(due.get(collection)) !== key).map(([, work]) => work);
      for (const { stop } of unwanted) stop.abort("not wanted any more");
      // Nobody may write into a collection once this instance has announced that it follows the pointer.
      await Promise.all(unwanted.map(({ over }) => over));
      for (const [collection, task] of due) {
        const work = running.get(collection);
        const isFresh = work && clock.now() - work.renewed < LEASE / 4;
        if (isFresh || (!work && (again.get(collection) ?? 0) > clock.now())) continue;
        if (!(await store.lease(leaseOf(collection), instance, LEASE))) work?.stop.abort("another instance goes on");
        else if (work) work.renewed = clock.now();
        else begin(task, keyOf(task));
      }
    },
    isPending: (pointers: ReadonlyMap<string, Pointer>): boolean => tasksOf(pointers).length > 0,
    /** The next offsets by `topic/partition`, of a collection that this instance fills. */
    progressOf: (collection: string): ReadonlyMap<string, number> => progress.get(collection) ?? new Map(),
    compared: (model: string): number => compared.get(model) ?? 0,
    stop: async (): Promise<void> => {
      for (const { stop } of running.values()) stop.abort("the instance ends");
      await Promise.all([...running.values()].map(({ over }) => over));
    },
  };
};

const keyOf = (task: Task | undefined): string => (task ? JSON.stringify([task.pointer.active, task.rebuild.ends, task.rebuild.rate]) : "");
