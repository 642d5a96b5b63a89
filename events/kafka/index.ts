export type { KafkaLogger } from "./client.ts";
export { clusterOf, type Encoder, newEncoder, type ProtocolRequest } from "./cluster.ts";
export { type KafkaLogOptions, kafkaLog } from "./log.ts";
