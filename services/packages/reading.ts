import { type ArchiveLimits, pack, unpack } from "./archive.ts";
import { type Description, descriptionOf } from "./description.ts";
import { PackageError } from "./package-error.ts";
import type { PackageMetadata } from "./package-metadata.ts";
import { filesOf, type PackageType, readAny } from "./packages.ts";

// The functions in this file take and give data only, so that a worker process can run them on a stranger's bytes.

/** Says why a package is unusable, and which of its files is the reason if it is a file. */
export type Refused = { readonly refused: string; readonly file?: string | undefined };

/** What an application version keeps of a package, besides the archive. */
export type PackageSummary = { readonly type: PackageType; readonly metadata: PackageMetadata } & Description;

/** Reads a package of either kind. */
export const readSummary = (tgz: Uint8Array, type: PackageType, limits?: Partial<ArchiveLimits>): Promise<PackageSummary | Refused> =>
  orRefused(async () => {
    const content = await readAny(tgz, type, limits);
    return { type, metadata: content.metadata, ...descriptionOf(content) };
  });

/** Maximum bytes of the files that `readFiles` gives. */
const FILES = 16 * 1024 * 1024;

/** The files of a package in base64, by their path below its top folder: those with these paths, or all if there are none. */
export const readFiles = (
  tgz: Uint8Array,
  type: PackageType,
  paths: readonly string[],
): Promise<{ readonly files: Readonly<Record<string, string>> } | Refused> =>
  orRefused(async () => {
    const wanted = new Set(paths);
    const files = [...(await filesOf(tgz, type, (path) => wanted.size === 0 || wanted.has(path)))];
    if (files.reduce((sum, [, { bytes }]) => sum + bytes.byteLength, 0) > FILES)
      throw new PackageError(`these files are larger than ${FILES} bytes: ask for fewer`);
    return { files: Object.fromEntries(files.map(([path, { bytes }]) => [path, Buffer.from(bytes.buffer).toString("base64")])) };
  });

/** The package with some files replaced: base64 by path below its top folder. */
export const replaceFiles = (
  tgz: Uint8Array,
  replaced: Readonly<Record<string, string>>,
): Promise<{ readonly tgz: Uint8Array } | Refused> =>
  orRefused(async () => {
    const files = new Map(await unpack(tgz));
    const [folder = ""] = [...files.keys()].map((path) => path.slice(0, path.indexOf("/") + 1));
    for (const [path, base64] of Object.entries(replaced)) {
      const executable = files.get(folder + path)?.executable ?? false;
      files.set(folder + path, { bytes: new Uint8Array(Buffer.from(base64, "base64")), executable });
    }
    return { tgz: await pack(files) };
  });

const orRefused = async <T>(read: () => Promise<T>): Promise<T | Refused> => {
  try {
    return await read();
  } catch (error) {
    if (error instanceof PackageError) return { refused: error.message, file: error.file };
    throw error;
  }
};
