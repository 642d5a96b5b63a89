import { isOutage } from "../outage.ts";
import type { Clock, Commit } from "../ports.ts";
import { documentIds, reads } from "./check/read-models.ts";
import type { Exchange } from "./exchange.ts";
import type { Journal } from "./journal.ts";
import type { Platform } from "./platform.ts";
import type { Process } from "./process.ts";

/** How long a client waits for an answer before it asks again. */
const TIMEOUT = 5_000;

/** A client that sends one request after another. It repeats a request after an error, and sometimes although it was answered. */
export const client = async (
  exchanges: readonly Exchange[],
  platform: Platform,
  clock: Clock,
  random: () => number,
  journal: Journal,
  broken: (about: string, message: string) => void,
): Promise<void> => {
  for (const exchange of exchanges) {
    await clock.sleep(400 * random() ** 2);
    await sendUntilAnswered(exchange);
    if (exchange.request.cause !== null && random() < 0.1) await sendUntilAnswered(exchange);
    exchange.over = true;
  }

  async function sendUntilAnswered(exchange: Exchange): Promise<void> {
    const { request, number } = exchange;
    for (;;) {
      const open = [...platform.processes.values()].filter(({ incarnation, ready }) => ready && incarnation.service === request.service);
      const process = open[Math.floor(random() * open.length)];
      if (process && (await send(exchange, process))) return;
      exchange.failures += 1;
      journal.note(request.actor.userId, `has no answer to request ${number}`);
      if (exchange.refused || (request.cause === null && process)) return;
      await clock.sleep(50 + 500 * random());
    }
  }

  async function send(exchange: Exchange, { instance, incarnation }: Process): Promise<boolean> {
    const { request, number } = exchange;
    const stream = platform.streamOf(request.service, request.command);
    const since = platform.versionOf(request.service, stream);
    journal.note(request.actor.userId, `asks ${incarnation.name} for ${request.command.type} (request ${number})`, [stream]);
    const answered = new AbortController();
    const answer = await Promise.race([
      instance
        .execute(request.command, {
          cause: request.cause,
          row: request.command.type,
          actor: request.actor,
          correlationId: `request-${number}`,
          causationId: null,
          actionId: `action-${number}`,
          traceparent: null,
          hops: 0,
        })
        .catch((error: unknown) => {
          if (!isOutage(error)) {
            broken(stream, `${request.command.type}: ${error instanceof Error ? error.message : error}`);
            exchange.refused = true;
          }
          return undefined;
        }),
      clock.sleep(TIMEOUT, answered.signal).then(() => undefined),
    ]);
    answered.abort("answered");
    if (!answer) return false;
    exchange.answers.push({ outcome: answer, since, step: platform.step() });
    journal.note(
      request.actor.userId,
      `gets the answer to request ${number}: ${answer.stream}@${answer.version}${answer.rejection ? ` rejected, ${answer.rejection.rejected}` : ""}`,
      [stream],
    );
    if (answer.commit && random() < 0.3) {
      const until = new AbortController();
      const seen = await Promise.race([instance.settled(answer.commit, 2_000), clock.sleep(TIMEOUT, until.signal).then(() => false)]);
      until.abort("answered");
      if (seen) mustShow(instance, answer.commit);
    }
    return true;
  }

  /** After `settled` has returned true, every read model must show the commit. */
  function mustShow({ service, collections }: Process["instance"], commit: Commit): void {
    for (const fact of platform.factsIn(commit))
      for (const projection of service.projections ?? []) {
        const collection = reads(projection, fact) ? collectionOf(collections, projection.name) : undefined;
        if (collection === undefined) continue;
        for (const id of documentIds(projection, fact))
          if (platform.shown(service.name, collection, id) < fact.meta.version)
            broken(commit.stream, `${projection.name} ${id} is reported to show ${fact.meta.eventId}, but does not`);
      }
  }
};

/** The collection that queries read; undefined: they would be told to come back. */
const collectionOf = ({ of }: Process["instance"]["collections"], model: string): string | undefined => {
  try {
    const collection = of(model);
    if (typeof collection === "string") return collection;
    collection.catch(() => {});
  } catch {
    // The model is being filled.
  }
  return undefined;
};
