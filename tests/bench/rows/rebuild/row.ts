import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { ClusterLog } from "../../harness/cluster-log.ts";
import { contentHash } from "../../harness/content.ts";
import type { Fixture } from "../../harness/fixture.ts";
import { schemaFile, streams, streamsVersion } from "../../harness/foreign.ts";
import { runProgram } from "../../harness/program.ts";
import { inputOf, reader, readingPeers, wholeLog } from "../../harness/read-model-row.ts";
import { type Contestant, type Row, rate } from "../../harness/row.ts";

/** Not in the document store: what Kafka Streams keeps for itself, on this machine and in a changelog of Kafka. */
const stateStore = (fixture: Fixture, log: ClusterLog): Contestant => {
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

export const row: Row = {
  id: "rebuild",
  order: 40,
  title: "Rebuild: a read model from the whole log",
  about:
    "The same log as for the projection fills a new collection, as after a new version of the fold. The floor folds all of it in memory and inserts the final documents only.",
  servers: "log",
  figures: [
    rate("events/s", [
      { of: "consume, insertMany", least: 0.5 },
      { of: "eachMessage + updateOne", least: 50 },
      { of: "eachBatch + bulkWrite", least: 10 },
    ]),
  ],
  prepare: async (fixture) => {
    const whole = await wholeLog(fixture);
    return {
      contestants: [
        reader(whole, "rebuild", { role: "floor", name: "consume, insertMany", file: "floor.js" }),
        reader(whole, "rebuild", { role: "pitrix", name: "Pitrix", file: "pitrix.js" }),
        ...(await readingPeers(fixture)),
        stateStore(fixture, whole),
      ],
    };
  },
};
