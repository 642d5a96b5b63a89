// kafkajs spreads its error classes into its exports, where Node finds no names to import.
import kafkajs from "kafkajs";

const { KafkaJSBrokerNotFound, KafkaJSConnectionError, KafkaJSNonRetriableError, KafkaJSRequestTimeoutError } = kafkajs;
const classes = [KafkaJSConnectionError, KafkaJSRequestTimeoutError, KafkaJSBrokerNotFound, KafkaJSNonRetriableError];

/** Whether an error of kafkajs says that the cluster cannot be reached or cannot answer for now. A wrong password is no outage. */
export const isKafkaOutage = (error: Error): boolean =>
  classes.some((each) => error instanceof each) && !(error instanceof kafkajs.KafkaJSSASLAuthenticationError);
