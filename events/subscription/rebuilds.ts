import { setMaxListeners } from "node:events";
import type { EventStore, Feed, LogEnd, Pointer, Rebuild, Verdict } from "../ports.ts";
import type { AnyProjection } from "../projection.ts";
import { indexesOf } from "./collections.ts";
import { foldStore } from "./fold-store.ts";
import { endsOf } from "./log-ends.ts";
import { pausing } from "./pace.ts";
import { type Filling, fill } from "./rebuild.ts";
import { copyOthers, selectionOf, selectStreams } from "./rebuild-bound.ts";
import type { Subscriber } from "./subscriber.ts";
import { verify } from "./verify.ts";

/** Milliseconds for which an instance has the work of a rebuild without a sign of life, and after which it tries again what failed. */
const LEASE = 6_000;
const PAUSE = 1_000;
/** In the place of a topic: the position that says that a rebuild has done what it does only once. */
const PREPARED = "prepared";

export type RebuildOptions = Omit<Filling, "ports"> & {
  readonly ports: Filling["ports"] & { readonly store: Pick<EventStore, "lease" | "release" | "scan"> };
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

  /**
   * Does once what makes a rebuild from the store, or one with a bound, a rebuild like any other, which contains what is before its ends: fills from
   * the store, folds what the bound selects, and copies the rest.
   */
  const prepare = async (
    { feed: { collection }, pointer: { model }, rebuild }: Task,
    filled: Subscriber,
    active: string,
    signal: AbortSignal,
  ): Promise<void> => {
    const { ends, rate, bound, source } = rebuild;
    const { contract } = options;
    if ((!bound && !source) || (await documents.position(collection, PREPARED, 0)) !== undefined) return;
    const parked = bound ? (await ports.parking.streams(active)).map(({ stream }) => stream) : [];
    const selection = bound && (await selectionOf(bound, parked, ends, { contract, log: ports.log, signal }));
    let left = selection;
    if (source === "store") {
      const pause = await pausing(rate, {
        ...{ clock, signal, probe: () => documents.get(active, ["-"]) },
        shown: (within) => options.sharing.lags.of(active, within),
      });
      const failed = await foldStore(filled, store, options, selection, signal, async (commits) => {
        const milliseconds = await pause(commits);
        if (milliseconds > 0) await clock.sleep(milliseconds, signal);
      });
      left = selectStreams(failed, contract, ends);
    }
    if (left) await fill(filled, active, left, rebuild, options, signal, () => {});
    if (selection) {
      await contains(model, active, ends, signal);
      await copyOthers(documents, [active, collection], selection, signal);
    }
    await documents.savePosition(collection, PREPARED, 0, 1);
  };

  const carryOut = async (task: Task, signal: AbortSignal): Promise<void> => {
    const { projection, pointer, feed, rebuild } = task;
    const { collection } = feed;
    const places = new Map<string, number>();
    progress.set(collection, places);
    await documents.ensure(collection, indexesOf(projection));
    const { model, active, generation } = pointer;
    if (active === null) return;
    await ports.parking.inherit(active, collection);
    const { codec, contract } = options;
    const { ends, mayDiffer = [] } = rebuild;
    const filled = subscriber(projection, collection);
    const passed = (name: string, next: number): void => void places.set(name, next);
    await prepare(task, filled, active, signal);
    await fill(filled, active, undefined, rebuild, options, signal, passed);
    // From the store comes what was published meanwhile, too.
    await contains(model, active, rebuild.source === "store" ? await endsOf(ports.log, filled.topics) : ends, signal);
    const verifying = { projection, codec, contract, ports, signal, live: active, other: collection, ends, mayDiffer };
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
