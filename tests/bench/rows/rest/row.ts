import { join } from "node:path";
import { type Contestant, type Role, type Row, told } from "../../harness/row.ts";
import { lasting, runApart } from "../commands/run.ts";

const FLOOR = "express and one kafkajs consumer";

export const row: Row = {
  id: "rest",
  order: 54,
  title: "A service at rest",
  about:
    "Resident memory and CPU of a service process (runtime) that has nothing to do, half a minute after its start, when V8 has compiled what runs and has given back what only the start needed: its relay, read models, reactions, discovery and metrics run. " +
    "The floor is a Node process with express and one kafkajs consumer of one topic.",
  servers: undefined,
  figures: [told("memory", "MB", "less", [{ of: FLOOR, most: 1.3 }]), told("CPU", "% of a core", "less", [{ most: 2 }])],
  prepare: async (fixture) => {
    const seconds = lasting(fixture, 10);
    const at = (name: string, role: Role, service?: string): Contestant => ({
      ...{ name, role, expected: "ready" },
      run: () => runApart(fixture, join(import.meta.dirname, "measure.js"), { settle: Math.min(30, 3 * seconds), seconds, service }),
    });
    return { contestants: [at(FLOOR, "floor"), at("Pitrix", "pitrix", "runtime")] };
  },
};
