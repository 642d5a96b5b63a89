import { createRequire } from "node:module";
import { Kafka, logLevel } from "kafkajs";
import type { KafkaConnection } from "./connection.ts";

/** Writes the values of Kafka's protocol, one behind the other. */
export type Encoder = {
  readonly [write in
    | "writeInt8"
    | "writeInt32"
    | "writeDouble"
    | "writeBoolean"
    | "writeString"
    | "writeUVarInt"
    | "writeUVarIntString"
    | "writeUVarIntBytes"]: (value: unknown) => Encoder;
};
/** A request that kafkajs does not know, by the key and the version of Kafka's protocol. */
export type OwnRequest = {
  readonly apiKey: number;
  readonly apiVersion: number;
  readonly apiName: string;
  readonly encode: (encoder: Encoder) => Encoder;
};
type Request = {
  readonly request: Omit<OwnRequest, "encode"> & { readonly encode: () => Promise<Encoder> };
  readonly response: { readonly decode: (answer: Buffer) => Promise<Buffer>; readonly parse: (answer: Buffer) => Promise<Buffer> };
};
type Cluster = {
  readonly connect: () => Promise<void>;
  readonly disconnect: () => Promise<void>;
  readonly refreshMetadata: () => Promise<void>;
  readonly findControllerBroker: () => Promise<{ readonly connectionPool: { readonly send: (request: Request) => Promise<Buffer> } }>;
};

const encoderOf = (): Encoder => new (createRequire(import.meta.url)("kafkajs/src/protocol/encoder"))();

/** Connects, for the time of some work, and sends requests to the broker that knows the controller. The answers are bytes. */
export const sending = async <T>(
  connection: KafkaConnection,
  work: (send: (request: OwnRequest) => Promise<Buffer>) => Promise<T>,
): Promise<T> => {
  const kafka = new Kafka({ ...connection, logLevel: logLevel.NOTHING });
  const create = Object.getOwnPropertySymbols(kafka).find(({ description }) => description === "private:Kafka:createCluster");
  const cluster: Cluster = create && Reflect.get(kafka, create)({ metadataMaxAge: 300_000, allowAutoTopicCreation: false });
  await cluster.connect();
  try {
    await cluster.refreshMetadata();
    const { connectionPool } = await cluster.findControllerBroker();
    return await work(({ encode, ...request }) =>
      connectionPool.send({
        request: { ...request, encode: async () => encode(encoderOf()) },
        response: { decode: async (bytes) => bytes, parse: async (bytes) => bytes },
      }),
    );
  } finally {
    await cluster.disconnect();
  }
};
