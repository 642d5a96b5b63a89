import type { KafkaConnection } from "./connection.ts";
import { sending } from "./requests.ts";

/** What a broker gives a user at most, over all connections: bytes a second to read and to write, and per cent of the time of one request thread. */
export type KafkaQuota = { readonly [key in "consumer_byte_rate" | "producer_byte_rate" | "request_percentage"]?: number };

/** Sets the quotas of a user. AlterClientQuotas, version 0: one entry with one entity, its values, and no trial. */
export const putQuotas = (connection: KafkaConnection, user: string, quota: KafkaQuota): Promise<void> =>
  sending(connection, async (send) => {
    const values = Object.entries(quota);
    const answer = await send({
      ...{ apiKey: 49, apiVersion: 0, apiName: "AlterClientQuotas" },
      encode: (encoder) => {
        encoder.writeInt32(1).writeInt32(1).writeString("user").writeString(user).writeInt32(values.length);
        for (const [key, value] of values) encoder.writeString(key).writeDouble(value).writeBoolean(false);
        return encoder.writeBoolean(false);
      },
    });
    // Throttle time, the number of entries, and the error code of the first.
    const code = answer.readInt16BE(8);
    if (code !== 0) throw new Error(`Kafka did not take the quotas of ${user}: error ${code}`);
  });

/** The quotas of a user. DescribeClientQuotas, version 0: exactly this entity. */
export const quotasOf = (connection: KafkaConnection, user: string): Promise<KafkaQuota> =>
  sending(connection, async (send) => {
    const answer = await send({
      ...{ apiKey: 48, apiVersion: 0, apiName: "DescribeClientQuotas" },
      encode: (encoder) => encoder.writeInt32(1).writeString("user").writeInt8(0).writeString(user).writeBoolean(true),
    });
    let at = 4;
    const number = (bytes: 2 | 4): number => {
      const value = answer.readIntBE(at, bytes);
      at += bytes;
      return value;
    };
    const text = (): string => {
      const length = Math.max(0, number(2));
      at += length;
      return answer.toString("utf8", at - length, at);
    };
    const code = number(2);
    if (code !== 0) throw new Error(`Kafka did not tell the quotas of ${user}: error ${code}, ${text()}`);
    text();
    const quota: { [key: string]: number } = {};
    for (let entries = number(4); entries > 0; entries--) {
      for (let texts = 2 * number(4); texts > 0; texts--) text();
      for (let values = number(4); values > 0; values--) {
        quota[text()] = answer.readDoubleBE(at);
        at += 8;
      }
    }
    return quota;
  });
