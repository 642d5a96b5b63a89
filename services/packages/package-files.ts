import type { ArchiveFile, ArchiveFiles } from "./archive.ts";
import { PackageError } from "./package-error.ts";

/** Packages and charts have all their files below one folder, whose name does not matter. */
export const belowTopFolder = (files: ArchiveFiles, principal: string): ArchiveFiles => {
  if (files.size === 0) throw new PackageError("the archive is empty");
  if (files.has(principal)) throw new PackageError(`${principal} is not in a folder of the package's name`, { file: principal });
  const below = new Map<string, ArchiveFile>();
  const folder = [...files.keys()].map((path) => path.split("/")).find((parts) => parts[1] === principal)?.[0];
  for (const [path, file] of files) if (path.startsWith(`${folder}/`)) below.set(path.slice(path.indexOf("/") + 1), file);
  return below;
};

/** Bytes of a file that is read as text; what is described in an event is bounded further. */
export const textLimit = 4 * 1024 * 1024;

/** The text of a file that must be there. */
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
