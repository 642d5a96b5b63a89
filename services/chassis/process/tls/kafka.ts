import type { KafkaLogOptions } from "../../../../events/kafka/index.ts";
import type { Certificates } from "./certificates.ts";
import type { Sasl } from "./settings.ts";

/** How the log's connections are secured; every new one takes the certificates as they are then. */
export const kafkaSecurity = (sasl: Sasl | null, certificates: Certificates | undefined): Pick<KafkaLogOptions, "security"> => ({
  ...((sasl || certificates) && {
    security: {
      ...(certificates && { ssl: () => ({ secureContext: certificates.context() }) }),
      ...(sasl && { sasl }),
    },
  }),
});
