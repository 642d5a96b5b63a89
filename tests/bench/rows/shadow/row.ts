import { reader, wholeLog } from "../../harness/read-model-row.ts";
import { type Row, rate } from "../../harness/row.ts";
import { stateStore } from "../../harness/state-store.ts";

export const row: Row = {
  id: "shadow",
  order: 42,
  title: "Shadow rebuild: a collection beside the live one",
  about:
    "The same log fills another collection of the read model of clusters, as `pitrix replay run` does, while the live one is there and follows the log. Its filling is measured, up to the saved positions; the comparison that follows is a row of its own. The floor is that of the rebuild.",
  servers: "log",
  figures: [rate("events/s", [{ of: "consume, insertMany", least: 0.6 }])],
  prepare: async (fixture) => {
    const whole = await wholeLog(fixture);
    return {
      contestants: [
        reader(whole, "rebuild", { role: "floor", name: "consume, insertMany", file: "floor.js" }),
        reader(whole, "shadow", { role: "pitrix", name: "Pitrix", file: "pitrix.js" }),
        stateStore(fixture, whole),
      ],
    };
  },
};
