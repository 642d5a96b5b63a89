import { codec } from "../../../../events/codec/codec.ts";
import { topicOf } from "../../../../events/contract.ts";
import { kafkaLog } from "../../../../events/kafka/log.ts";
import { recordsOf } from "../../../../events/log/record.ts";
import type { KafkaConnection } from "../../../../infra/embedded/kafka/connection.ts";
import { schemas } from "../../../../schemas/generated/schemas.ts";
import { keyIdOf, newKeyPair, signToken } from "../../../../services/chassis/access/tokens.ts";
import { contract } from "../../../../services/chassis/contract.ts";
import type { PlatformKey } from "../../../../services/chassis/process/settings.ts";
import { sealedAs } from "../../../people.ts";
import { sealedText } from "../../../sealed.ts";

const DAY = 86_400;
const userId = "usr-bench";

/** Announces an administrator and a signing key, as the service account would, and returns a token that every service takes. */
export const announceCaller = async (connection: KafkaConnection, platformKey: PlatformKey, partitions = 6): Promise<string> => {
  const keyId = keyIdOf(platformKey, "bench");
  const { publicJwk, privateJwk } = await newKeyPair();
  const nobody = { username: "", email: "", phoneNumber: "", description: "", ...sealedAs("bench@pitrix.local"), passwordHash: "" };
  const log = kafkaLog({ ...connection, clientId: "bench" });
  const announce = async (aggregate: string, key: string, event: { readonly type: string }): Promise<void> => {
    await log.ensureTopics([{ name: topicOf(contract, aggregate), partitions, compacted: false }]);
    const commit = { stream: `${aggregate}/${key}`, version: 1, events: [codec(schemas).encode(aggregate, event)], ...bare };
    await log.publish(recordsOf(contract, "account", commit));
  };
  const user = { type: "UserCreated", userId, ...nobody, roleIds: ["global_admin"], groupPath: "", owner: userId, ownerPath: `:${userId}` };
  try {
    await announce("signingKey", keyId, { type: "SigningKeyAnnounced", keyId, publicJwk, sealedPrivateJwk: sealedText("sealed") } as {
      readonly type: string;
    });
    await announce("user", userId, user);
  } finally {
    await log.close();
  }
  return signToken({ keyId, privateJwk }, "access", userId, DAY, {}, Date.now());
};

const bare = {
  ...{ cause: null, rejection: null, claims: [], publish: false, effects: [], timers: [] },
  metadata: {
    ...{ time: "2026-01-01T00:00:00.000Z", actor: { userId: "system", ownerPath: ":system" }, row: "bench", hops: 0 },
    ...{ correlationId: "bench", causationId: null, actionId: null, traceparent: null, fingerprint: null },
  },
};
