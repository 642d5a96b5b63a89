import { backOff, condition } from "../concurrency.ts";
import type { Contract } from "../contract.ts";
import { lruCache } from "../lru-cache.ts";
import type { Clock, Commit, EventStore, Log, LogEnd, StreamPosition } from "../ports.ts";
import type { Span, Tracer } from "../trace.ts";
import { publishing as spanOf } from "./messaging.ts";
import { bytesOf, recordsOf } from "./record.ts";

/** Limits of one publication and of the queue in memory, in commits and bytes. A single commit may exceed the bytes of a publication. */
const BATCH = 1_000;
const BATCH_BYTES = 4_000_000;
const QUEUE = 20_000;
const QUEUE_BYTES = 32_000_000;
/** How long a published commit's mark may wait to be removed together with others, and how many marks may wait. */
const LINGER = 20;
const MAX_ON_LOG = 4 * BATCH;
/** Maximum number of marks that one scan remembers. */
const MAX_SEEN = 100_000;
/** Milliseconds between two scans. A mark that only one scan has found most likely belongs to a live process. */
const SCAN_INTERVAL = 2_000;

/**
 * Publishes commits and removes their marks. A process publishes its own commits at once. The holder of the lease scans for the marks of
 * commits that a dead process left. A commit is published only if no earlier commit of its stream is still marked, so that in each stream first
 * occurrences are in order and complete, for any number of relays. Repeated publications may occur and change nothing.
 */
export const relay = (
  contract: Contract,
  name: string,
  instance: string,
  ports: { readonly store: EventStore; readonly log: Pick<Log, "publish">; readonly clock: Clock },
  onError: (error: unknown) => void,
  onPublished: (commit: Commit) => void = () => {},
  tracer?: Tracer,
  /** The marks of everything that this process has published before these offsets are removed. */
  onCleared: (ends: readonly LogEnd[]) => void = () => {},
) => {
  const { store, log, clock } = ports;
  const wake = condition(clock);
  const queue = new Map<string, Commit>();
  const published = lruCache<number>(50_000);
  let bytes = 0;
  let failing = false;

  const notify = (commit: Commit): void => {
    // A commit beyond the limits is not lost: the scan finds its mark in the store.
    if (queue.size < QUEUE && bytes < QUEUE_BYTES && !queue.has(id(commit))) {
      queue.set(id(commit), commit);
      bytes += bytesOf(commit);
    }
    wake.notify();
  };
  const remove = (commit: Commit): void => {
    if (queue.delete(id(commit))) bytes -= bytesOf(commit);
  };
  const next = (): readonly Commit[] => {
    const batch: Commit[] = [];
    let size = 0;
    for (const commit of queue.values()) {
      size += bytesOf(commit);
      if (batch.length === BATCH || (batch.length > 0 && size > BATCH_BYTES)) break;
      batch.push(commit);
    }
    return batch;
  };

  /**
   * The batch with all earlier marked commits of its streams, sorted by stream and version: other instances commit to the same streams, too. If
   * not all of them fit, the later commits of the stream stay in the queue.
   */
  const ordered = async (batch: readonly Commit[]): Promise<readonly Commit[]> => {
    const all = new Map(batch.map((commit) => [id(commit), commit]));
    const reached = new Map<string, number>();
    const gaps = new Map<string, number>();
    for (const { stream, version, events } of [...batch].sort(byPlace)) {
      const known = reached.get(stream) ?? published.get(stream) ?? 0;
      if (version > known + 1) gaps.set(stream, version);
      reached.set(stream, Math.max(known, version + events.length - 1));
    }
    for (const [stream, version] of gaps) {
      const space = Math.max(0, 2 * BATCH - all.size);
      const earlier = space === 0 ? [] : await store.dueBelow("publish", stream, version, space);
      for (const commit of earlier) all.set(id(commit), commit);
      const last = earlier.at(-1)?.version ?? 0;
      if (earlier.length === space)
        for (const commit of all.values()) if (commit.stream === stream && commit.version > last) all.delete(id(commit));
    }
    return [...all.values()].sort(byPlace);
  };

  const publishSome = async (): Promise<void> => {
    const batch = await ordered(next());
    let ends: readonly LogEnd[] = [];
    await inSpans(contract, tracer, batch, async () => {
      ends = await log.publish(batch.flatMap((commit) => recordsOf(contract, name, commit)));
    });
    for (const { stream, version, events } of batch) published.set(stream, version + events.length - 1);
    for (const commit of batch) {
      remove(commit);
      onPublished(commit);
    }
    onLog.push(...batch);
    reached.push(...ends);
    if (onLog.length > MAX_ON_LOG) await clearing;
    clearing ??= clear();
  };

  /** Commits that are published and still marked. */
  let onLog: Commit[] = [];
  /** Where they end on the log. */
  let reached: LogEnd[] = [];
  let clearing: Promise<void> | undefined;
  /** Removes marks in the background, several at once. A mark that stays longer causes at worst a repeated publication. */
  const clear = async (): Promise<void> => {
    while (onLog.length > 0) {
      if (onLog.length < BATCH) await clock.sleep(LINGER);
      const [done, ends] = [onLog, reached];
      onLog = [];
      reached = [];
      try {
        await store.clear(
          "publish",
          done.map((commit) => ({ commit, version: commit.version })),
        );
        onCleared(ends);
      } catch (error) {
        onError(error);
      }
    }
    clearing = undefined;
  };

  const publishing = async (signal: AbortSignal): Promise<void> => {
    for (let failures = 0; !signal.aborted; ) {
      if (queue.size === 0) await wake.wait(60_000, signal);
      try {
        while (queue.size > 0 && !signal.aborted) {
          await publishSome();
          failing = false;
          failures = 0;
        }
      } catch (error) {
        failing = true;
        onError(error);
        await clock.sleep(backOff(clock, ++failures), signal);
      }
    }
  };

  /** Finds commits of processes that died before publishing them. It compares two scans instead of clocks, since any clock may be wrong. */
  const scanning = async (signal: AbortSignal): Promise<void> => {
    // At the start every mark may be from a former incarnation. A wrong guess only causes a repeated publication.
    let before: ReadonlySet<string> | undefined;
    while (!signal.aborted) {
      try {
        if (queue.size < BATCH && (await store.lease("relay", instance, 3 * SCAN_INTERVAL))) {
          const seen = new Set<string>();
          let after: StreamPosition | undefined;
          do {
            const page = await store.due("publish", after, BATCH);
            for (const commit of page) {
              seen.add(id(commit));
              if ((before?.has(id(commit)) ?? true) && !queue.has(id(commit))) notify(commit);
            }
            after = page.length < BATCH ? undefined : page.at(-1);
            // With a backlog the scan is not faster than the log.
            while (queue.size >= QUEUE / 2 && !failing && !signal.aborted) await clock.sleep(10, signal);
          } while (after && seen.size < MAX_SEEN && queue.size < QUEUE / 2 && !signal.aborted);
          before = seen;
        }
      } catch (error) {
        onError(error);
      }
      await clock.sleep(SCAN_INTERVAL, signal);
    }
  };

  return {
    notify,
    /** Commits of this process that are not yet on the log. */
    pending: () => queue.size,
    failing: () => failing,
    run: async (signal: AbortSignal): Promise<void> => {
      await Promise.all([publishing(signal), scanning(signal)]);
    },
    /** Publishes the queue once, for an orderly shutdown. */
    flush: async (): Promise<void> => {
      while (queue.size > 0) await publishSome();
      await clearing;
    },
  };
};
export type Relay = ReturnType<typeof relay>;

const id = ({ stream, version }: Commit): string => `${stream}@${version}`;

const byPlace = (a: Commit, b: Commit): number => (a.stream === b.stream ? a.version - b.version : a.stream < b.stream ? -1 : 1);

/** Runs a publication in one span for each commit that is part of a trace. */
const inSpans = async (
  contract: Contract,
  tracer: Tracer | undefined,
  commits: readonly Commit[],
  run: () => Promise<void>,
): Promise<void> => {
  if (!tracer) return run();
  const spans = commits.flatMap((commit): readonly Span[] => {
    const { traceparent } = commit.metadata;
    return traceparent === null ? [] : [tracer(spanOf(contract, commit), traceparent)];
  });
  try {
    await run();
    for (const span of spans) span.end();
  } catch (error) {
    for (const span of spans) span.end(error);
    throw error;
  }
};
