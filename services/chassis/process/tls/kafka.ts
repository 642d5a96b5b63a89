import type { KafkaLogOptions } from "../../../../events/kafka/index.ts";
import type { Certificates } from "./certificates.ts";
import type { Sasl } from "./settings.ts";

/** The transport security of the log's connections. Each new connection uses the current certificates. */
export const kafkaSecurity = (sasl: Sasl | null, certificates: Certificates | undefined): Pick<KafkaLogOptions, "ssl" | "sasl"> => ({
  ...(certificates && { ssl: () => ({ secureContext: certificates.context() }) }),
  ...(sasl && { sasl }),
});
