import type { Clock, Log } from "../../../events/index.ts";
import { kafkaLog } from "../../../events/kafka/index.ts";
import { type Mongo, mongo } from "../../../events/mongo/index.ts";
import { contract } from "../contract.ts";
import type { Config } from "./config.ts";
import { INSTANCES_TOPIC } from "./discovery.ts";
import { kafkaNotifications } from "./kafka-notifications.ts";
import type { Logger } from "./logging.ts";
import { Denied, denialIn } from "./tls/denied.ts";
import { kafkaSecurity } from "./tls/kafka.ts";
import type { TransportSecurity } from "./tls/transport-security.ts";

const TIMEOUT = 60_000;

/** Kafka or the document store did not answer before the timeout. */
export class Unreachable extends Error {
  override name = "Unreachable";
}

/** Retries for up to a minute and logs now and then what it waits for. Gives up at once if access is denied. */
const untilReady = async (
  { what, settings }: { readonly what: string; readonly settings: string },
  work: () => Promise<unknown>,
  { clock, logger }: { clock: Clock; logger: Logger },
): Promise<void> => {
  const until = clock.now() + TIMEOUT;
  for (let attempt = 1; ; attempt++) {
    try {
      return void (await work());
    } catch (error) {
      const denial = denialIn(error);
      if (denial) throw new Denied(`${what} and this process do not accept each other: ${denial}\n${settings}`, { cause: error });
      const reason = error instanceof Error ? error.message : String(error);
      if (clock.now() >= until)
        throw new Unreachable(`${what} did not answer within ${TIMEOUT / 1_000} s: ${reason}\n${settings}`, { cause: error });
      if (attempt === 1 || attempt % 10 === 0) logger.warn({ reason }, `waiting for ${what}`);
      await clock.sleep(Math.min(2_000, 100 * 2 ** attempt));
    }
  }
};

/** Connects a process to the Kafka cluster in the name of a service, and waits until it answers. */
export const connectLog = async (service: string, config: Config, tls: TransportSecurity, clock: Clock, logger: Logger): Promise<Log> => {
  const notifications = kafkaNotifications(logger, clock);
  const log = notifications.watched(
    kafkaLog({
      brokers: config.brokers,
      // Also the beginning of the names of groups that follow whole topics: a service's user may use its own groups only.
      clientId: `${contract.prefix}.${service}`,
      logger: notifications.logger,
      ...kafkaSecurity(config.kafkaSasl, tls.kafka),
    }),
  );
  const topics = [{ name: INSTANCES_TOPIC, partitions: 1, compacted: true }];
  try {
    const what = `Kafka at ${config.brokers.join(", ")}`;
    const settings = "Settings of this connection: KAFKA_SASL, KAFKA_TLS, KAFKA_CA, KAFKA_CERT, KAFKA_KEY";
    await untilReady({ what, settings }, () => log.ensureTopics(topics), { clock, logger });
  } catch (error) {
    await log.close().catch(() => {});
    throw error;
  }
  return log;
};

/** Connects to a service's own database and waits until it answers. */
export const connectStore = async (config: Config, service: string, clock: Clock, logger: Logger): Promise<Mongo> => {
  const url = config.mongoUrl(service);
  const store = mongo({ url, database: `pitrix_${service}`, logger });
  try {
    const what = `the document store at ${withoutPassword(url)}`;
    const settings =
      "Setting of this connection: MONGODB_URL, with its user and password, and its options tls, tlsCAFile and tlsCertificateKeyFile";
    await untilReady({ what, settings }, store.ping, { clock, logger });
  } catch (error) {
    await store.close().catch(() => {});
    throw error;
  }
  return store;
};

const withoutPassword = (url: string): string => url.replace(/\/\/[^@/]*@/, "//");
