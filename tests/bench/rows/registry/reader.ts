import { Agent, get } from "node:http";

// Reads schemas by their ids over 16 connections, and says when all are read. Started by `measure.ts`.
const CONNECTIONS = 16;
const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });

process.on("message", async (order) => {
  const { url, ids, reads } = order as { readonly url: string; readonly ids: readonly number[]; readonly reads: number }; // Sent by `measure.ts`.
  let left = reads;
  const read = (id: number): Promise<void> =>
    new Promise((resolve, reject) => {
      get(`${url}/schemas/ids/${id}`, { agent }, (response) => {
        if (response.statusCode !== 200) reject(new Error(`${response.statusCode}`));
        response.resume().on("end", resolve).on("error", reject);
      }).on("error", reject);
    });
  await Promise.all(
    Array.from({ length: CONNECTIONS }, async () => {
      while (left > 0) {
        left -= 1;
        await read(ids[left % ids.length] ?? 0);
      }
    }),
  );
  process.send?.("done");
});
