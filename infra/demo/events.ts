import { Kafka, logLevel } from "kafkajs";

/** An event as any third party's Kafka consumer sees it, from its headers alone. */
export type SeenEvent = {
  readonly type: string;
  readonly subject: string;
  readonly sequence: number;
  readonly row: string;
  readonly service: string;
};

/** Follows all events of the platform with an ordinary consumer group. */
export const followEvents = async (brokers: readonly string[], seen: (event: SeenEvent) => void): Promise<() => Promise<void>> => {
  const consumer = new Kafka({ brokers: [...brokers], clientId: "demo", logLevel: logLevel.NOTHING }).consumer({
    groupId: `demo-${process.pid}-${Date.now()}`,
    maxWaitTimeInMs: 200,
  });
  await consumer.connect();
  await consumer.subscribe({ topics: [/^pitrix\.(?!deadLetter|instances|keys)\w+$/], fromBeginning: false });
  await consumer.run({
    eachMessage: async ({ message: { headers } }) => {
      const header = (name: string): string => headers?.[name]?.toString() ?? "";
      const [, , type = ""] = header("ce_type").split(".");
      seen({
        type,
        subject: header("ce_subject"),
        sequence: Number(header("ce_sequence")),
        row: header("ce_row"),
        service: header("ce_source").split("/").at(-1) ?? "",
      });
    },
  });
  return () => consumer.disconnect();
};
