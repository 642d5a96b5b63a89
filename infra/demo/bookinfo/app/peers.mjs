import { get } from "node:http";
import { current, settings } from "./node.mjs";

const turns = new Map();

/** Calls the nodes of a role in turn; skips nodes that do not answer. */
export const ask = async (role, path) => {
  const nodes = current().hosts[role] ?? [];
  const turn = turns.get(role) ?? 0;
  turns.set(role, turn + 1);
  let failure = new Error(`there is no ${role} node`);
  for (let attempt = 0; attempt < nodes.length; attempt += 1) {
    const { address } = nodes[(turn + attempt) % nodes.length];
    try {
      return await request(address, settings().port, path);
    } catch (error) {
      failure = new Error(`${role} at ${address}: ${error.message}`);
      console.error(failure.message);
    }
  }
  throw failure;
};

export const request = (host, port, path, timeout = 2000) =>
  new Promise((resolve, reject) => {
    const outgoing = get({ host, port, path, timeout, agent: false }, (response) => {
      const chunks = [];
      response.on("error", reject);
      response.on("data", (chunk) => chunks.push(chunk));
      response.on("end", () => {
        if (response.statusCode !== 200) return reject(new Error(`status ${response.statusCode}`));
        try {
          resolve(JSON.parse(Buffer.concat(chunks).toString("utf8")));
        } catch (error) {
          reject(error);
        }
      });
    });
    outgoing.on("timeout", () => outgoing.destroy(new Error(`no answer within ${timeout} ms`)));
    outgoing.on("error", reject);
  });
