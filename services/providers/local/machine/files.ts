import { createHash, randomUUID } from "node:crypto";
import { access, mkdir, open, readdir, readlink, rename, rm, symlink, writeFile } from "node:fs/promises";
import { dirname, join, posix } from "node:path";
import { show } from "./owner.ts";
import type { NodePaths } from "./paths.ts";
import { type MachineLimits, type PackageFiles, refused } from "./types.ts";

/** Refuses paths that leave the package or collide, and packages that are too large. */
export const checkFiles = (files: PackageFiles, limits: MachineLimits): void => {
  if (files.size > limits.packageFiles) throw refused(`the package has ${files.size} files, at most ${limits.packageFiles} are allowed`);
  const bytes = [...files.values()].reduce((sum, { length }) => sum + length, 0);
  if (bytes > limits.packageBytes) throw refused(`the package has ${bytes} bytes, at most ${limits.packageBytes} are allowed`);
  const normal = new Set<string>();
  for (const path of files.keys()) {
    const plain = posix.normalize(path);
    const inside =
      !posix.isAbsolute(path) && !path.includes("\0") && !path.split("/").includes("..") && plain !== "." && !plain.endsWith("/");
    if (!inside) throw refused(`the package holds a file outside of it: ${JSON.stringify(path)}`);
    if (normal.has(plain)) throw refused(`the package holds a file twice: ${JSON.stringify(path)}`);
    normal.add(plain);
  }
  for (const path of normal) {
    for (let folder = posix.dirname(path); folder !== "."; folder = posix.dirname(folder)) {
      if (normal.has(folder)) throw refused(`the package holds ${JSON.stringify(folder)} as a file and as a folder`);
    }
  }
};

/** Unpacks into a directory named by the content's digest, for the node's user, then switches the package link. The previous version stays for running processes. */
export const installFiles = async (paths: NodePaths, files: PackageFiles, uid: number | undefined): Promise<void> => {
  const digest = digestOf(files);
  const before = await installed(paths);
  if (before === digest) return;
  await mkdir(paths.versions, { recursive: true, mode: 0o700 });
  if (!(await exists(join(paths.versions, digest)))) await unpack(join(paths.versions, digest), files, uid);
  const link = `${paths.package}.${randomUUID()}`;
  await symlink(join("versions", digest), link);
  await rename(link, paths.package);
  const keep = [digest, before];
  for (const name of await readdir(paths.versions)) {
    if (!keep.includes(name)) await rm(join(paths.versions, name), { recursive: true, force: true });
  }
};

/** The digest of the node's installed package. */
export const installed = async (paths: NodePaths): Promise<string | undefined> => {
  const target = await orMissing(readlink(paths.package));
  return target === undefined ? undefined : posix.basename(target);
};

/** Writes the whole file or nothing, even if the machine crashes. The user may read it. */
export const writeAtomically = async (path: string, text: string, uid?: number): Promise<void> => {
  const next = `${path}.${randomUUID()}`;
  const file = await open(next, "wx", 0o600);
  try {
    await file.writeFile(text);
    if (uid !== undefined) await file.chown(0, uid);
    if (uid !== undefined) await file.chmod(0o640);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(next, path);
};

/** The value, or undefined if the file does not exist. */
export const orMissing = async <T>(reading: Promise<T>): Promise<T | undefined> => {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
};

const exists = async (path: string) => (await orMissing(access(path).then(() => true))) === true;

const unpack = async (directory: string, files: PackageFiles, uid: number | undefined) => {
  const next = `${directory}.${randomUUID()}`;
  await mkdir(next, { recursive: true, mode: 0o700 });
  for (const [path, bytes] of files) {
    await mkdir(dirname(join(next, path)), { recursive: true, mode: 0o700 });
    await writeFile(join(next, path), bytes, { mode: isProgram(bytes) ? 0o700 : 0o600 });
  }
  await show(uid, next);
  await rename(next, directory);
};

/** Whether a file is a script or a binary, by its first bytes: packages carry no file modes. */
const isProgram = (bytes: Uint8Array) => {
  const start = Buffer.from(bytes.subarray(0, 4)).toString("latin1");
  return start.startsWith("#!") || start === "\x7fELF";
};

const digestOf = (files: PackageFiles) => {
  const hash = createHash("sha256");
  for (const [path, bytes] of [...files].sort(([one], [other]) => (one < other ? -1 : 1))) {
    hash.update(JSON.stringify([posix.normalize(path), bytes.length])).update(bytes);
  }
  return hash.digest("hex").slice(0, 32);
};
