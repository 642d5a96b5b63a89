import { pbkdf2Sync, randomBytes } from "node:crypto";
import type { Encoder } from "../../../events/kafka/index.ts";
import type { KafkaConnection } from "./connection.ts";
import { sending } from "./requests.ts";
import type { KafkaUser } from "./settings.ts";

const mechanisms = [
  { id: 1, hash: "sha256", bytes: 32 },
  { id: 2, hash: "sha512", bytes: 64 },
] as const;
const iterations = 4_096;

/**
 * AlterUserScramCredentials, version 0, without deletions; a request may name a user once. Every 0 behind a structure stands for its tagged
 * fields, of which there are none.
 */
const encode = (encoder: Encoder, users: readonly KafkaUser[], { id, hash, bytes }: (typeof mechanisms)[number]): Encoder => {
  // The first one belongs to the header, and kafkajs knows only headers without it.
  encoder
    .writeUVarInt(0)
    .writeUVarInt(1)
    .writeUVarInt(users.length + 1);
  for (const { name, password } of users) {
    const salt = randomBytes(24);
    const salted = pbkdf2Sync(password, salt, iterations, bytes, hash);
    encoder.writeUVarIntString(name).writeInt8(id).writeInt32(iterations).writeUVarIntBytes(salt).writeUVarIntBytes(salted).writeUVarInt(0);
  }
  return encoder.writeUVarInt(0);
};

/** The error codes of the answer, one for each user: tagged fields, throttle time, an array of name, code, message and tagged fields. */
const codesIn = (answer: Buffer): readonly number[] => {
  let at = 5;
  const codes: number[] = [];
  const lengthPlusOne = (): number => answer[at++] ?? 0;
  const skipText = (): void => {
    const length = lengthPlusOne() - 1;
    at += Math.max(0, length);
  };
  for (let left = lengthPlusOne() - 1; left > 0; left--) {
    skipText();
    codes.push(answer.readInt16BE(at));
    at += 2;
    skipText();
    at++;
  }
  return codes;
};

/** Makes users that log in with SCRAM, or changes their passwords. kafkajs has no request for it. */
export const putScramUsers = (connection: KafkaConnection, users: readonly KafkaUser[]): Promise<void> =>
  sending(connection, async (send) => {
    for (const mechanism of mechanisms) {
      const about = { apiKey: 51, apiVersion: 0, apiName: "AlterUserScramCredentials" };
      const answer = await send({ ...about, encode: (encoder) => encode(encoder, users, mechanism) });
      const failed = codesIn(answer).find((code) => code !== 0);
      if (failed !== undefined) throw new Error(`Kafka did not take the users of third parties: error ${failed}`);
    }
  });
