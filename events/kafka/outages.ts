// kafkajs spreads its error classes into its exports, so Node cannot import them by name.
import kafkajs from "kafkajs";

const { KafkaJSBrokerNotFound, KafkaJSConnectionError, KafkaJSNonRetriableError, KafkaJSRequestTimeoutError } = kafkajs;
const classes = [KafkaJSConnectionError, KafkaJSRequestTimeoutError, KafkaJSBrokerNotFound, KafkaJSNonRetriableError];

/** Whether an error of kafkajs means that the cluster is unreachable or cannot answer for now. A wrong password is not an outage. */
export const isKafkaOutage = (error: Error): boolean =>
  classes.some((each) => error instanceof each) && !(error instanceof kafkajs.KafkaJSSASLAuthenticationError);
