import { type IncomingMessage, request } from "node:http";

// Opens streams, and says when they are open and when each has received all events. Started by `measure.ts`.
type Order = { readonly url: string; readonly authorizations: readonly string[]; readonly count: number; readonly events: number };

const MARK = Buffer.from("\ndata: ");

process.once("message", async (order) => {
  const { url, authorizations, count, events } = order as Order; // Sent by `measure.ts`.
  let waiting = count;
  const open = (number: number): Promise<IncomingMessage> =>
    new Promise((resolve, reject) => {
      const headers = { authorization: authorizations[number % authorizations.length] ?? "" };
      const asked = request(url, { headers, agent: false });
      asked.on("response", (response) => (response.statusCode === 200 ? resolve(response) : reject(new Error(`${response.statusCode}`))));
      asked.on("error", reject).end();
    });
  const follow = (response: IncomingMessage): void => {
    let left = events;
    let rest = Buffer.of();
    response.on("data", (chunk: Buffer) => {
      const bytes = rest.byteLength > 0 ? Buffer.concat([rest, chunk]) : chunk;
      for (let at = bytes.indexOf(MARK); at >= 0; at = bytes.indexOf(MARK, at + MARK.byteLength)) left -= 1;
      // A mark may lie across two chunks; this end is too short to hold a whole one.
      rest = Buffer.from(bytes.subarray(-(MARK.byteLength - 1)));
      if (left > 0) return;
      response.destroy();
      waiting -= 1;
      if (waiting === 0) process.send?.("done");
    });
    response.on("error", () => {});
  };
  for (let from = 0; from < count; from += 50)
    for (const response of await Promise.all(Array.from({ length: Math.min(50, count - from) }, (_, each) => open(from + each))))
      follow(response);
  process.send?.("open");
});
