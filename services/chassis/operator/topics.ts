import { type AnyService, aggregatesOf, type Log, topicOf } from "../../../events/index.ts";
import { endsOf, isMissingTopic, startsOf } from "../../../events/runtime.ts";
import { contract } from "../contract.ts";

/** A topic of an aggregate's events. */
export type TopicState = {
  readonly topic: string;
  readonly service: string;
  readonly readers: "public" | "internal" | "platform";
  /** 0: there is no such topic. */
  readonly partitions: number;
  /** Records that are held, and those that were removed from its beginning. */
  readonly records: number;
  readonly removed: number;
  /** The services whose tables read it. */
  readonly read: readonly string[];
};

/** The topics of some services' events, and which of all services read them. */
export const topicStates = (log: Log, own: readonly AnyService[], loaded: readonly AnyService[]): Promise<readonly TopicState[]> => {
  const reads = new Map(
    loaded.map(({ name, projections = [], reactions = {} }) => [
      name,
      new Set([
        ...projections.flatMap(({ evolve, of }) => aggregatesOf(contract, Object.keys(evolve), of)),
        ...aggregatesOf(contract, Object.keys(reactions)),
      ]),
    ]),
  );
  const all = own.flatMap(({ name, aggregates }) => Object.entries(aggregates).map(([aggregate, row]) => ({ name, aggregate, row })));
  return Promise.all(
    all.map(async ({ name, aggregate, row }): Promise<TopicState> => {
      const topic = topicOf(contract, aggregate);
      const readers: TopicState["readers"] = row.internal ? "internal" : row.public ? "public" : "platform";
      const read = [...reads].filter(([, aggregates]) => aggregates.has(aggregate)).map(([reader]) => reader);
      const about = { topic, service: name, readers, read };
      try {
        const [ends, starts] = await Promise.all([endsOf(log, [topic]), startsOf(log, [topic])]);
        const removed = [...starts.values()].reduce((sum, offset) => sum + offset, 0);
        return { ...about, partitions: ends.length, records: ends.reduce((sum, { end }) => sum + end, 0) - removed, removed };
      } catch (error) {
        if (!isMissingTopic(error)) throw error;
        return { ...about, partitions: 0, records: 0, removed: 0 };
      }
    }),
  );
};
