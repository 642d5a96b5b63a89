import { codec } from "../../events/codec/codec.ts";
import { kafkaLog } from "../../events/kafka/log.ts";
import { recordsOf } from "../../events/log/record.ts";
import type { KafkaConnection } from "../../infra/embedded/kafka/connection.ts";
import { schemas } from "../../schemas/generated/schemas.ts";
import { contract } from "../../services/chassis/contract.ts";
import { smallPackage } from "../world/toys/package.ts";

/** The application of whose version every cluster of a fault run is made; no service of the run writes it. */
export const APP = "app-faults";
export const VERSION = "appv-faults";

/** Announces an application version, as the service app would. */
export const seed = async (connection: KafkaConnection): Promise<void> => {
  const nothing = Object.fromEntries(
    ["description", "home", "icon", "screenshots", "maintainers", "keywords", "sources", "readme", "values", "valuesSchema"].map((name) => [
      name,
      "",
    ]),
  );
  const event = {
    type: "AppVersionCreated",
    ...nothing,
    ...{ appId: APP, versionId: VERSION, appName: "faults", name: "1.0.0", versionType: "vmbased", version: "1.0.0", sequence: 0 },
    ...{ status: "active", packageName: "", packageDigest: "sha256:0", packageOwner: "repo", ...smallPackage },
    ...{ owner: "system", ownerPath: ":system" },
  };
  const log = kafkaLog({ ...connection, clientId: "seed" });
  try {
    const commit = { stream: `app/${APP}`, version: 1, events: [codec(schemas).encode("app", event)], metadata };
    await log.publish(recordsOf(contract, "app", { ...commit, ...bare }));
  } finally {
    await log.close();
  }
};

const bare = { cause: null, rejection: null, claims: [], publish: false, effects: [], timers: [] };
const metadata = {
  time: "2026-01-01T00:00:00.000Z",
  actor: { userId: "system", ownerPath: ":system" },
  ...{ correlationId: "seed", causationId: null, actionId: null, row: "seed", traceparent: null, hops: 0, fingerprint: null },
};
