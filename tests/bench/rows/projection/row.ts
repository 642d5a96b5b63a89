import { reader, readingPeers, wholeLog } from "../../harness/read-model-row.ts";
import { type Row, rate } from "../../harness/row.ts";

export const row: Row = {
  id: "projection",
  order: 30,
  title: "Projection: a live read model works off a backlog",
  about:
    "A backlog of 20 events each of 50,000 clusters (real events with framing and headers; people sit down to a cluster three times, far apart on the log, and 256 of them sit at the same time, so a cluster's events come in bursts of 9, 8 and 3) becomes the read model of clusters, which reads 11 of the 20. Writes are synced, positions follow them, and the content must be that of the fold. Joining the group does not count. Pitrix and the floor hold writes back while they are far behind, so that many events of a cluster become one write.",
  servers: "log",
  figures: [
    rate("events/s", [
      { of: "bare consumer", least: 0.7 },
      { of: "eachMessage + updateOne", least: 20 },
      { of: "eachBatch + bulkWrite", least: 3 },
    ]),
  ],
  prepare: async (fixture) => {
    const whole = await wholeLog(fixture);
    return {
      contestants: [
        reader(whole, "projection", { role: "floor", name: "bare consumer", file: "floor.js" }),
        reader(whole, "projection", { role: "pitrix", name: "Pitrix", file: "pitrix.js" }),
        ...(await readingPeers(fixture)),
      ],
    };
  },
};
