import assert from "node:assert/strict";
import { fork } from "node:child_process";
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { kafkaLog } from "../../events/kafka/log.ts";
import { mongo } from "../../events/mongo/connect.ts";
import { settingsOf } from "../../infra/embedded/kafka/connection.ts";
import { embedded } from "../../infra/embedded/shared.ts";
import { systemClock } from "../../services/chassis/process/clock.ts";
import { type Counted, type Figures, foldOf, idOf, nth, streams, type Told } from "./counting.ts";

const chunk = 2_000;
const megabytes = (bytes: number): number => Math.round(bytes / 1_048_576);

export type Backlog = {
  readonly events: number;
  /** The heap that the consumer may have, in megabytes: what does not fit ends it. */
  readonly heap: number;
  /** Milliseconds for everything. */
  readonly limit: number;
  readonly report: (text: string) => void;
};

/**
 * A consumer that has stopped while events go on, then has a store a hundred times as slow, then is let go: its memory does not grow with
 * what waits for it, and in the end its read model is what a fresh fold of the log makes.
 */
export const backlog = async ({ events, heap, limit, report }: Backlog): Promise<void> => {
  const { kafka, store } = await embedded();
  const run = `b${randomUUID().slice(0, 8)}`;
  const log = kafkaLog({ ...kafka.connection, clientId: run });
  const { documents, close } = mongo({ url: store.url, database: run });
  const began = Date.now();
  const until = began + limit;
  const after = (): string => `after ${Math.round((Date.now() - began) / 1_000)} s`;
  let child: ReturnType<typeof fork> | undefined;
  try {
    await log.ensureTopics([{ name: "pitrix.category", partitions: 6, compacted: false }]);
    const publish = async (from: number, to: number): Promise<void> => {
      for (let at = from; at < to; at += chunk)
        await log.publish(Array.from({ length: Math.min(chunk, to - at) }, (_, index) => nth(run, at + index)));
    };
    await publish(0, events / 2);

    report(`${after()} there is a backlog`);
    const figures: Figures[] = [];
    let ended: string | undefined;
    const consumer = fork(join(import.meta.dirname, "consumer-main.js"), [run], {
      env: { ...process.env, ...settingsOf(kafka.connection), MONGODB_URL: store.url },
      execArgv: [`--max-old-space-size=${heap}`, "--expose-gc"],
    });
    child = consumer;
    consumer.on("message", (message: Figures) => figures.push(message));
    consumer.once("exit", (code, signal) => {
      ended = `the consumer ended with ${code ?? signal}`;
    });
    const tell = (told: Told): void => void consumer.send(told);
    const eventually = async (what: string, ask: (last: Figures) => boolean | Promise<boolean>): Promise<Figures> => {
      for (;;) {
        assert.equal(ended, undefined);
        const last = figures.at(-1);
        if (last && (await ask(last))) return last;
        assert.ok(Date.now() < until, `${what} did not come to be: ${JSON.stringify(last)}`);
        await systemClock.sleep(100);
      }
    };
    const more = (count: number): Promise<Figures> => {
      const wanted = figures.length + count;
      return eventually("further figures", () => figures.length >= wanted);
    };

    await eventually("a consumer that waits in every partition", ({ waiting }) => waiting === 6);
    const before = await more(2);
    await publish(events / 2, events);
    const stopped = await more(4);
    report(
      `${after()} stopped: heap ${megabytes(before.heap)} MB before and ${megabytes(stopped.heap)} MB after ${events / 2} further events`,
    );
    assert.equal(stopped.folded, before.folded, "a stopped consumer does not go on");
    assert.ok(stopped.heap - before.heap < 8 * 1_048_576, "what goes on elsewhere takes no memory of who has stopped");

    tell({ blocked: false, milliseconds: 300 });
    await eventually("some progress with a slow store", ({ folded }) => folded > stopped.folded);
    const slow = await more(6);
    report(`${after()} it has got on slowly`);
    tell({ blocked: false, milliseconds: 0 });
    const ids = Array.from({ length: streams }, (_, stream) => idOf(run, stream));
    const folded = async () => documents.get("counts__v1", ids);
    await eventually("a read model that is complete", async ({ folded: done }) => {
      if (done < events) return false;
      const found = await folded();
      return found.length === streams && found.every(({ version }) => version === events / streams);
    });
    report(`${after()} it has them all`);
    const released = await more(3);
    const fresh = foldOf(run);
    const following = await log.follow("pitrix.category", fresh.add);
    await following.caughtUp;
    await following.stop();
    const found = new Map((await folded()).map(({ id, value, version }) => [id, { ...(value as Counted), version }])); // As the child folded it.
    assert.deepEqual(found, new Map(ids.map((id) => [id, fresh.documents.get(id)])), "it is what a fresh fold makes");
    const peak = Math.max(...figures.map(({ rss }) => rss));
    report(`${after()} slow: ${megabytes(slow.heap)} MB, released: ${megabytes(released.heap)} MB, highest RSS ${megabytes(peak)} MB`);
    assert.ok(released.heap - before.heap < 16 * 1_048_576, "nothing is left of it");
  } finally {
    child?.kill("SIGKILL");
    await close();
    await log.close();
  }
};
