import type { Clock, Log } from "../../../events/index.ts";
import type { KafkaLogger } from "../../../events/kafka/index.ts";
import type { Logger } from "./logging.ts";

/** Kafka counts as available again after this time without a connection error. */
const QUIET_PERIOD = 5_000;

/**
 * Filters what kafkajs logs. Each of many connections repeats that a broker is down; the filter logs it once when the outage begins and once
 * when it ends. Error answers to single requests are left to their callers.
 */
export const kafkaNotifications = (logger: Logger, clock: Pick<Clock, "now">) => {
  let away: { readonly since: number; last: number } | undefined;
  const warn: KafkaLogger["warn"] = (details, message) => {
    const { namespace, stack, broker }: { readonly namespace?: unknown; readonly stack?: unknown; readonly broker?: unknown } = details;
    const thrownAway = String(stack).includes("This client was thrown away");
    if (thrownAway || (namespace === "Connection" && message.startsWith("Response "))) return logger.debug(details, message);
    if (away || lost.test(message)) {
      const now = clock.now();
      if (!away) logger.warn({ broker, reason: message }, "Kafka does not answer; retrying until it does");
      away = { since: away?.since ?? now, last: now };
      return logger.debug(details, message);
    }
    logger.warn(details, message);
  };
  const answered = (): void => {
    if (!away || clock.now() - away.last < QUIET_PERIOD) return;
    logger.info({ seconds: Math.round((away.last - away.since) / 1_000) }, "Kafka answers again");
    away = undefined;
  };
  return {
    logger: { debug: logger.debug, warn },
    /** Wraps the log: a successful publication shows that Kafka is available. */
    watched: (log: Log): Log => ({
      ...log,
      publish: async (records) => {
        const ends = await log.publish(records);
        answered();
        return ends;
      },
    }),
  };
};

/** The messages by which kafkajs reports an unreachable broker, from its connections, pools, consumers and producers. */
const lost =
  /^(Connection (error|timeout)|Failed to connect|Closed connection|Crash: KafkaJS(NumberOfRetriesExceeded|Connection))|ECONNREFUSED|ECONNRESET|EPIPE/;
