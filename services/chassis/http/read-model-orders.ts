import type { AnyProjection, AnyService, LogEnd, LogRange, RebuildBound, RebuildOrder } from "../../../events/index.ts";
import { aggregateOf, topicOf, topicsOfService } from "../../../events/index.ts";
import { contract } from "../contract.ts";
import type { Fields } from "./fields.ts";
import { makeProblem, type Problem } from "./problems.ts";

/** What an operator orders beside the rate: from where, which streams, up to when, and where the result may differ. */
export type Order = {
  readonly source?: "store";
  /** At most one of these three: streams by id, partitions by number, or streams with an event since a time (milliseconds since 1970). */
  readonly streams?: readonly string[];
  readonly partitions?: readonly number[];
  readonly since?: number;
  /** A time: the result is only looked at. */
  readonly until?: number;
  readonly mayDiffer?: readonly string[];
};

/** Names in a list. */
const MOST = 1_000;

/** Reads an order from a request's body. */
export const orderIn = (body: Fields): Order | Problem => {
  const { source, streams, partitions, since, until, mayDiffer } = body;
  if (source !== undefined && source !== "store") return makeProblem("illegal_parameter_format", "source");
  if (streams !== undefined && !isListOf(streams, isText)) return makeProblem("illegal_parameter_format", "streams");
  if (partitions !== undefined && !isListOf(partitions, isCount)) return makeProblem("illegal_parameter_format", "partitions");
  if (since !== undefined && !isCount(since)) return makeProblem("illegal_parameter_format", "since");
  if (until !== undefined && !isCount(until)) return makeProblem("illegal_parameter_format", "until");
  if (mayDiffer !== undefined && !isListOf(mayDiffer, isText)) return makeProblem("illegal_parameter_format", "mayDiffer");
  if ([streams, partitions, since].filter((bound) => bound !== undefined).length > 1)
    return makeProblem("illegal_parameter_format", "streams, partitions, since", { cause: "one bound at a time" });
  const given = { source, streams, partitions, since, until, mayDiffer } as Order; // Checked above.
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
};

const isText = (value: unknown): value is string => typeof value === "string" && value !== "";
const isCount = (value: unknown): value is number => typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
const isListOf = <T>(value: unknown, is: (each: unknown) => each is T): value is readonly T[] =>
  Array.isArray(value) && value.length > 0 && value.length <= MOST && value.every(is);

/** What the log holds for a read model, with the offsets of the times of an order. */
export type Sources = {
  readonly ranges: readonly LogRange[];
  readonly since: readonly LogEnd[];
  readonly until: readonly LogEnd[];
  /** Partitions whose last event is of a schema that this build does not know. */
  readonly unknown: readonly string[];
};

/** What the read model is rebuilt from, and why it must not be. */
export const ordered = (
  service: Pick<AnyService, "name" | "aggregates">,
  { initialState }: AnyProjection,
  order: Order,
  { ranges, since, until, unknown }: Sources,
): { readonly order: Omit<RebuildOrder, "rate">; readonly refusals: readonly string[] } => {
  const { source, streams, partitions, mayDiffer } = order;
  const topics = [...new Set(ranges.map(({ topic }) => topic))];
  const own = new Set(topicsOfService(contract, service).events);
  const ends = ranges.map(({ from: _, to: end, ...place }) => ({ ...place, end }));
  const bound: RebuildBound | undefined = streams
    ? { streams }
    : partitions
      ? { partitions }
      : order.since !== undefined
        ? { since }
        : undefined;
  const cut = source ? [] : topics.filter((topic) => ranges.some((range) => range.topic === topic && range.from > 0));
  const foreign = source ? topics.filter((topic) => !own.has(topic)) : [];
  const strange = (streams ?? []).filter((stream) => !topics.includes(topicOf(contract, aggregateOf(stream))));
  const outside = (partitions ?? []).filter((partition) => !ranges.some((range) => range.partition === partition));
  const fields = Object.keys(Object(initialState));
  const others = (mayDiffer ?? []).filter((field) => !fields.includes(field));
  const isAt = (offsets: readonly LogEnd[], edge: "from" | "to"): boolean =>
    offsets.every(({ end }, index) => end === ranges[index]?.[edge]);
  const refusals = [
    ...cut.map((topic) => `${topic} has lost its first events: a model that is filled from it would lack them`),
    ...unknown.map((place) => `${place} has events of a newer build, which this one cannot read: start that build`),
    ...foreign.map((topic) => `${topic} is not ${service.name}'s own: fill the model from the log`),
    ...strange.map((stream) => `${stream} is not a stream of ${topics.join(", ")}`),
    ...outside.map((partition) => `there is no partition ${partition}`),
    ...others.map((field) => `there is no field ${field}: it has ${fields.join(", ")}`),
    ...(order.since !== undefined && isAt(since, "from") ? ["the log begins later than that time: leave the bound out"] : []),
    ...(order.since !== undefined && isAt(since, "to") ? ["nothing has happened since that time"] : []),
    ...(order.until !== undefined && isAt(until, "from") ? ["the log begins later than that time: there is nothing to look at"] : []),
    ...(source && order.until !== undefined ? ["the store does not know times of the log: look back with the log"] : []),
  ];
  const full: Omit<RebuildOrder, "rate"> = {
    ends: order.until === undefined ? ends : until,
    ...(source && { source }),
    ...(bound && { bound }),
    ...(mayDiffer && { mayDiffer }),
    ...(order.until !== undefined && { isLook: true }),
  };
  return { order: full, refusals };
};
