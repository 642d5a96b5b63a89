import { publishQueue } from "../log/publish-queue.ts";
import { asOutage } from "../outage.ts";
import type { Log, Running } from "../ports.ts";
import { administration } from "./administration.ts";
import { type KafkaLogOptions, timeoutOf } from "./client.ts";
import { describeTopics } from "./describe.ts";
import { followTopic } from "./follow.ts";
import { isKafkaOutage } from "./outages.ts";
import { kafkaSender, safeSend } from "./producer.ts";
import { readRanges } from "./read-ranges.ts";
import { runSubscription } from "./subscription.ts";

export type { KafkaLogger, KafkaLogOptions } from "./client.ts";

/**
 * The log on a Kafka cluster. Consumer groups only distribute the partitions; each subscription stores its own positions.
 */
export const kafkaLog = (options: KafkaLogOptions): Log => {
  const cluster = administration(options);
  const producer = safeSend(() => kafkaSender(options), timeoutOf(options));
  const open = new Set<Running>();
  const closing = new AbortController();
  let isClosed = false;

  const whileOpen = async <T>(action: () => Promise<T>): Promise<T> => {
    if (isClosed) throw new Error("The log is closed");
    try {
      return await action();
    } catch (error) {
      throw asOutage(error, isKafkaOutage);
    }
  };
  /** Registers a running subscription, so that closing the log stops it. */
  const tracked = async <R extends Running>(starting: Promise<R>): Promise<R> => {
    const running = await starting;
    let stopping: Promise<void> | undefined;
    const stop = (): Promise<void> => {
      stopping ??= running.stop().finally(() => open.delete(entry));
      return stopping;
    };
    const entry = { ...running, stop };
    open.add(entry);
    if (isClosed) await stop();
    return entry;
  };
  const publish = publishQueue({ partitions: cluster.partitions, send: producer.send });
  const follow = followTopic(options, cluster);
  const read = readRanges(options, cluster);

  return {
    ensureTopics: (topics) => whileOpen(() => cluster.ensureTopics(topics)),
    publish: (records) => whileOpen(() => publish(records)),
    subscribe: (subscription) =>
      whileOpen(() => tracked(runSubscription(options, { subscription, administration: cluster, commits: true }))),
    follow: (topic, handle, from) => whileOpen(() => tracked(follow(topic, handle, from))),
    read: (ranges, handle, signal) => whileOpen(() => read(ranges, handle, AbortSignal.any([signal, closing.signal]))),
    describe: (topics) => whileOpen(() => describeTopics(options, topics)),
    ends: (topic) => whileOpen(async () => (await cluster.ranges(topic)).map(({ partition, high }) => ({ partition, offset: high }))),
    offsets: (topic, time) => whileOpen(() => cluster.offsets(topic, time)),
    close: async () => {
      isClosed = true;
      closing.abort(new Error("The log is closed"));
      await Promise.all([...open].map(({ stop }) => stop()));
      await producer.close();
    },
  };
};
