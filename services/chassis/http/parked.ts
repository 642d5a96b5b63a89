import express, { type Request, type RequestHandler, type Response, Router } from "express";
import type { OperatorRequest, Parked, ParkedStream } from "../../../events/index.ts";
import { askFor, codec, decode, originOf, type ParkedFilter, parkedIn } from "../../../events/runtime.ts";
import { schemas } from "../../../schemas/generated/schemas.ts";
import { SYSTEM } from "../access/access.ts";
import { bearerOf } from "../access/identity.ts";
import { callingService } from "./authentication.ts";
import { Refused, refusals } from "./errors.ts";
import type { Host } from "./host.ts";
import { type Fields, isFields } from "./requests.ts";

const ADMINISTRATOR = "global_admin";
const released = codec(schemas);

/** For those who operate the platform: what is parked, trying it again, leaving it out, and how far the subscriptions are. */
export const operatorRoutes = (host: Host): Router => {
  const router = Router();
  const { instance, ports } = host;
  const names = (): readonly string[] => [...instance.subscriptions().keys()].sort();
  const wake = (): void => {
    for (const { redrive } of instance.subscriptions().values()) redrive();
  };
  const find = (fields: Fields): Promise<readonly ParkedStream[]> => parkedIn(ports.parking, names(), filterIn(fields), ports.clock.now());
  const guarded =
    (answer: (request: Request, by: string) => Promise<object>): RequestHandler =>
    async (request, response: Response) => {
      const by = await operatorOf(host, request);
      response.set("cache-control", "no-store").json(await answer(request, by));
    };

  router.use("/internal", express.json({ limit: "64kb" }));
  router.get(
    "/internal/status",
    guarded(async () => {
      const troubles = await host.ready();
      const subscriptions = [...instance.subscriptions()].map(async ([name, { progress }]) => ({
        name,
        positions: Object.fromEntries(progress),
        parked: (await ports.parking.streams(name)).length,
      }));
      return { service: instance.service.name, ready: troubles.length === 0, troubles, subscriptions: await Promise.all(subscriptions) };
    }),
  );
  router.get(
    "/internal/parked",
    guarded(async (request) => ({ service: instance.service.name, streams: (await find(request.query)).map(summary) })),
  );
  router.get(
    "/internal/parked/events",
    guarded(async (request) => {
      const stream = textIn(request.query, "stream");
      if (!stream) throw new Refused(refusals.missing("stream"));
      const limit = Math.min(Number(textIn(request.query, "limit") ?? 100) || 100, 1_000);
      const found = await find(request.query);
      if (found.length === 0) throw new Refused(refusals.notFound(stream));
      const events = await Promise.all(found.map(({ subscription }) => ports.parking.of(subscription, stream, limit)));
      return {
        service: instance.service.name,
        total: found.reduce((sum, { events: count }) => sum + count, 0),
        events: events.flat().map(details),
      };
    }),
  );
  router.post(
    "/internal/parked/redrive",
    guarded(async (request, by) => {
      const fields = bodyOf(request);
      const found = await find(fields);
      if (fields.dryRun === true) return { service: instance.service.name, dryRun: true, streams: found.map(summary) };
      const asked: OperatorRequest = { action: "redrive", by, reason: "", time: new Date(ports.clock.now()).toISOString() };
      const waiting = await askFor(ports.parking, found, asked);
      wake();
      if (waiting.length > 0) host.logger.info({ by, streams: waiting.length, filter: fields }, "parked streams are to be tried again");
      return { service: instance.service.name, dryRun: false, streams: waiting.map(summary) };
    }),
  );
  router.post(
    "/internal/parked/discard",
    guarded(async (request, by) => {
      const fields = bodyOf(request);
      const wanted = ["subscription", "stream", "eventId", "reason"] as const;
      const missing = wanted.find((name) => !textIn(fields, name));
      if (missing) throw new Refused(refusals.missing(missing));
      const eventId = textIn(fields, "eventId");
      // Its reason says why it is given up, not why it was parked.
      const found = (await find({ subscription: fields.subscription, stream: fields.stream })).filter(
        (parked) => parked.eventId === eventId,
      );
      if (found.length === 0) throw new Refused(refusals.notFound(`${eventId} as the first event of a parked stream`));
      const reason = textIn(fields, "reason") ?? "";
      const asked: OperatorRequest = { action: "discard", by, reason, time: new Date(ports.clock.now()).toISOString() };
      const waiting = await askFor(ports.parking, found, asked);
      wake();
      host.logger.warn({ by, eventId, reason, subscription: fields.subscription }, "a parked event is to be discarded");
      return { service: instance.service.name, streams: waiting.map(summary) };
    }),
  );
  return router;
};

/** Who asks: an administrator by a token, or a program that has the platform key. Refuses with 401 or 403. */
export const operatorOf = async (host: Host, request: Request): Promise<string> => {
  const program = await callingService(host, request);
  if (program) return program;
  const { userId, roleIds } = await host.identity.authenticate(bearerOf(request.get("authorization")));
  if (userId !== SYSTEM && !roleIds.includes(ADMINISTRATOR)) throw new Refused(refusals.denied("only administrators operate the platform"));
  return userId;
};

const bodyOf = (request: Request): Fields => {
  const body: unknown = request.body ?? {};
  if (!isFields(body)) throw new Refused(refusals.unreadable("the body is no JSON object"));
  return body;
};

const textIn = (fields: Fields, name: string): string | undefined => {
  const value = fields[name];
  if (value === undefined || value === null || value === "") return undefined;
  if (typeof value !== "string") throw new Refused(refusals.malformed(name));
  return value;
};

const filterIn = (fields: Fields): ParkedFilter => {
  const older = fields.olderThanSeconds === undefined ? 0 : Number(fields.olderThanSeconds);
  if (!Number.isFinite(older) || older < 0) throw new Refused(refusals.malformed("olderThanSeconds"));
  return {
    subscription: textIn(fields, "subscription"),
    stream: textIn(fields, "stream"),
    reason: textIn(fields, "reason"),
    type: textIn(fields, "type"),
    olderThanMilliseconds: older * 1_000,
  };
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
    ...(delivered instanceof Error ? { unreadable: delivered.message } : { event: delivered.event }),
  };
};
