import { reader, readingPeers, wholeLog } from "../../harness/read-model-row.ts";
import { type Row, rate } from "../../harness/row.ts";
import { stateStore } from "../../harness/state-store.ts";

export const row: Row = {
  id: "rebuild",
  order: 40,
  title: "Rebuild: a read model from the whole log",
  about:
    "The same log as for the projection fills a new collection, as after a new version of the fold. The floor folds all of it in memory and inserts the final documents only.",
  servers: "log",
  figures: [
    rate("events/s", [
      { of: "consume, insertMany", least: 0.5 },
      { of: "eachMessage + updateOne", least: 50 },
      { of: "eachBatch + bulkWrite", least: 10 },
    ]),
  ],
  prepare: async (fixture) => {
    const whole = await wholeLog(fixture);
    return {
      contestants: [
        reader(whole, "rebuild", { role: "floor", name: "consume, insertMany", file: "floor.js" }),
        reader(whole, "rebuild", { role: "pitrix", name: "Pitrix", file: "pitrix.js" }),
        ...(await readingPeers(fixture)),
        stateStore(fixture, whole),
      ],
    };
  },
};
