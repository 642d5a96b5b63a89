import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { isDeepStrictEqual } from "node:util";
import { pause } from "./clock.ts";
import { orMissing, writeAtomically } from "./files.ts";
import type { NodePaths } from "./paths.ts";
import { alive, handles, signal } from "./processes.ts";
import { type Ground, known, type Node, save } from "./record.ts";
import { refused } from "./types.ts";

const hangUp = 1;
/** A process so young may not have come to its SIGHUP handler yet. */
const youth = 2000;

/** Digest of metadata.json as it stands. */
export const metadataDigest = async (paths: NodePaths): Promise<string | null> => {
  const text = await orMissing(readFile(paths.metadata, "utf8"));
  return text === undefined ? null : createHash("sha256").update(text).digest("hex");
};

/**
 * Replaces metadata.json, and tells the process unless it already knows: what it was told is recorded, so a crash between
 * the two is made good by the repetition. A process without a handler is not told: SIGHUP would end it.
 */
export const writeMetadata = async (ground: Ground, node: Node, metadata: object): Promise<void> => {
  const text = JSON.stringify(metadata, null, 2);
  if (Buffer.byteLength(text) > ground.limits.metadataBytes)
    throw refused(`the metadata has more than ${ground.limits.metadataBytes} bytes`);
  const record = await known(node);
  const before = await orMissing(readFile(node.paths.metadata, "utf8"));
  if (before === undefined || !isDeepStrictEqual(JSON.parse(before), JSON.parse(text))) await writeAtomically(node.paths.metadata, text);
  const told = await metadataDigest(node.paths);
  const process = record.process;
  if (told === record.told || !process?.wanted || process.identity === null) return;
  const { identity } = process;
  const age = () => ground.clock.now() - process.startedAt;
  while (!handles(identity, hangUp) && alive(identity) && age() < youth && !ground.closed) await pause(ground.clock, 20);
  if (!handles(identity, hangUp)) return;
  signal(identity, "SIGHUP");
  await save(node, { ...record, told });
};
