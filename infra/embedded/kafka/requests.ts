import { Kafka, logLevel } from "kafkajs";
import { clusterOf, type Encoder, newEncoder, type ProtocolRequest } from "../../../events/kafka/index.ts";
import type { KafkaConnection } from "./connection.ts";

/** A request that kafkajs does not know, by the key and the version of Kafka's protocol. */
export type OwnRequest = Omit<ProtocolRequest<Buffer>["request"], "encode"> & { readonly encode: (encoder: Encoder) => Encoder };

/** Connects, for the time of some work, and sends requests to the broker that knows the controller. The answers are bytes. */
export const sending = async <T>(
  connection: KafkaConnection,
  work: (send: (request: OwnRequest) => Promise<Buffer>) => Promise<T>,
): Promise<T> => {
  const cluster = clusterOf(new Kafka({ ...connection, logLevel: logLevel.NOTHING }));
  await cluster.connect();
  try {
    await cluster.refreshMetadata();
    const { connectionPool } = await cluster.findControllerBroker();
    return await work(({ encode, ...request }) =>
      connectionPool.send({
        request: { ...request, encode: async () => encode(newEncoder()) },
        response: { decode: async (bytes) => bytes, parse: async (bytes) => bytes },
      }),
    );
  } finally {
    await cluster.disconnect();
  }
};
