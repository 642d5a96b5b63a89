import type { Clock, Log } from "../../../events/index.ts";
import type { KafkaLogger } from "../../../events/kafka/index.ts";
import type { Logger } from "./logging.ts";

/** So long nothing may have gone wrong on any connection until it counts as well again. */
const QUIET_PERIOD = 5_000;

/**
 * What kafkajs says, as far as it is news: a broker that is away is told of once when it goes and once when it is back, since each of many
 * connections says so again and again. What Kafka answers to a single request its caller deals with.
 */
export const kafkaNotifications = (logger: Logger, clock: Pick<Clock, "now">) => {
  let away: { readonly since: number; last: number } | undefined;
  const warn: KafkaLogger["warn"] = (details, message) => {
    const { namespace, stack, broker }: { readonly namespace?: unknown; readonly stack?: unknown; readonly broker?: unknown } = details;
    const thrownAway = String(stack).includes("This client was thrown away");
    if (thrownAway || (namespace === "Connection" && message.startsWith("Response "))) return logger.debug(details, message);
    if (away || lost.test(message)) {
      const now = clock.now();
      if (!away) logger.warn({ broker, reason: message }, "Kafka does not answer; it is tried again until it does");
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
    /** A log whose success says that Kafka is there. */
    watched: (log: Log): Log => ({
      ...log,
      publish: async (records) => {
        await log.publish(records);
        answered();
      },
    }),
  };
};

/** How kafkajs says that a broker cannot be reached, in the words of its connections, pools, consumers and producers. */
const lost =
  /^(Connection (error|timeout)|Failed to connect|Closed connection|Crash: KafkaJS(NumberOfRetriesExceeded|Connection))|ECONNREFUSED|ECONNRESET|EPIPE/;
