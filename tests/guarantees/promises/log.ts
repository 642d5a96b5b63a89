import { faults, rules, type Section, tests } from "../promise.ts";

const contract = "contract/log.ts";

export const log: Section = {
  title: "The log",
  promises: [
    {
      id: "first-occurrences",
      promise: "The first occurrences of a stream's events on the log are in order and complete.",
      how: "the relay publishes no commit whose predecessor still has a due mark",
      keptBy: ["events/log/relay.ts"],
      proofs: [
        ...rules("first occurrences on the log are in order", "the log is complete", "the log says what the store says"),
        ...tests("events/log/publish-queue.test.ts", "when a send fails, nothing later of its keys overtakes it, and the rest goes on"),
        ...faults("1", "2"),
      ],
    },
    {
      id: "nothing-lost",
      promise: "Publishing loses no acknowledged event, whichever broker leads.",
      how: "the producer names partitions explicitly and checks that each is acknowledged; it is discarded after any rejected send",
      keptBy: ["events/kafka/producer.ts"],
      proofs: [
        ...tests(
          "events/kafka/lost-reply.integration.ts",
          "after a send whose reply was lost, what is acknowledged is in the log",
          "kafkajs by itself acknowledges what it then loses",
        ),
        ...tests(
          "events/kafka/producer.test.ts",
          "what the answer leaves out is sent again, whole and in order, before the send is done",
          "a producer whose send was rejected is never used again",
        ),
        ...faults("2b", "2c", "2d"),
      ],
    },
    {
      id: "repeats",
      promise: "A repeated event on the log has the same id and the same bytes.",
      how: "records are computed from the commit alone",
      keptBy: ["events/log/record.ts"],
      proofs: rules("an event id means one event"),
    },
    {
      id: "partitions",
      promise: "A topic's number of partitions never changes, and a key keeps its partition.",
      how: "a service refuses to start if a topic has another number of partitions",
      keptBy: ["events/kafka/administration.ts", "events/log/partition.ts"],
      proofs: [
        ...tests(
          contract,
          "topics are made once, and their number of partitions never changes",
          "the records of a key keep their order, in one partition",
        ),
        ...tests("events/log/partition.test.ts", "a key has the partition that kafkajs chooses for it"),
      ],
    },
    {
      id: "wire-format",
      promise: "Any Kafka consumer reads the events: Confluent's wire format, and CloudEvents headers in binary mode.",
      how: "a record is framed with the id of its schema in the lock, which the gateway serves with the API of Confluent's registry",
      keptBy: ["events/log/record.ts", "events/codec/framing.ts", "services/api/registry/registry.ts"],
      proofs: [
        ...tests(
          "third-party/consumers.integration.ts",
          "every public event of every version is what was committed: Node, kafkajs and its registry client",
          "every public event of every version is what was committed: Python, confluent-kafka with its Avro deserializer",
        ),
        ...tests(
          "services/api/registry.test.ts",
          "every released version is served under its id to anybody, for ever",
          "only operators may register, and what the platform has not released is refused with the reason",
        ),
        ...tests(
          "guarantees/wire.test.ts",
          "a reader with nothing but ids.json and an Avro library reads an event",
          "the headers are those of a CloudEvent in binary mode",
        ),
        ...tests("services/chassis/http/commands.test.ts", "events carry the request, its caller, its row and the action that it started"),
      ],
    },
  ],
};
