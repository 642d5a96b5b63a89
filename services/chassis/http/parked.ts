import type { OperatorRequest, Parked, ParkedStream } from "../../../events/index.ts";
import { askFor, codec, decode, originOf, type ParkedFilter, parkedIn } from "../../../events/runtime.ts";
import { schemas } from "../../../schemas/generated/schemas.ts";
import { isFields } from "./fields.ts";
import type { Host } from "./host.ts";
import type { InternalRoute } from "./internal-route.ts";
import { isProblem, makeProblem, type Problem } from "./problems.ts";
import { withoutSecrets } from "./shown.ts";

const released = codec(schemas);

/** Routes for operators: what is parked, redriving and discarding it. */
export const operatorRoutes = (host: Host): readonly InternalRoute[] => {
  const { instance, ports } = host;
  const service = instance.service.name;
  const names = (): readonly string[] => [...instance.subscriptions().keys()].sort();
  const wake = (): void => {
    for (const { redrive } of instance.subscriptions().values()) redrive();
  };
  const find = (filter: ParkedFilter): Promise<readonly ParkedStream[]> => parkedIn(ports.parking, names(), filter, ports.clock.now());

  const common = { access: "operators", bodyLimit: 64 * 1_024 } as const;
  return [
    {
      ...common,
      method: "get",
      path: "/internal/parked",
      answer: async ({ query }) => {
        const filter = filterIn(query);
        return isProblem(filter) ? filter : { service, streams: (await find(filter)).map(summary) };
      },
    },
    {
      ...common,
      method: "get",
      path: "/internal/parked/events",
      answer: async ({ query }) => {
        const [filter, texts] = [filterIn(query), textsIn(query, ["stream", "limit"])];
        if (isProblem(texts)) return texts;
        const { stream, limit = "" } = texts;
        if (!stream) return makeProblem("missing_parameter", "stream");
        if (isProblem(filter)) return filter;
        const found = await find(filter);
        if (found.length === 0) return makeProblem("resource_not_found", stream);
        const most = Math.min(Number(limit) || 100, 1_000);
        const events = await Promise.all(found.map(({ subscription }) => ports.parking.of(subscription, stream, most)));
        const total = found.reduce((sum, { events: count }) => sum + count, 0);
        return { service, total, events: events.flat().map(details) };
      },
    },
    {
      ...common,
      method: "post",
      path: "/internal/parked/redrive",
      answer: async ({ body = {} }, by) => {
        const filter = filterIn(body);
        if (isProblem(filter)) return filter;
        const found = await find(filter);
        if (body.dryRun === true) return { service, dryRun: true, streams: found.map(summary) };
        const asked: OperatorRequest = { action: "redrive", by, reason: "", time: new Date(ports.clock.now()).toISOString() };
        const waiting = await askFor(ports.parking, found, asked);
        wake();
        if (waiting.length > 0) host.logger.info({ by, streams: waiting.length, filter: body }, "parked streams will be tried again");
        return { service, dryRun: false, streams: waiting.map(summary) };
      },
    },
    {
      ...common,
      method: "post",
      path: "/internal/parked/discard",
      answer: async ({ body = {} }, by) => {
        const texts = textsIn(body, ["subscription", "stream", "eventId", "reason"]);
        if (isProblem(texts)) return texts;
        const { subscription, stream, eventId, reason } = texts;
        if (!subscription) return makeProblem("missing_parameter", "subscription");
        if (!stream) return makeProblem("missing_parameter", "stream");
        if (!eventId) return makeProblem("missing_parameter", "eventId");
        if (!reason) return makeProblem("missing_parameter", "reason");
        // The reason says why the event is given up, not why it was parked.
        const parked = await find({ subscription, stream, olderThanMilliseconds: 0 });
        const found = parked.filter((each) => each.eventId === eventId);
        if (found.length === 0) return makeProblem("resource_not_found", `${eventId} as the first event of a parked stream`);
        const asked: OperatorRequest = { action: "discard", by, reason, time: new Date(ports.clock.now()).toISOString() };
        const waiting = await askFor(ports.parking, found, asked);
        wake();
        host.logger.warn({ by, eventId, reason, subscription }, "a parked event will be discarded");
        return { service, streams: waiting.map(summary) };
      },
    },
  ];
};

/** Some fields that are texts; empty ones are absent. */
const textsIn = <N extends string>(given: unknown, names: readonly N[]): { readonly [name in N]?: string } | Problem => {
  if (!isFields(given)) return makeProblem("request_parse_failed", "the body is not a JSON object");
  const bad = names.find((name) => !["string", "undefined"].includes(typeof (given[name] ?? undefined)));
  if (bad !== undefined) return makeProblem("illegal_parameter_format", bad);
  return Object.fromEntries(names.flatMap((name) => (given[name] ? [[name, given[name]]] : []))) as { [name in N]?: string }; // Checked above.
};

const filterIn = (given: unknown): ParkedFilter | Problem => {
  const texts = textsIn(given, ["subscription", "stream", "reason", "type"]);
  if (isProblem(texts)) return texts;
  const seconds = isFields(given) && given.olderThanSeconds !== undefined ? Number(given.olderThanSeconds) : 0;
  if (!Number.isFinite(seconds) || seconds < 0) return makeProblem("illegal_parameter_format", "olderThanSeconds");
  return { ...texts, olderThanMilliseconds: seconds * 1_000 };
};

const summary = ({ topic, partition, offset, first, last, row, ...stream }: ParkedStream): object => ({
  ...stream,
  type: row,
  origin: `${topic}/${partition}/${offset}`,
});

const details = (parked: Parked): object => {
  const { subscription, stream, eventId, version, row, reason, time, attempts, asked, record } = parked;
  const delivered = decode(record, released);
  const { headers } = record;
  return {
    ...{ subscription, stream, eventId, version, type: row, reason, time, attempts, asked, origin: originOf(record), headers },
    ...(delivered instanceof Error ? { unreadable: delivered.message } : { event: withoutSecrets(delivered.event) }),
  };
};
