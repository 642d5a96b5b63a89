import type { Codec } from "../codec/codec.ts";
import { type Contract, topicOf } from "../contract.ts";
import { aggregateOf } from "../message.ts";
import type { Commit, EventStore } from "../ports.ts";
import { type Delivered, deliveredIn } from "./delivered.ts";
import type { Selection } from "./rebuild-bound.ts";
import type { Handler, Subscriber } from "./subscriber.ts";

/** Commits of a page, and attempts to write what it makes. */
const PAGE = 500;
const ATTEMPTS = 20;

/**
 * Fills a collection from the store of the service's own events, in its order, with what is published. Returns the streams that cannot be folded
 * to their end: the log tells where, and parks them.
 */
export const foldStore = async (
  { topics, types, open }: Subscriber,
  store: Pick<EventStore, "scan">,
  { codec, contract }: { readonly codec: Codec; readonly contract: Contract },
  selection: Selection | undefined,
  signal: AbortSignal,
  passed: (commits: number) => Promise<void>,
): Promise<ReadonlySet<string>> => {
  const failed = new Set<string>();
  /** Streams whose next commit is not on the log yet. */
  const waiting = new Set<string>();
  const own = new Set(topics);
  const isRead = ({ stream, events }: Commit): boolean =>
    events.length > 0 &&
    own.has(topicOf(contract, aggregateOf(stream))) &&
    (selection?.has(stream) ?? true) &&
    !failed.has(stream) &&
    !waiting.has(stream);

  const eventsIn = (commits: readonly Commit[]): ReadonlyMap<string, readonly Delivered[]> => {
    const streams = new Map<string, Delivered[]>();
    for (const commit of commits) {
      if (!isRead(commit)) continue;
      if (commit.publish) {
        waiting.add(commit.stream);
        continue;
      }
      try {
        const events = deliveredIn(commit, codec).filter(({ event }) => types.has(event.type));
        if (events.length > 0) streams.set(commit.stream, [...(streams.get(commit.stream) ?? []), ...events]);
      } catch {
        failed.add(commit.stream);
      }
    }
    return streams;
  };

  const handler = open();
  for (let after: Commit | undefined; ; ) {
    signal.throwIfAborted();
    const page = await store.scan(after, PAGE);
    const streams = eventsIn(page);
    for (const stream of await written(handler, streams)) failed.add(stream);
    await passed(page.length);
    after = page.at(-1);
    if (page.length < PAGE) return failed;
  }
};

/** Folds and writes. After a conflict with another writer, all is folded again. */
const written = async (handler: Handler, streams: ReadonlyMap<string, readonly Delivered[]>): Promise<readonly string[]> => {
  for (let attempt = 1; ; attempt++) {
    const failures = await handler.handle(streams);
    if (await handler.flush()) return failures.map(({ delivered }) => delivered.meta.stream);
    if (attempt === ATTEMPTS) throw new Error("another writer is in the way of a rebuild from the store");
  }
};
