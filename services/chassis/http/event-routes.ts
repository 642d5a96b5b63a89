import { isSealed, type LogRecord, topicOf } from "../../../events/index.ts";
import { codec, decode, headerOf, lruCache, type Offsets, tail } from "../../../events/runtime.ts";
import type { CloudEvent } from "../../../schemas/generated/http.ts";
import { schemas } from "../../../schemas/generated/schemas.ts";
import { contract } from "../contract.ts";
import { isFields } from "./fields.ts";
import type { Host } from "./host.ts";
import type { InternalRoute } from "./internal-route.ts";
import { type Owner, ownersOfAny } from "./owners.ts";
import { makeProblem } from "./problems.ts";

/** An event of a public aggregate, where it is in the log, and whose its stream is: null for nobody's. */
export type OwnedEvent = {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly owner: Owner | null;
  readonly event: CloudEvent;
};
/** Events that a service has announced, from the offsets `from` up to `next`. `lost`: topics that do not hold any more what was asked for. */
export type EventsPage = {
  readonly events: readonly OwnedEvent[];
  readonly from: Offsets;
  readonly next: Offsets;
  readonly lost: readonly string[];
};
export type EventsRequest = { readonly from: Offsets; readonly since: number; readonly wait: number };

/** Milliseconds that an answer waits for an event at most. */
const LONGEST_WAIT = 3_000;
/** Owners of streams that are known without a look. */
const OWNERS = 20_000;
const released = codec(schemas);

/** The route by which the platform's services read the events of this one's public aggregates, each with its owner. */
export const eventRoutes = (host: Host): readonly InternalRoute[] => {
  const topics = Object.entries(host.instance.service.aggregates).flatMap(([aggregate, row]) =>
    row.public ? [topicOf(contract, aggregate)] : [],
  );
  const recent = tail(topics, host.ports, host.stopping);
  // The owner of a stream never changes.
  const known = lruCache<{ readonly owner: Owner | null }>(OWNERS);
  const withOwners = async (records: readonly LogRecord[]): Promise<readonly OwnedEvent[]> => {
    const streams = [...new Set(records.map(({ key }) => key))].filter((stream) => !known.has(stream));
    const found = streams.length > 0 ? await ownersOfAny(host, streams) : new Map<string, Owner>();
    for (const stream of streams) known.set(stream, { owner: found.get(stream) ?? null });
    return records.map((record) => {
      const { topic, partition, offset, key } = record;
      return { topic, partition, offset, owner: known.get(key)?.owner ?? found.get(key) ?? null, event: eventIn(record) };
    });
  };
  return [
    {
      method: "post",
      path: "/internal/events",
      access: "services",
      bodyLimit: 256 * 1024,
      answer: async ({ body }) => {
        if (topics.length === 0) return { events: [], from: {}, next: {}, lost: [] } satisfies EventsPage;
        if (!isRequest(body)) return makeProblem("illegal_parameter_format", "from");
        const { from, since, wait } = body;
        const signal = AbortSignal.any([host.stopping, AbortSignal.timeout(2 * LONGEST_WAIT)]);
        const { records, ...page } = await recent.page({ from, since, wait: Math.min(wait, LONGEST_WAIT), signal });
        return { ...page, events: await withOwners(records) } satisfies EventsPage;
      },
    },
  ];
};

const isOffset = (value: unknown): boolean => Number.isSafeInteger(value) && Number(value) >= 0;
const isRequest = (body: unknown): body is EventsRequest =>
  isFields(body) &&
  isFields(body.from) &&
  Object.values(body.from).every((offsets) => Array.isArray(offsets) && offsets.every(isOffset)) &&
  isOffset(body.since) &&
  isOffset(body.wait);

/** The attributes of a CloudEvent that are shown: not those about the path of an event through the platform. */
const shown = ["specversion", "id", "source", "type", "subject", "time", "dataschema", "sequence"] as const;
const optional = ["correlationid", "causationid", "actionid", "actor"] as const;

/** An event in the JSON format of CloudEvents. An event that this release cannot read has no data; sealed text is left out. */
const eventIn = (record: LogRecord): CloudEvent => {
  const read = decode(record, released);
  const data = read instanceof Error ? undefined : { ...withoutSealed(read.event), type: undefined };
  const attribute = (name: string): string | undefined => headerOf(record, `ce_${name}`);
  return {
    ...(Object.fromEntries(shown.map((name) => [name, attribute(name) ?? ""])) as { readonly [N in (typeof shown)[number]]: string }),
    ...Object.fromEntries(optional.flatMap((name) => (attribute(name) === undefined ? [] : [[name, attribute(name)]]))),
    datacontenttype: "application/json",
    ...(data && { data }),
  };
};

const withoutSealed = <T>(value: T): T =>
  JSON.parse(JSON.stringify(value, (_, each) => (typeof each === "string" && isSealed(each) ? undefined : each)));
