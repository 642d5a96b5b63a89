import { join } from "node:path";
import { watermill, watermillVersions } from "../../harness/foreign.ts";
import { wakeCoordinators } from "../../harness/kafka.ts";
import { runNode, runProgram } from "../../harness/program.ts";
import { type Contestant, type Row, rate } from "../../harness/row.ts";
import { backlog, expected, published } from "./backlog.ts";

export const row: Row = {
  id: "relay",
  order: 20,
  title: "Relay: a backlog of commits is published",
  about:
    "50,000 commits of an event each lie in a store, marked as not yet published, as after an outage of Kafka. It ends when Kafka has acknowledged all of them (acks=all) and no mark is left (synced). First occurrences of every stream must be in order and complete.",
  servers: "relay",
  figures: [rate("events/s", [{ of: "find, produce, unmark", least: 0.8 }])],
  prepare: async (fixture) => {
    const clusters = fixture.scaled(2_500, 20);
    const right = expected(clusters);
    await wakeCoordinators(fixture.connection, []);
    const of = (role: Contestant["role"], name: string, file: string): Contestant => ({
      ...{ role, name, expected: right },
      run: async () => runNode(fixture, join(import.meta.dirname, file), { input: await backlog(fixture, clusters) }),
    });
    const { missing, path } = watermill();
    const forwarder: Contestant = {
      ...{ role: "peer", name: "Watermill forwarder", expected: right, missing: () => missing(fixture) },
      note: `${watermillVersions}, with a subscriber on the marked commits, since it has none for this store: a page of 1,000 at a time, streams side by side`,
      run: async () => {
        const input = await backlog(fixture, clusters);
        const measured = await runProgram(fixture, path("watermill"), { args: ["forward"], input });
        return { ...measured, check: await published(input) };
      },
    };
    return { contestants: [of("floor", "find, produce, unmark", "floor.js"), of("pitrix", "Pitrix", "pitrix.js"), forwarder] };
  },
};
