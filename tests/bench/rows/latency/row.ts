import { type Row, told } from "../../harness/row.ts";
import type { Phase } from "../commands/measure.ts";
import { under } from "../commands/row.ts";
import { isWhole, lasting } from "../commands/run.ts";

const FLOOR = "pipeline";
const PHASE = "open loop";

export const row: Row = {
  id: "latency",
  order: 51,
  title: "Command answered and visible",
  about:
    "Milliseconds from when a command should have been sent until it is answered and in every read model that shows it (an answer that comes before fails the run). " +
    "An open loop: commands are sent at half of the platform's own maximum rate, the same for all, whether answers come or not; what is late counts from when it was due.",
  servers: undefined,
  figures: [
    told(`${PHASE}, p50`, "ms", "less", [{ of: FLOOR, most: 1.3 }]),
    told(`${PHASE}, p99`, "ms", "less", [{ of: FLOOR, most: 2 }]),
    told(`${PHASE}, worst`, "ms", "less", []),
  ],
  prepare: async (fixture) => {
    const seconds = Math.max(1, lasting(fixture, 4));
    const full: Phase = { name: "full", mode: "new", clients: 64, seconds, warmUp: seconds / 2 };
    const fullest = isWhole(fixture) ? await under("Pitrix", "pitrix", "pitrix", [full]).run({ fixture, round: 0 }) : undefined;
    const rate = Math.max(5, Math.floor((fullest?.values?.["full, rate"] ?? 0) / 2));
    const half: Phase = { name: PHASE, mode: "new", rate, seconds: 2 * seconds, warmUp: seconds / 2 };
    const note = `${rate} commands/s`;
    return {
      contestants: [
        under(FLOOR, "floor", "pipeline", [half], { note }),
        under("Pitrix", "pitrix", "pitrix", [half], { note }),
        under("hand-written eachMessage loop", "peer", "each-message", [half], { note }),
      ],
    };
  },
};
