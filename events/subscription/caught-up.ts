import type { Contract } from "../contract.ts";
import { nameOf } from "../log/partition.ts";
import type { LogEnd, Ports, Reader } from "../ports.ts";
import type { AnyProjection } from "../projection.ts";
import { endsOf, sourcesOf } from "./log-ends.ts";

/** How old the ends of the log may be that a collection has to have reached. */
const FRESH = 3_000;

type Filled = { readonly model: string; readonly collection: string };

/** How far collections are, from what their instances announce, and from their saved positions. */
export const catchingUp = ({ documents, log, clock }: Pick<Ports, "documents" | "log" | "clock">, contract: Contract) => {
  /** What was on the log at a time, by the collection that has to reach it. */
  const goals = new Map<string, { readonly at: number; readonly ends: readonly LogEnd[] }>();

  /** Whether a collection lacks a part of the log. Reports for each partition how many records the collection contains. */
  const isBehind = async (
    { model, collection }: Filled,
    ends: readonly LogEnd[],
    live: readonly Reader[],
    report: (read: number) => void = () => {},
  ): Promise<boolean> => {
    const said = live.flatMap(({ models: all }) => all[model]?.progress ?? []).filter((each) => each.collection === collection);
    const announced = new Map(said.map((each) => [nameOf(each), each.next]));
    let lacks = false;
    for (const { topic, partition, end } of ends) {
      if (end === 0) continue;
      const next = announced.get(nameOf({ topic, partition })) ?? 0;
      const read = next >= end ? end : Math.min(end, Math.max(next, (await documents.position(collection, topic, partition)) ?? 0));
      report(read);
      lacks ||= read < end;
    }
    return lacks;
  };

  return {
    isBehind,
    endsFor: (projection: AnyProjection): Promise<readonly LogEnd[]> => endsOf(log, sourcesOf(projection, contract)),
    /** Whether a collection contains everything that was on the log a moment ago. */
    hasCaughtUp: async (projection: AnyProjection, collection: string, live: readonly Reader[]): Promise<boolean> => {
      const goal = goals.get(collection) ?? { at: clock.now(), ends: await endsOf(log, sourcesOf(projection, contract)) };
      goals.set(collection, goal);
      if (await isBehind({ model: projection.name, collection }, goal.ends, live)) return false;
      goals.delete(collection);
      return clock.now() - goal.at <= FRESH;
    },
  };
};
export type CatchingUp = ReturnType<typeof catchingUp>;
