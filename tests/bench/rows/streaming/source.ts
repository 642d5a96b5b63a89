import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { eventOf } from "./event.ts";

// A service that has events for the gateway, as many as it is told. Started by `measure.ts`.
const topic = "pitrix.cluster";
let events = 0;
let wake = (): void => {};
process.once("disconnect", () => process.exit(1));
process.on("message", (more) => {
  events += Number(more);
  wake();
});

const PAGE = 1_000;
const server = createServer((asked, answer) => {
  let text = "";
  asked.on("data", (chunk) => {
    text += chunk;
  });
  asked.on("end", async () => {
    answer.setHeader("content-type", "application/json");
    if (asked.url !== "/internal/events") return void answer.end("{}");
    const { from, wait } = JSON.parse(text);
    const begin: number = from[topic]?.[0] ?? 0;
    if (begin >= events && wait > 0)
      await new Promise<void>((resolve) => {
        wake = resolve;
        setTimeout(resolve, wait).unref();
      });
    const next = Math.min(events, begin + PAGE);
    const page = Array.from({ length: Math.max(0, next - begin) }, (_, each) => ({
      ...{ topic, partition: 0, offset: begin + each, owner: { owner: "usr-0", owner_group: "grp-1" } },
      event: eventOf(begin + each),
    }));
    answer.end(JSON.stringify({ events: page, from: { [topic]: [begin] }, next: { [topic]: [next] }, lost: [] }));
  });
});
server.listen(0, "127.0.0.1", () => process.send?.((server.address() as AddressInfo).port)); // A TCP server's address is one.
