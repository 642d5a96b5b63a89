import { createHash } from "node:crypto";
import { type FileHandle, mkdir, open, rename, stat } from "node:fs/promises";
import { join } from "node:path";
import { orMissing } from "./files.ts";
import type { NodePaths } from "./paths.ts";

export const processLog = "process";

/** The path of the log of the process or of the command with this key. */
export const logPath = ({ logs }: NodePaths, name: string): string => {
  if (name === processLog) return join(logs, "process.log");
  const readable = name.replaceAll(/[^A-Za-z0-9]+/g, "-").slice(0, 60);
  return join(logs, `command-${readable}-${createHash("sha256").update(name).digest("hex").slice(0, 12)}.log`);
};

/** Opens a log for appending. A log that has reached the size limit is rotated first. */
export const openLog = async (paths: NodePaths, name: string, bound: number): Promise<FileHandle> => {
  const path = logPath(paths, name);
  await mkdir(paths.logs, { recursive: true, mode: 0o700 });
  if ((await sizeOf(path)) >= bound) await rename(path, `${path}.1`);
  return open(path, "a", 0o600);
};

/** The last bytes of a log, across rotation, without splitting a character. */
export const tail = async (paths: NodePaths, name: string, limitBytes: number): Promise<string> => {
  const path = logPath(paths, name);
  const now = await lastBytes(path, limitBytes);
  const before = await lastBytes(`${path}.1`, limitBytes - now.length);
  const bytes = Buffer.concat([before, now]);
  const start = bytes.length < limitBytes ? 0 : bytes.findIndex((byte) => (byte & 0xc0) !== 0x80);
  return bytes.subarray(Math.max(start, 0)).toString("utf8");
};

/** The last lines of a log, for error messages. */
export const lastLines = async (paths: NodePaths, name: string): Promise<string> =>
  (await tail(paths, name, 4096)).trimEnd().split("\n").slice(-20).join("\n");

const sizeOf = async (path: string) => (await orMissing(stat(path)))?.size ?? 0;

const lastBytes = async (path: string, limit: number): Promise<Buffer> => {
  const file = limit > 0 ? await orMissing(open(path, "r")) : undefined;
  if (file === undefined) return Buffer.alloc(0);
  try {
    const { size } = await file.stat();
    const length = Math.min(size, limit);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, size - length);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
};
