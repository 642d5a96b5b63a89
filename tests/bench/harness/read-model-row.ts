import { join } from "node:path";
import { type ClusterLog, clusterLog } from "./cluster-log.ts";
import { contentOf } from "./content.ts";
import type { Fixture } from "./fixture.ts";
import { schemaFile, watermill, watermillVersions } from "./foreign.ts";
import { runNode, runProgram } from "./program.ts";
import type { ReadModelInput } from "./read-model.ts";
import type { Contestant } from "./row.ts";

/** Clusters at full scale: with 20 events each, a million. */
const allClusters = 50_000;

/** The whole log, on the topic that the platform reads. */
export const wholeLog = (fixture: Fixture): Promise<ClusterLog> => clusterLog(fixture, "pitrix.cluster", fixture.scaled(allClusters, 50));

/** A smaller log of the same mix, for contestants that would take hours with the whole one. */
export const shareOfLog = async (fixture: Fixture, share: number): Promise<ClusterLog> => {
  const clusters = Math.max(25, Math.round(fixture.scaled(allClusters, 50) * share));
  return clusterLog(fixture, `bench.clusters.${clusters}`, clusters);
};

/** What a contestant of a log is told, on a database and a group of its own. */
export const inputOf = ({ connection, urlFor, fresh }: Fixture, { topic, events }: ClusterLog): ReadModelInput => {
  const database = fresh("read");
  return { ...{ connection, topic, events }, database, url: urlFor(database), group: database };
};

/** A contestant that is a compiled file of this package. */
export const reader = (
  log: ClusterLog,
  row: string,
  { file, ...contestant }: Pick<Contestant, "name" | "role" | "note"> & { readonly file: string },
): Contestant => ({
  ...contestant,
  expected: log.expected,
  run: ({ fixture }) => runNode(fixture, join(import.meta.dirname, "..", "rows", row, file), { input: inputOf(fixture, log) }),
});

/** What is to be said of a contestant that ran on a smaller log. */
export const shareNote = ({ events, clusters }: ClusterLog, what: string): string =>
  `${what}; it ran on a log of ${events} events over ${clusters} clusters of the same mix, and was checked for that`;

/** What a user would pick instead, on smaller logs of the same mix: the two loops of kafkajs, and a handler of Watermill. */
export const readingPeers = async (fixture: Fixture): Promise<readonly Contestant[]> => {
  const fiftieth = await shareOfLog(fixture, 0.02);
  const tenth = await shareOfLog(fixture, 0.1);
  const { missing, path } = watermill();
  const loop = "kafkajs, partitions side by side; does not notice repeats";
  return [
    reader(fiftieth, "projection", {
      ...{
        role: "peer",
        name: "eachMessage + updateOne",
        file: "each-message.js",
        note: shareNote(fiftieth, "kafkajs as it comes: one message at a time; does not notice repeats"),
      },
    }),
    reader(tenth, "projection", { role: "peer", name: "eachBatch + bulkWrite", file: "each-batch.js", note: shareNote(tenth, loop) }),
    {
      ...{ role: "peer", name: "Watermill handler", expected: fiftieth.expected, missing: () => missing(fixture) },
      note: shareNote(
        fiftieth,
        `${watermillVersions}: a handler with an updateOne an event, partitions side by side; does not notice repeats`,
      ),
      run: async () => {
        const input = inputOf(fixture, fiftieth);
        const measured = await runProgram(fixture, path("watermill"), { args: ["project"], input: { ...input, schemas: schemaFile() } });
        return { ...measured, check: await contentOf(input.url, input.database, "clusters") };
      },
    },
  ];
};
