import { judged } from "../../harness/pitrix-shadow.ts";
import { reader, wholeLog } from "../../harness/read-model-row.ts";
import { type Row, rate } from "../../harness/row.ts";

export const row: Row = {
  id: "verify",
  order: 44,
  title: "Verify: a rebuilt collection against the live one",
  about:
    "Compares the two collections of the shadow rebuild, document by document, as `pitrix replay verify` does: from the request to the stored verdict. The floor reads both in the order of their ids and compares what it reads.",
  servers: "log",
  figures: [rate("documents/s", [{ of: "scan both, compare", least: 0.5 }])],
  prepare: async (fixture) => {
    const whole = await wholeLog(fixture);
    const expected = judged({ compared: whole.clusters, differences: 0 });
    return {
      contestants: [
        { ...reader(whole, "verify", { role: "floor", name: "scan both, compare", file: "floor.js" }), expected },
        { ...reader(whole, "verify", { role: "pitrix", name: "Pitrix", file: "pitrix.js" }), expected },
      ],
    };
  },
};
