import { AvroDeserializer, SchemaRegistryClient, SerdeType } from "@confluentinc/schemaregistry";
import { CloudEvent, Kafka as CloudEvents } from "cloudevents";
import { Kafka } from "kafkajs";

const { KAFKA_BROKERS, KAFKA_USER: username, KAFKA_PASSWORD: password, PITRIX_URL } = process.env;
const decoder = new AvroDeserializer(new SchemaRegistryClient({ baseURLs: [PITRIX_URL] }), SerdeType.VALUE, {});
const kafka = new Kafka({ brokers: KAFKA_BROKERS.split(","), sasl: { mechanism: "scram-sha-512", username, password } });
const consumer = kafka.consumer({ groupId: `${username}.confluent` });
await consumer.connect();
await consumer.subscribe({ topics: [/^pitrix\./], fromBeginning: true });
await consumer.run({
  eachMessage: async ({ topic, message: { key, headers, value } }) => {
    const fields = await decoder.deserialize(topic, value);
    const texts = Object.fromEntries(Object.entries(headers).map(([name, text]) => [name, String(text)]));
    const event = CloudEvents.toEvent({ key: String(key), headers: texts, body: value, value });
    if (!(event instanceof CloudEvent) || !event.validate()) throw new Error(`${texts.ce_id} is no CloudEvent`);
    console.log(JSON.stringify({ id: event.id, type: event.type, fields }));
  },
});
