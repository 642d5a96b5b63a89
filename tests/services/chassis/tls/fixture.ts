import type { TestContext } from "node:test";
import type { Log } from "../../../../events/ports.ts";
import { startKafka } from "../../../../infra/embedded/kafka/server.ts";
import { startStore } from "../../../../infra/embedded/store/server.ts";
import { systemClock } from "../../../../services/chassis/process/clock.ts";
import { readConfig } from "../../../../services/chassis/process/config.ts";
import { connectLog } from "../../../../services/chassis/process/connect.ts";
import { silent } from "../../../../services/chassis/process/logging.ts";
import { openTls } from "../../../../services/chassis/process/tls/transport-security.ts";
import { temporaryDirectory } from "../../../infra/embedded/temporary-directory.ts";
import { platformKey } from "../../../world/process.ts";
import { endingWithProcess } from "../../../world/servers.ts";
import type { Authority } from "./authority.ts";

const LIMIT = 90_000;

type Environment = { readonly [name: string]: string };

/** A Kafka that lets in who has a certificate and a password, and the settings with which a service gets in. */
export const securedKafka = async (known: Authority): Promise<Environment> => {
  const mine = known.issue("kafka-client");
  const kafka = endingWithProcess(
    await startKafka({
      ...{ directory: temporaryDirectory(), background: true, limit: LIMIT },
      tls: { ...known.issue("kafka"), ca: known.ca, mutual: true },
      thirdParties: [
        { name: "pitrix", password: "horse-battery" },
        { name: "reader", password: "staple" },
      ],
      settings: { "super.users": "User:admin;User:pitrix;User:reader" },
    }),
  );
  return {
    ...{ KAFKA_BROKERS: kafka.connection.brokers.join(","), KAFKA_SASL: "scram-sha-512:pitrix:horse-battery" },
    ...{ KAFKA_TLS: "true", KAFKA_CA: known.ca, KAFKA_CERT: mine.cert, KAFKA_KEY: mine.key },
  };
};

/** A document store that lets in who has a certificate and a password, and each service's address there. */
export const securedStore = async (known: Authority, services: readonly string[]): Promise<(service: string) => string> => {
  const users = services.map((user) => ({ database: `pitrix_${user}`, user, password: "horse battery" }));
  const tls = { ...known.issue("store"), ca: known.ca, client: known.issue("store-client").both };
  const store = endingWithProcess(await startStore({ directory: temporaryDirectory(), background: true, limit: LIMIT, users, tls }));
  return (service) => store.urlFor(`pitrix_${service}`);
};

/** The log, connected to as a service does it. */
export const connected = async (t: TestContext, environment: Environment): Promise<Log> => {
  const others = { MONGODB_URL: "mongodb://localhost/", PITRIX_SEALING_KEYS: platformKey() };
  const config = readConfig({ ...others, ...environment }, [{ name: "account", place: 0 }]);
  const tls = openTls(config, { clock: systemClock, logger: silent });
  t.after(tls.stop);
  const log = await connectLog("account", config, tls, systemClock, silent);
  t.after(log.close);
  return log;
};
