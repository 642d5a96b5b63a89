import { randomInt } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { orMissing, writeAtomically } from "./files.ts";
import { lock } from "./lock.ts";
import { refused, type UserIds } from "./types.ts";

export type Users = {
  /** Claims a user id for the node. Repeated calls return the same id until it is released. */
  claim(nodeId: string): Promise<number>;
  release(nodeId: string): Promise<void>;
};

/** The content of users.json. */
type Claims = { readonly next: number; readonly nodes: { readonly [nodeId: string]: number } };

/**
 * The user ids of nodes, each also a group id. They are given in turn, so that an id that is free again comes last. The first is random, so
 * that two platforms of one computer do not begin with the same one.
 */
export const users = (directory: string, { first, last }: UserIds): Users => {
  const file = join(directory, "users.json");
  const inTurn = lock();
  const read = async (): Promise<Claims> => {
    const text = await orMissing(readFile(file, "utf8"));
    return text === undefined ? { next: randomInt(first, last + 1), nodes: {} } : JSON.parse(text);
  };
  const write = (claims: Claims) => writeAtomically(file, JSON.stringify(claims));
  const after = (uid: number) => (uid < first || uid >= last ? first : uid + 1);
  return {
    claim: (nodeId) =>
      inTurn(async () => {
        const { next, nodes } = await read();
        const taken = new Set(Object.values(nodes).filter((uid) => uid >= first && uid <= last));
        if (nodes[nodeId] !== undefined) return nodes[nodeId];
        if (taken.size > last - first) throw refused(`all user ids from ${first} to ${last} are in use`);
        let uid = next;
        while (taken.has(uid) || uid < first || uid > last) uid = after(uid);
        await write({ next: after(uid), nodes: { ...nodes, [nodeId]: uid } });
        return uid;
      }),
    release: (nodeId) =>
      inTurn(async () => {
        const { next, nodes } = await read();
        if (nodes[nodeId] !== undefined)
          await write({ next, nodes: Object.fromEntries(Object.entries(nodes).filter(([id]) => id !== nodeId)) });
      }),
  };
};
