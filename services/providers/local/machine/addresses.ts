import { createHash } from "node:crypto";
import { mkdir, readdir, readlink, rm, symlink } from "node:fs/promises";
import { join } from "node:path";
import { orMissing } from "./files.ts";
import { lock } from "./lock.ts";
import { refused } from "./types.ts";

export type Addresses = {
  /** Claims a loopback address for the node. Repeated calls return the same address until it is released. */
  claim(nodeId: string): Promise<string>;
  release(nodeId: string): Promise<void>;
};

/**
 * Loopback addresses. A symbolic link with the node's id as its target claims an address atomically.
 * The directory is part of the hash, so that two platforms on one computer use different addresses.
 */
export const addresses = (directory: string, limit: number): Addresses => {
  const claims = join(directory, "addresses");
  const inTurn = lock();
  const holders = async () => {
    const names = (await orMissing(readdir(claims))) ?? [];
    return new Map(await Promise.all(names.map(async (address) => [address, await readlink(join(claims, address))] as const)));
  };
  return {
    claim: (nodeId) =>
      inTurn(async () => {
        const held = await holders();
        for (const [address, holder] of held) if (holder === nodeId) return address;
        if (held.size >= limit) throw refused(`this machine has ${held.size} nodes, at most ${limit} are allowed`);
        await mkdir(claims, { recursive: true, mode: 0o700 });
        for (let attempt = 0; ; attempt++) {
          const address = candidate(`${directory}\n${nodeId}\n${attempt}`);
          if (held.has(address)) continue;
          await symlink(nodeId, join(claims, address));
          return address;
        }
      }),
    release: (nodeId) =>
      inTurn(async () => {
        for (const [address, holder] of await holders()) {
          if (holder === nodeId) await rm(join(claims, address), { force: true });
        }
      }),
  };
};

/** An address outside 127.0.0.0/16, which systems use for themselves, and never the first or last address of a block. */
const candidate = (seed: string): string => {
  const hash = createHash("sha256").update(seed).digest();
  return `127.${1 + (hash.readUInt16BE(0) % 254)}.${hash.readUInt8(2)}.${1 + (hash.readUInt16BE(3) % 254)}`;
};
