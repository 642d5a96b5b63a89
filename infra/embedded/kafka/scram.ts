import { pbkdf2Sync, randomBytes } from "node:crypto";
import { createRequire } from "node:module";
import { Kafka, logLevel } from "kafkajs";
import type { KafkaConnection } from "./connection.ts";
import type { KafkaUser } from "./settings.ts";

type Encoder = {
  readonly [write in "writeInt8" | "writeInt32" | "writeUVarInt" | "writeUVarIntString" | "writeUVarIntBytes"]: (value: unknown) => Encoder;
};
type Request = {
  readonly request: {
    readonly apiKey: number;
    readonly apiVersion: number;
    readonly apiName: string;
    readonly encode: () => Promise<Encoder>;
  };
  readonly response: { readonly decode: (answer: Buffer) => Promise<Buffer>; readonly parse: (answer: Buffer) => Promise<Buffer> };
};
type Cluster = {
  readonly connect: () => Promise<void>;
  readonly disconnect: () => Promise<void>;
  readonly refreshMetadata: () => Promise<void>;
  readonly findControllerBroker: () => Promise<{ readonly connectionPool: { readonly send: (request: Request) => Promise<Buffer> } }>;
};

const mechanisms = [
  { id: 1, hash: "sha256", bytes: 32 },
  { id: 2, hash: "sha512", bytes: 64 },
] as const;
const iterations = 4_096;

const encoderOf = (): Encoder => new (createRequire(import.meta.url)("kafkajs/src/protocol/encoder"))();

/**
 * AlterUserScramCredentials, version 0, without deletions; a request may name a user once. Every 0 behind a structure stands for its tagged
 * fields, of which there are none.
 */
const request = (users: readonly KafkaUser[], { id, hash, bytes }: (typeof mechanisms)[number]): Encoder => {
  // The first one belongs to the header, and kafkajs knows only headers without it.
  const encoder = encoderOf()
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
export const putScramUsers = async (connection: KafkaConnection, users: readonly KafkaUser[]): Promise<void> => {
  const kafka = new Kafka({ ...connection, logLevel: logLevel.NOTHING });
  const create = Object.getOwnPropertySymbols(kafka).find(({ description }) => description === "private:Kafka:createCluster");
  const cluster: Cluster = create && Reflect.get(kafka, create)({ metadataMaxAge: 300_000, allowAutoTopicCreation: false });
  await cluster.connect();
  try {
    await cluster.refreshMetadata();
    const broker = await cluster.findControllerBroker();
    for (const mechanism of mechanisms) {
      const answer = await broker.connectionPool.send({
        request: { apiKey: 51, apiVersion: 0, apiName: "AlterUserScramCredentials", encode: async () => request(users, mechanism) },
        response: { decode: async (bytes) => bytes, parse: async (bytes) => bytes },
      });
      const failed = codesIn(answer).find((code) => code !== 0);
      if (failed !== undefined) throw new Error(`Kafka did not take the users of third parties: error ${failed}`);
    }
  } finally {
    await cluster.disconnect();
  }
};
