import assert from "node:assert/strict";
import { fork } from "node:child_process";
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { kafkaLog } from "../../events/kafka/log.ts";
import { mongo } from "../../events/mongo/connect.ts";
import type { LogEnd, Pointer, Rebuild } from "../../events/ports.ts";
import { endsOf } from "../../events/subscription/log-ends.ts";
import { aborting, rebuilding } from "../../events/subscription/pointer.ts";
import { settingsOf } from "../../infra/embedded/kafka/connection.ts";
import { embedded } from "../../infra/embedded/shared.ts";
import { announcing, MODEL } from "../faults/versions.ts";
import type { Told } from "./service-main.ts";

export type ReplayOptions = {
  readonly events: number;
  /** Streams that they belong to. */
  readonly streams: number;
  /** Events a second that are announced meanwhile. */
  readonly writes: number;
  /** Megabytes of heap that the service may have; what does not fit ends it. */
  readonly heap: number;
  /** A rebuild at each of these rates. */
  readonly rates: readonly Rebuild["rate"][];
  /** Milliseconds for everything. */
  readonly limit: number;
  readonly report: (text: string) => void;
};
/** How long reads of the live collection take, and how old an event is when it shows there: the 99th percentiles in milliseconds. */
export type Latencies = { readonly read: number; readonly shown: number };
export type Rebuilt = Latencies & {
  readonly rate: Rebuild["rate"];
  /** Until it was filled, and then until it was compared. */
  readonly filled: number;
  readonly verified: number;
  readonly compared: number;
  readonly ahead: number;
  /** The most memory that the service had meanwhile, in megabytes. */
  readonly heap: number;
  readonly rss: number;
};
export type Replayed = {
  readonly events: number;
  readonly written: number;
  readonly calm: Latencies;
  readonly calmHeap: number;
  readonly rebuilds: readonly Rebuilt[];
};

/** How long the time before a rebuild is measured, in milliseconds. */
const CALM = 15_000;
const LOOK = 20;

/**
 * Rebuilds a read model of so many events while more are announced and the live one is read, once at each rate. The result must equal the live one
 * each time. The service is a process of its own; whoever writes and reads is this one.
 */
export const replayRun = async ({ events, streams, writes, heap, rates, limit, report }: ReplayOptions): Promise<Replayed> => {
  const { kafka, store } = await embedded();
  const database = `replay${randomUUID().slice(0, 8)}`;
  const log = kafkaLog({ ...kafka.connection, clientId: `${database}-writer` });
  const kept = mongo({ url: store.url, database });
  const { documents } = kept;
  const until = Date.now() + limit;
  const began = Date.now();
  const after = (): string => `after ${Math.round((Date.now() - began) / 1_000)} s`;
  const announced = announcing(log, streams);
  let ended: string | undefined;
  let child: ReturnType<typeof fork> | undefined;
  const told: Told[] = [];

  const eventually = async <T>(what: string, ask: () => Promise<T | undefined>): Promise<T> => {
    for (;;) {
      assert.equal(ended, undefined);
      const found = await ask();
      if (found !== undefined) return found;
      assert.ok(Date.now() < until, `it did not come to be in time: ${what}`);
      await pause(100);
    }
  };
  const pointer = async (): Promise<Pointer | undefined> => (await documents.pointers()).find(({ model }) => model === MODEL);
  const move = (changed: (pointer: Pointer) => Pointer): Promise<Pointer> =>
    eventually("the pointer moves", async () => {
      const now = await pointer();
      const moved = now && changed(now);
      return moved && (await documents.movePointer(moved)) ? moved : undefined;
    });
  const contains = async (collection: string, ends: readonly LogEnd[]): Promise<boolean> => {
    for (const { topic, partition, end } of ends) if (((await documents.position(collection, topic, partition)) ?? 0) < end) return false;
    return true;
  };

  try {
    await log.ensureTopics([{ name: "pitrix.app", partitions: 6, compacted: false }]);
    await announced.seed(events, (done) => done % 100_000 === 0 && report(`${after()} ${done} events are there`));
    const service = fork(join(import.meta.dirname, "service-main.js"), [database], {
      env: { ...process.env, ...settingsOf(kafka.connection), MONGODB_URL: store.url },
      execArgv: [`--max-old-space-size=${heap}`, "--expose-gc"],
    });
    child = service;
    service.on("message", (message: Told) => void told.push(message));
    service.once("exit", (code, signal) => {
      ended = `the service ended with ${code ?? signal}`;
    });
    const live = await eventually("the live model has all", async () => {
      const active = (await pointer())?.active;
      return active && (await contains(active, await endsOf(log, ["pitrix.app"]))) ? active : undefined;
    });
    report(`${after()} the live model has ${events} events`);

    const writing = announced.pour(writes);
    const probing = probe(documents, announced, live, streams);
    const between = async <T>(work: () => Promise<T>) => {
      const [from, memory] = [Date.now(), told.length];
      const result = await work();
      const [read, shown] = probing.since(from);
      const most = (of: (one: Told) => number): number => Math.round(Math.max(0, ...told.slice(memory).map(of)) / 1_048_576);
      return { result, read, shown, heap: most((one) => one.heap), rss: most((one) => one.rss) };
    };
    const calm = await between(() => pause(CALM));
    report(`${after()} without a rebuild: p99 of a read ${calm.read} ms, until an event shows ${calm.shown} ms, heap ${calm.heap} MB`);
    const rebuilds: Rebuilt[] = [];
    for (const rate of rates) {
      const { result, ...figures } = await between(async () => {
        const start = Date.now();
        const ends = await endsOf(log, ["pitrix.app"]);
        const moved = await move((now) => rebuilding(now, now.feeds[0]?.fold ?? 1, { ends, rate }));
        const collection = moved.feeds.at(-1)?.collection ?? "";
        await eventually("the rebuild is filled", async () => ((await contains(collection, ends)) ? true : undefined));
        const filled = Date.now();
        const verdict = await eventually("the rebuild is compared", async () => {
          const feed = (await pointer())?.feeds.find((each) => each.collection === collection);
          return feed?.rebuild?.verdict ?? undefined;
        });
        assert.deepEqual([verdict.differences, verdict.first, verdict.compared], [0, [], streams]);
        const { compared, ahead } = verdict;
        await move((now) => aborting(now, collection, Date.now()));
        return { filled: (filled - start) / 1_000, verified: (Date.now() - filled) / 1_000, compared, ahead };
      });
      rebuilds.push({ rate, ...result, ...figures });
      report(`${after()} ${rate === null ? "as fast as possible" : `at ${rate}`}: ${JSON.stringify(rebuilds.at(-1))}`);
      await pause(3_000);
    }
    await writing.stop();
    await probing.stop();
    const { result: _, heap: calmHeap, rss: __, ...latencies } = calm;
    return { events, written: announced.count(), calm: latencies, calmHeap, rebuilds };
  } finally {
    child?.kill("SIGKILL");
    await log.close();
    await kept.close();
  }
};

/** Reads documents of the live collection all the time, and looks how long what was announced takes until it shows. */
const probe = (
  documents: Pick<ReturnType<typeof mongo>["documents"], "get">,
  announced: Pick<ReturnType<typeof announcing>, "count">,
  live: string,
  streams: number,
) => {
  const reads: { readonly at: number; readonly took: number }[] = [];
  const shown: { readonly at: number; readonly took: number }[] = [];
  let isOver = false;
  const reading = (async () => {
    for (let nth = 0; !isOver; nth++) {
      const at = performance.now();
      await documents.get(live, [`appv-${(nth * 7) % streams}`]);
      reads.push({ at: Date.now(), took: performance.now() - at });
      await pause(LOOK);
    }
  })();
  const watching = (async () => {
    while (!isOver) {
      // The stream of the next event; its version follows from how many there were.
      const next = announced.count();
      const [id, version] = [`appv-${next % streams}`, 1 + Math.floor(next / streams)];
      while (!isOver && announced.count() <= next) await pause(1);
      const at = performance.now();
      while (!isOver && ((await documents.get(live, [id]))[0]?.version ?? 0) < version) await pause(2);
      shown.push({ at: Date.now(), took: performance.now() - at });
      await pause(LOOK);
    }
  })();
  const slowest = (all: readonly { readonly at: number; readonly took: number }[], from: number): number => {
    const times = all.filter(({ at }) => at >= from).map(({ took }) => took);
    return Math.round(times.toSorted((one, other) => one - other)[Math.floor(times.length * 0.99)] ?? 0);
  };
  return {
    since: (from: number): readonly [read: number, shown: number] => [slowest(reads, from), slowest(shown, from)],
    stop: async (): Promise<void> => {
      isOver = true;
      await Promise.all([reading, watching]);
    },
  };
};
