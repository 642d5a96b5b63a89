import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { isDeepStrictEqual } from "node:util";
import { pause } from "./clock.ts";
import { orMissing, writeAtomically } from "./files.ts";
import type { NodePaths } from "./paths.ts";
import { alive, handles, signal } from "./processes.ts";
import { known, type MachineContext, type Node, save } from "./record.ts";
import { type NodeEnvironment, refused } from "./types.ts";

const hangUp = 1;
/** A process younger than this may not have installed its SIGHUP handler yet. */
const SIGNAL_HANDLER_GRACE = 2000;

/** The digest of the current metadata.json. */
export const metadataDigest = async (paths: NodePaths): Promise<string | null> => {
  const text = await orMissing(readFile(paths.metadata, "utf8"));
  return text === undefined ? null : createHash("sha256").update(text).digest("hex");
};

/**
 * Replaces metadata.json and sends SIGHUP to the process unless it already has this version. The notified version is recorded, so that a
 * repeated call after a crash sends the missing signal. A process without a handler gets no signal, because SIGHUP would end it.
 */
export const writeMetadata = async (
  context: MachineContext,
  node: Node,
  metadata: object,
  environment?: NodeEnvironment,
): Promise<void> => {
  const text = JSON.stringify(metadata, null, 2);
  if (Buffer.byteLength(text) > context.limits.metadataBytes)
    throw refused(`the metadata has more than ${context.limits.metadataBytes} bytes`);
  const recorded = await known(node);
  const record = { ...recorded, ...environment };
  if (!isDeepStrictEqual(record, recorded)) await save(node, record);
  const before = await orMissing(readFile(node.paths.metadata, "utf8"));
  if (before === undefined || !isDeepStrictEqual(JSON.parse(before), JSON.parse(text)))
    await writeAtomically(node.paths.metadata, text, record.uid);
  const told = await metadataDigest(node.paths);
  const process = record.process;
  if (told === record.told || !process?.wanted || process.identity === null) return;
  const { identity } = process;
  const age = () => context.clock.now() - process.startedAt;
  while (!handles(identity, hangUp) && alive(identity) && age() < SIGNAL_HANDLER_GRACE && !context.closed) await pause(context.clock, 20);
  if (!handles(identity, hangUp)) return;
  signal(identity, "SIGHUP");
  await save(node, { ...record, told });
};
