import { join } from "node:path";
import { runNode } from "../../harness/program.ts";
import { type Role, type Row, told } from "../../harness/row.ts";

const FLOOR = "express, response.write";
export const streams = [1, 100, 1_000] as const;
export const figureOf = (count: number): string => `${count} ${count === 1 ? "stream" : "streams"}`;

export const row: Row = {
  id: "streaming",
  order: 58,
  title: "Server-sent events of a gateway",
  about:
    "Events a second that each of 1, 100 and 1,000 open streams is sent, by one gateway process to clients in another; events of 1 KB. The gateway gets them from a service, page by page, merges, asks for each stream what its caller may see, and gives every 32nd message of a burst its position as an id. " +
    "The floor is an express handler that keeps the responses and writes the same text to each. Besides, what one of the 1,000 streams holds in the process that serves it, and how many files are open.",
  servers: undefined,
  figures: [
    ...streams.map((count) => told(figureOf(count), "events/s a stream", "more", [{ of: FLOOR, least: 0.5 }])),
    told("memory", "kB a stream", "less", []),
    told("files", "open", "less", []),
  ],
  prepare: async (fixture) => {
    const at = (name: string, role: Role, kind: "floor" | "pitrix") => ({
      ...{ name, role },
      run: () =>
        runNode(fixture, join(import.meta.dirname, "measure.js"), { input: { kind, deliveries: fixture.scaled(1_000_000, 2_000) } }),
    });
    return { contestants: [at(FLOOR, "floor", "floor"), at("Pitrix", "pitrix", "pitrix")] };
  },
};
