import { join } from "node:path";
import { packageVersion } from "../../harness/machine.ts";
import { runNode } from "../../harness/program.ts";
import { type Contestant, type Row, rate } from "../../harness/row.ts";
import type { Input } from "./events.ts";

export const row: Row = {
  id: "codec",
  order: 10,
  title: "Codec: write an event for the wire and read it again",
  about:
    "Avro encode and decode of the events of whole cluster lives (20 a cluster, among them deployments of 1 KB), with Confluent framing and CloudEvents headers. One operation is both ways. Pitrix also checks every event against its schema, and every record for whether it is what it says.",
  servers: undefined,
  figures: [
    rate("ops/s", [
      { of: "avsc alone", least: 0.9 },
      { of: "schema registry client", least: 1.3 },
    ]),
  ],
  prepare: async (fixture) => {
    const input: Input = { operations: fixture.scaled(400_000, 2_000) };
    const of = (role: Contestant["role"], name: string, file: string, note?: string): Contestant => ({
      ...{ role, name, ...(note && { note }) },
      run: () => runNode(fixture, join(import.meta.dirname, file), { input }),
    });
    return {
      contestants: [
        of("floor", "avsc alone", "floor.js", "nothing is checked; it encodes straight into the frame"),
        of("pitrix", "Pitrix", "pitrix.js"),
        of(
          ...(["peer", "schema registry client", "registry.js"] as const),
          `@kafkajs/confluent-schema-registry ${packageVersion("@kafkajs/confluent-schema-registry")}; its registry is in the same process and asked once a schema`,
        ),
        of("peer", "JSON", "json.js"),
      ],
    };
  },
};
