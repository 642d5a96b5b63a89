import { type ArchiveFile, type ArchiveFiles, type ArchiveLimits, unpack } from "./archive.ts";
import { PackageError } from "./package-error.ts";

/** Reads an archive, and keeps the texts with these names in its top folder. */
export const textsIn = async (
  tgz: Uint8Array,
  limits: Partial<ArchiveLimits>,
  principal: string,
  isText: (name: string) => boolean,
): Promise<ArchiveFiles> => {
  const isKept = (path: string): boolean => {
    const [, name = "", ...deeper] = path.split("/");
    return deeper.length === 0 && isText(name);
  };
  return belowTopFolder(await unpack(tgz, limits, isKept), principal);
};

/** Returns the files below the top folder. Packages and charts have one top folder with any name. */
export const belowTopFolder = (files: ArchiveFiles, principal: string): ArchiveFiles => {
  if (files.size === 0) throw new PackageError("the archive is empty");
  if (files.has(principal)) throw new PackageError(`${principal} is not in a folder of the package's name`, { file: principal });
  const below = new Map<string, ArchiveFile>();
  const folder = [...files.keys()].map((path) => path.split("/")).find((parts) => parts[1] === principal)?.[0];
  for (const [path, file] of files) if (path.startsWith(`${folder}/`)) below.set(path.slice(path.indexOf("/") + 1), file);
  return below;
};

/** Maximum bytes of a text file; an event that carries the text has a lower limit. */
export const textLimit = 4 * 1024 * 1024;

/** The text of a required file. */
export const textOf = (files: ArchiveFiles, path: string): string => {
  const file = files.get(path);
  if (file === undefined) throw new PackageError(`the package has no ${path}`, { file: path });
  if (file.bytes.byteLength > textLimit) throw new PackageError(`${path} is larger than 4 MiB`, { file: path });
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(file.bytes);
  } catch (cause) {
    throw new PackageError(`${path} is not UTF-8 text`, { file: path, cause });
  }
};
