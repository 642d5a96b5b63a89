import type { Inquiries } from "../../chassis/http/inquiry.ts";
import type { Machine } from "./machine/types.ts";

/** What only this machine knows of its nodes. Who may see it is checked before. */
export const inquiriesOf = (machine: Pick<Machine, "describe" | "logs">): Inquiries => ({
  log: async ({ node_id, name, limit }) => {
    const nodeId = String(node_id);
    const node = await machine.describe(nodeId);
    return node && { log: await machine.logs(nodeId, String(name), Number(limit)), task_id: node.commands };
  },
});
