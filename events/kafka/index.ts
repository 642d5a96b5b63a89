export type { KafkaLogger } from "./client.ts";
export { type KafkaLogOptions, kafkaLog } from "./log.ts";
