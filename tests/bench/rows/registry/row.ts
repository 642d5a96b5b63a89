import { join } from "node:path";
import { runNode } from "../../harness/program.ts";
import { type Role, type Row, rate } from "../../harness/row.ts";

const FLOOR = "express, response.json";

export const row: Row = {
  id: "registry",
  order: 59,
  title: "Reads of the schema registry",
  about:
    "Schemas by id that a gateway answers, to 16 connections of another process. The floor is an express handler that answers the same text from a map.",
  servers: undefined,
  figures: [rate("reads/s", [{ of: FLOOR, least: 0.7 }])],
  prepare: async (fixture) => {
    const at = (name: string, role: Role, kind: "floor" | "pitrix") => ({
      ...{ name, role },
      run: () => runNode(fixture, join(import.meta.dirname, "measure.js"), { input: { kind, reads: fixture.scaled(200_000, 500) } }),
    });
    return { contestants: [at(FLOOR, "floor", "floor"), at("Pitrix", "pitrix", "pitrix")] };
  },
};
