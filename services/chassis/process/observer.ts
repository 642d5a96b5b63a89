import type { Clock, Commit } from "../../../events/index.ts";
import type { Observer } from "../../../events/runtime.ts";
import { BreakerOpen } from "./breaker.ts";
import type { Logger } from "./logging.ts";
import type { Metrics } from "./metrics.ts";

type Means = { readonly logger: Logger; readonly metrics: Metrics; readonly clock: Clock };

/** Turns the notifications of an instance into logs and metrics. */
export const observerOf = ({ logger, metrics, clock }: Means): Observer => {
  const since = (time: string): number => Math.max(0, clock.now() - Date.parse(time)) / 1_000;
  return {
    committed: ({ events }) => {
      metrics.commits.inc();
      for (const { type } of events) metrics.events.inc({ type });
    },
    decided: (command, outcome) => metrics.decisions.inc({ command, outcome }),
    published: ({ metadata }) => metrics.relayLag.observe(since(metadata.time)),
    handled: (subscription, { time }) => metrics.latency.observe({ subscription }, since(time)),
    attempted: (effect, outcome, milliseconds, error) =>
      metrics.effect(effect, error instanceof BreakerOpen ? "rejected" : outcome, milliseconds),
    parked: (reason, { key, headers }, subscription) => {
      metrics.parked.inc({ subscription });
      const { ce_id: eventId, ce_correlationid: correlationId, ce_actionid: actionId } = headers;
      logger.error({ subscription, stream: key, eventId, correlationId, actionId, reason }, "an event was parked");
    },
    restored: ({ commits, events, keyed, torn, skipped }) => {
      if (skipped.length > 0) logger.warn({ skipped }, "records of the log were left out, as the settings say");
      if (commits === 0) return;
      const lost = ["answers of commands that changed nothing, or were rejected", "commits that were not published", "blobs"];
      if (keyed > 0) lost.push(`what was kept for ${keyed} commands under an idempotency key: their requests and answers`);
      logger.warn({ commits, events, torn, lost }, "restored from the log what the store had lost");
    },
    madeAgain: (topic, positions) => logger.warn({ topic, positions }, "a topic was lost and made again: it is read from its start"),
    failed: (where, error, about) => {
      metrics.failures.inc({ where: where.startsWith("effect") ? "effect" : where });
      logger.warn({ where, ...(about && causeOf(about)), error }, "background work failed and will be retried");
    },
  };
};

const causeOf = ({ stream, metadata: { correlationId, actionId } }: Commit): object => ({
  ...{ stream, correlationId },
  ...(actionId !== null && { actionId }),
});
