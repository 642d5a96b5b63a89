import { chmod, lchown, mkdir, readdir, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { NodePaths } from "./paths.ts";
import { refused } from "./types.ts";

/**
 * Gives a node's directory to its user, if it has one: the data belongs to the user, the package and the metadata are readable, and nothing
 * else is. The user cannot write in a directory that this process writes in. Other users cannot even enter.
 */
export const giveTo = async (uid: number | undefined, { root, data, versions }: NodePaths): Promise<void> => {
  if (uid === undefined) return;
  try {
    await lchown(data, uid, uid);
  } catch (error) {
    throw refused(`this computer has no user ${uid}; PITRIX_LOCAL_USERS names user ids that it has`, error);
  }
  await own(uid, versions, 0o750);
  await own(uid, root, 0o750);
};

/** Makes files readable for the user, and programs executable. */
export const show = async (uid: number | undefined, directory: string): Promise<void> => {
  if (uid === undefined) return;
  await own(uid, directory, 0o750);
  for (const entry of await readdir(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) await show(uid, path);
    else await own(uid, path, (await stat(path)).mode & 0o100 ? 0o750 : 0o640);
  }
};

const own = async (uid: number, path: string, mode: number): Promise<void> => {
  await lchown(path, 0, uid);
  await chmod(path, mode);
};

/** Makes the directories above the nodes, through which every user passes to the own node. Throws where users cannot get so far. */
export const makePassable = async (...directories: readonly [string, ...string[]]): Promise<void> => {
  for (const directory of directories) {
    await mkdir(directory, { recursive: true, mode: 0o711 });
    await chmod(directory, 0o711);
  }
  for (let path = directories[0]; path !== dirname(path); path = dirname(path))
    if (((await stat(path)).mode & 0o001) === 0)
      throw refused(`nodes have users of their own, who cannot pass ${path}; PITRIX_LOCAL_DIRECTORY names a directory that they reach`);
};
