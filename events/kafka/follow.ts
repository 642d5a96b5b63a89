import { randomUUID } from "node:crypto";
import type { Log, LogBatch } from "../ports.ts";
import type { Administration } from "./administration.ts";
import type { KafkaLogOptions } from "./client.ts";
import { runSubscription } from "./subscription.ts";
import { settled } from "./waiting.ts";

/** Follows a whole topic as the only member of its own group. The group commits no offsets and is deleted at the end. */
export const followTopic = (options: KafkaLogOptions, administration: Administration): Log["follow"] => {
  return async (topic, handle, from = []) => {
    const group = `${options.clientId}.follow.${topic}.${randomUUID()}`;
    const ends = new Map<number, number>();
    const positions = new Map(from.map(({ partition, offset }) => [partition, offset]));
    for (const { partition, low, high } of await administration.ranges(topic))
      if (high > Math.max(low, positions.get(partition) ?? 0)) ends.set(partition, high);
    let resolve = () => {};
    let reject = (_: Error) => {};
    const caughtUp = new Promise<void>((resolved, rejected) => {
      resolve = resolved;
      reject = rejected;
    });
    // Without this handler, a rejection that no caller awaits would end the process.
    caughtUp.catch(() => {});
    if (ends.size === 0) resolve();

    const onAdvance = (_: string, partition: number, next: number): void => {
      positions.set(partition, next);
      const end = ends.get(partition);
      if (end !== undefined && next >= end) ends.delete(partition);
      if (ends.size === 0) resolve();
    };
    const handleBatch = async ({ records, partition, next }: LogBatch): Promise<number> => {
      for (const record of records) {
        if (record.offset < (positions.get(partition) ?? 0)) continue;
        handle(record);
        positions.set(partition, record.offset + 1);
      }
      return next;
    };
    const position = async (_: string, partition: number) => positions.get(partition);
    const subscription = { group, topics: [topic], position, handle: handleBatch, onAdvance };
    const running = await runSubscription(options, { subscription, administration, commits: false });
    const stop = async (): Promise<void> => {
      await running.stop();
      reject(new Error(`Following ${topic} was stopped before its end was reached`));
      await settled(5_000, administration.deleteGroup(group));
    };
    return { stop, caughtUp };
  };
};
