import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { ClusterLog } from "./cluster-log.ts";
import { contentHash } from "./content.ts";
import type { Fixture } from "./fixture.ts";
import { schemaFile, streams, streamsVersion } from "./foreign.ts";
import { runProgram } from "./program.ts";
import { inputOf } from "./read-model-row.ts";
import type { Contestant } from "./row.ts";

/** Not in the document store: what Kafka Streams keeps for itself, on this machine and in a changelog of Kafka. */
export const stateStore = (fixture: Fixture, log: ClusterLog): Contestant => {
  const { missing, path } = streams();
  return {
    ...{ role: "peer", name: "Kafka Streams state store", expected: log.expected, missing: () => missing(fixture) },
    note: `${streamsVersion}: RocksDB with a cache of 64 MiB and a changelog (acks=all), read on two threads; its documents are in no database and cannot be queried by field`,
    run: async () => {
      const input = inputOf(fixture, log);
      const directory = join(fixture.directory, input.database);
      mkdirSync(directory);
      try {
        const args = ["-Xmx1g", "-cp", `${path("classes")}:${path(join("libs", "*"))}`, "bench.Main"];
        const measured = await runProgram(fixture, "java", { args, input: { ...input, directory, schemas: schemaFile() } });
        const lines = readFileSync(join(directory, "documents.jsonl"), "utf8").trimEnd().split("\n");
        // A document a line, as the read model has it.
        return { ...measured, check: contentHash(lines.map((line) => JSON.parse(line) as { _id: string })) };
      } finally {
        rmSync(directory, { recursive: true, force: true });
      }
    },
  };
};
