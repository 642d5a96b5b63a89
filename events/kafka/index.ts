export { type KafkaLogOptions, kafkaLog } from "./log.ts";
