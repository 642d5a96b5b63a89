import { aggregateOf, type LogRecord } from "../../../events/index.ts";
import { headerOf } from "../../../events/runtime.ts";
import type { AnyService } from "../../chassis/service.ts";
import type { Build } from "../build.ts";
import { type Builds, canonical, fieldsThatDiffer, messageOf, type Pair, type Tallies } from "./differences.ts";

/** States of the aggregates that both builds have. */
export const statePairs = ({ here, there, mine, theirs }: Builds) => {
  const pairs = new Map<string, Pair<unknown> & { readonly service: string }>();
  const deciderOf = (all: ReadonlyMap<string, AnyService>, aggregate: string) => {
    for (const { name, aggregates } of all.values()) {
      const found = Object.hasOwn(aggregates, aggregate) ? aggregates[aggregate] : undefined;
      if (found) return { service: name, decider: found.decider };
    }
    return undefined;
  };
  const begin = (stream: string) => {
    const [one, other] = [deciderOf(mine, aggregateOf(stream)), deciderOf(theirs, aggregateOf(stream))];
    const known = pairs.get(stream);
    if (known || !one || !other) return known;
    const pair = { service: one.service, here: one.decider.initialState, there: other.decider.initialState, stopped: {}, event: "" };
    pairs.set(stream, pair);
    return pair;
  };
  const fold = (side: "here" | "there", build: Build, pair: Pair<unknown>, record: LogRecord): void => {
    const delivered = build.decode(record, build.codec);
    const { decider } = deciderOf(side === "here" ? mine : theirs, aggregateOf(record.key)) ?? {};
    if (delivered instanceof Error || !decider || pair.stopped[side] !== undefined) return;
    const { event, meta } = delivered;
    try {
      pair[side] = decider.evolve[event.type]?.(pair[side], event, meta) ?? pair[side];
    } catch (error) {
      pair.stopped[side] = `threw at ${meta.eventId}: ${messageOf(error)}`;
    }
  };
  const isEqual = ({ here: a, there: b, stopped }: Pair<unknown>): boolean =>
    stopped.here === stopped.there && canonical(a) === canonical(b);
  return {
    /** The state of a stream in the other build, before the events that are not taken yet. */
    before: (stream: string): unknown => begin(stream)?.there ?? deciderOf(theirs, aggregateOf(stream))?.decider.initialState,
    take: (record: LogRecord): void => {
      const pair = begin(record.key);
      if (!pair) return;
      fold("here", here, pair, record);
      fold("there", there, pair, record);
      if (pair.event === "" && !isEqual(pair)) pair.event = headerOf(record, "ce_id") ?? "";
      else if (pair.event !== "" && isEqual(pair)) pair.event = "";
    },
    finish: (tally: Tallies): void => {
      for (const [stream, pair] of pairs) {
        const fields = fieldsThatDiffer(pair.here, pair.there);
        const example = { id: stream, event: pair.event, here: pair.stopped.here ?? fields, there: pair.stopped.there ?? fields };
        tally.note("state", pair.service, aggregateOf(stream), isEqual(pair) ? undefined : example);
      }
    },
  };
};
