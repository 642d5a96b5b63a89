import { join } from "node:path";
import { type Row, told } from "../../harness/row.ts";
import { isWhole, lasting, runApart } from "../commands/run.ts";

const FULL = { aggregates: 1_000_000, events: 100_000 };
/** Of the full size, so that a round takes about a minute; a scale of 10 is the full one. */
const SHARE = 0.1;
const flat = [{ least: 0.8 }];

export const row: Row = {
  id: "growth",
  order: 52,
  title: "Cost as work grows",
  about:
    "The platform against itself, the largest divided by the smallest: commands a second (16 clients) with 1,000 and with very many aggregates in the store, with 1 and 6 partitions, with 1 and 4 instances " +
    "on the same cores; peak memory meanwhile; and the time of the next command to a stream of very many events against that to a stream of one, once the stream's state is in memory. " +
    "The first command after a start folds the whole stream once; it is told beside.",
  servers: undefined,
  figures: [
    told("aggregates", "x", "more", flat),
    told("partitions", "x", "more", flat),
    told("instances", "x", "more", flat),
    told("memory", "x", "less", [{ most: 1.25 }]),
    told("next command", "x", "less", [{ most: 1.25 }]),
    told("short stream, cold ms", "ms", "less", []),
    told("long stream, cold ms", "ms", "less", []),
    told("long stream, warm ms", "ms", "less", []),
  ],
  prepare: async (fixture) => {
    const share = isWhole(fixture) ? SHARE * Math.max(1, fixture.scale) : 0;
    const size = (full: number): number => Math.min(full, Math.max(2_000, full * share));
    const [aggregates, events] = [size(FULL.aggregates), size(FULL.events)];
    const seconds = lasting(fixture, 2);
    const input = {
      aggregates: [1_000, aggregates],
      events: [1, Math.min(1_000, events / 2), events],
      instances: isWhole(fixture) ? 4 : 2,
      seconds,
    };
    const factor = FULL.aggregates / aggregates;
    const note = `up to ${aggregates} aggregates and ${events} events${factor > 1 ? `, 1/${Math.round(factor)} of the full sizes (a scale of 10 for those)` : ""}`;
    return {
      contestants: [
        {
          ...{ name: "Pitrix", role: "pitrix", note, expected: "right" },
          run: () => runApart(fixture, join(import.meta.dirname, "measure.js"), input),
        },
      ],
    };
  },
};
