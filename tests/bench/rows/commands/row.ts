import { join } from "node:path";
import { type Contestant, type Role, type Row, told } from "../../harness/row.ts";
import { emmett } from "../../peers/emmett/install.ts";
import type { Phase, SubjectName } from "./measure.ts";
import { lasting, runApart } from "./run.ts";

const clients = [1, 16, 64] as const;
const phases = (["new", "hot"] as const).flatMap((mode) =>
  clients.map((count) => ({ name: `${mode}, ${count} clients`, mode, clients: count })),
);
const FLOOR = "pipeline behind express";
const EMMETT = "Emmett";

/** A contestant of this row's kind: a subject on servers of its own, under these phases of load. */
export const under = (
  name: string,
  role: Role,
  subject: SubjectName,
  of: readonly Phase[],
  more: Partial<Contestant> = {},
): Contestant => ({
  ...{ name, role, expected: "right", ...more },
  run: ({ fixture }) => {
    const program = subject === "emmett" ? emmett.program() : undefined;
    return runApart(fixture, join(import.meta.dirname, "main.js"), { subject, phases: of, program });
  },
});

export const row: Row = {
  id: "commands",
  order: 50,
  title: "Commands over HTTP, with relay and read models running",
  about:
    "Commands a second that a service process answers (CreateCategory; ModifyCategory of one hot aggregate), each with a token and an idempotency key, " +
    "answered when the service's own read model shows it. The floor does the same inserts, batches of produce, unmark, read and upsert, and answers then, too; " +
    "Emmett answers when its store has the event and its inline projection, and Kafka the event. Clients, servers and services share the cores.",
  servers: undefined,
  figures: phases.map(({ name }) =>
    told(`${name}, rate`, "commands/s", "more", [
      { of: FLOOR, least: 0.8 },
      { of: EMMETT, least: 1 },
    ]),
  ),
  prepare: async (fixture) => {
    const seconds = lasting(fixture, 2);
    const all = phases.map((phase): Phase => ({ ...phase, seconds, warmUp: seconds / 4 }));
    const missing = async () => (fixture.foreign ? emmett.missing() : "its packages are not installed for this run");
    const beside = [
      under("pipeline, not through the log", "floor", "pipeline-memory", all, {
        note: "the document is written by the process that produced",
      }),
      under("pipeline, answered after the insert", "floor", "pipeline-insert", all, { note: "a caller may not find what it has written" }),
      under("Pitrix through its gateway", "pitrix", "gateway", all, { note: "one process more, a second look at the token" }),
    ];
    return {
      contestants: [
        under(FLOOR, "floor", "pipeline", all),
        under("Pitrix", "pitrix", "pitrix", all),
        under(EMMETT, "peer", "emmett", all, { note: emmett.note, missing }),
        ...(fixture.scale >= 1 ? beside : []),
      ],
    };
  },
};
