import { alarm, backOff, recent } from "../concurrency.ts";
import type { Clock, Commit, EventStore, Log, Place } from "../ports.ts";
import { recordsOf } from "./record.ts";

const BATCH = 1_000;
const QUEUE = 20_000;
/** Between two walks. A mark met in one walk only is most likely in the hands of the process that committed it. */
const LEFT_BEHIND = 2_000;

/**
 * Publishes commits and takes their marks off. What this process commits it publishes at once; what a dead one left behind, the holder of
 * the lease finds by walking the marks. A commit is published only when no earlier one of its stream is still marked, so that per stream
 * first occurrences are in order and complete, however many relays run. Repeats may happen and mean nothing.
 */
export const relay = (
  name: string,
  instance: string,
  ports: { readonly store: EventStore; readonly log: Log; readonly clock: Clock },
  onError: (error: unknown) => void,
) => {
  const { store, log, clock } = ports;
  const wake = alarm(clock);
  const queue = new Map<string, Commit>();
  const published = recent<number>(50_000);
  let failing = false;

  const offer = (commit: Commit): void => {
    // Beyond the bound the mark in the store is enough: the walk finds it.
    if (queue.size < QUEUE) queue.set(id(commit), commit);
    wake.ring();
  };

  /** The batch with what must go before it, by (stream, version): other instances commit to the same streams, also between two of ours. */
  const ordered = async (batch: readonly Commit[]): Promise<readonly Commit[]> => {
    const all = new Map(batch.map((commit) => [id(commit), commit]));
    const reached = new Map<string, number>();
    const gaps = new Map<string, number>();
    for (const { stream, version, events } of [...batch].sort(byPlace)) {
      const known = reached.get(stream) ?? published.get(stream) ?? 0;
      if (version > known + 1) gaps.set(stream, version);
      reached.set(stream, Math.max(known, version + events.length - 1));
    }
    for (const [stream, version] of gaps)
      for (const earlier of await store.dueBelow("publish", stream, version)) all.set(id(earlier), earlier);
    return [...all.values()].sort(byPlace);
  };

  const publishSome = async (): Promise<void> => {
    const batch = await ordered([...queue.values()].slice(0, BATCH));
    await log.publish(batch.flatMap((commit) => recordsOf(name, commit)));
    for (const { stream, version, events } of batch) published.set(stream, version + events.length - 1);
    for (const commit of batch) queue.delete(id(commit));
    await store.clear(
      "publish",
      batch.map((commit) => ({ commit, version: commit.version })),
    );
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

  /** Finds what was left behind by a process that died between its commit and its publication: no clock tells, since any may be wrong. */
  const walking = async (signal: AbortSignal): Promise<void> => {
    let before = new Set<string>();
    while (!signal.aborted) {
      try {
        const met = new Set<string>();
        if (queue.size < BATCH && (await store.lease("relay", instance, 3 * LEFT_BEHIND))) {
          let after: Place | undefined;
          do {
            const page = await store.due("publish", after, BATCH);
            for (const commit of page) {
              met.add(id(commit));
              if (before.has(id(commit)) && !queue.has(id(commit))) offer(commit);
            }
            after = page.length < BATCH ? undefined : page.at(-1);
          } while (after && met.size < QUEUE && !signal.aborted);
        }
        before = met;
      } catch (error) {
        onError(error);
      }
      await clock.sleep(LEFT_BEHIND, signal);
    }
  };

  return {
    offer,
    /** Commits of this process that are not yet on the log. */
    pending: () => queue.size,
    failing: () => failing,
    run: async (signal: AbortSignal): Promise<void> => {
      await Promise.all([publishing(signal), walking(signal)]);
    },
    /** Publishes what is queued, once; for an orderly end. */
    flush: async (): Promise<void> => {
      while (queue.size > 0) await publishSome();
    },
  };
};
export type Relay = ReturnType<typeof relay>;

const id = ({ stream, version }: Commit): string => `${stream}@${version}`;

const byPlace = (a: Commit, b: Commit): number => (a.stream === b.stream ? a.version - b.version : a.stream < b.stream ? -1 : 1);
