import { createHash } from "node:crypto";
import { promisify } from "node:util";
import { gunzip, gzip } from "node:zlib";
import { extract, type Header, pack as packer } from "tar-stream";
import { PackageError, reasonOf } from "./package-error.ts";

/** One regular file of an archive. */
export type ArchiveFile = { readonly bytes: Uint8Array; readonly executable: boolean };

/** The files of an archive by their path, which is relative, uses `/` and never climbs. */
export type ArchiveFiles = ReadonlyMap<string, ArchiveFile>;

/** What a stranger's archive may cost. */
export type ArchiveLimits = {
  /** Of the archive as it comes. */
  readonly packedBytes: number;
  readonly unpackedBytes: number;
  readonly entries: number;
  readonly fileBytes: number;
  /** How many times its size an archive may unpack to, once that is more than a mebibyte. */
  readonly ratio: number;
};

const mebibyte = 1024 * 1024;
export const archiveLimits: ArchiveLimits = {
  packedBytes: 32 * mebibyte,
  unpackedBytes: 128 * mebibyte,
  entries: 10_000,
  fileBytes: 64 * mebibyte,
  ratio: 200,
};

/** Characters of a path, as file systems have it. */
const pathLength = 1024;

/** Reads a .tgz of files and folders and nothing else: no links, no devices, no path that leaves it. */
export const unpack = async (tgz: Uint8Array, limits: Partial<ArchiveLimits> = {}): Promise<ArchiveFiles> => {
  const bounds = { ...archiveLimits, ...limits };
  if (tgz.byteLength > bounds.packedBytes) throw new PackageError(`the archive is larger than ${size(bounds.packedBytes)}`);
  const tar = await decompress(tgz, bounds);
  const files = new Map<string, ArchiveFile>();
  let entries = 0;
  let total = 0;
  const source = extract();
  source.end(tar);
  try {
    for await (const entry of source) {
      const { header } = entry;
      const path = checkedPath(header.name);
      entries += 1;
      total += header.size;
      if (entries > bounds.entries) throw new PackageError(`the archive has more than ${bounds.entries} entries`);
      if (header.size > bounds.fileBytes) throw new PackageError(`${path} is larger than ${size(bounds.fileBytes)}`);
      if (total > bounds.unpackedBytes) throw new PackageError(`the archive unpacks to more than ${size(bounds.unpackedBytes)}`);
      const chunks: Uint8Array[] = [];
      for await (const chunk of entry) if (chunk instanceof Uint8Array) chunks.push(chunk);
      if (header.type === "directory") continue;
      if (header.type !== "file" && header.type !== "contiguous-file")
        throw new PackageError(`${path} is ${kind(header)}, only files and folders are allowed`);
      if (files.has(path)) throw new PackageError(`${path} is in the archive twice`);
      files.set(path, { bytes: new Uint8Array(Buffer.concat(chunks)), executable: (header.mode & 0o100) !== 0 });
    }
  } catch (cause) {
    if (cause instanceof PackageError) throw cause;
    throw new PackageError(`the archive is not a sound tar file: ${reasonOf(cause)}`, { cause });
  }
  refuseFileAsFolder(files);
  return files;
};

/** The same files give the same bytes, and so the same digest, with one release of Node. */
export const pack = async (files: ReadonlyMap<string, Uint8Array | ArchiveFile>): Promise<Uint8Array> => {
  const tar = packer();
  for (const [name, content] of [...files].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const { bytes, executable } = content instanceof Uint8Array ? { bytes: content, executable: false } : content;
    tar.entry({ name: checkedPath(name), mode: executable ? 0o755 : 0o644, mtime: new Date(0), uid: 0, gid: 0 }, Buffer.from(bytes));
  }
  tar.finalize();
  const chunks: Uint8Array[] = [];
  for await (const chunk of tar) if (chunk instanceof Uint8Array) chunks.push(chunk);
  const tgz = await promisify(gzip)(Buffer.concat(chunks), { level: 9 });
  tgz[9] = 255; // the operating system field of the gzip header: "unknown" wherever it was packed
  return new Uint8Array(tgz);
};

/** The sha256 of the bytes in hex: how indexes and blobs name a package. */
export const digestOf = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

const decompress = async (tgz: Uint8Array, { unpackedBytes, entries, ratio }: ArchiveLimits): Promise<Buffer> => {
  const headers = 1536 * Math.min(entries, 100_000) + 10_240; // a header, a long name and padding for each entry, and the end
  const most = unpackedBytes + headers;
  const credible = mebibyte + ratio * tgz.byteLength;
  try {
    return await promisify(gunzip)(tgz, { maxOutputLength: Math.min(most, credible) });
  } catch (cause) {
    const tooLarge = cause instanceof RangeError || (cause instanceof Error && "code" in cause && cause.code === "ERR_BUFFER_TOO_LARGE");
    const bound = credible < most ? `${ratio} times its size` : size(unpackedBytes);
    if (tooLarge) throw new PackageError(`the archive unpacks to more than ${bound}`, { cause });
    throw new PackageError(`the archive is not a sound gzip file: ${reasonOf(cause)}`, { cause });
  }
};

/** Archives made on Windows use `\`. */
const checkedPath = (name: string): string => {
  const path = name.replaceAll("\\", "/");
  const parts = path.split("/").filter((part) => part !== "" && part !== ".");
  const reason = refusal(path, parts);
  if (reason !== undefined) throw new PackageError(`${JSON.stringify(name.slice(0, 200))} ${reason}`);
  return parts.join("/") || ".";
};

const refusal = (path: string, parts: readonly string[]): string | undefined => {
  if (/\p{Cc}/u.test(path)) return "is no file name";
  if (path.length > pathLength) return `is a path of more than ${pathLength} characters`;
  if (path.startsWith("/") || /^[a-z]:/i.test(path)) return "is an absolute path";
  return parts.includes("..") ? "leaves the archive" : undefined;
};

/** With the separator below all that names may hold, what is in a folder sorts right after it. */
const refuseFileAsFolder = (files: ArchiveFiles): void => {
  const paths = [...files.keys()].map((path) => path.replaceAll("/", "\0")).sort();
  for (const [index, path] of paths.entries())
    if (paths[index + 1]?.startsWith(`${path}\0`)) throw new PackageError(`${path.replaceAll("\0", "/")} is a file and a folder at once`);
};

const kind = ({ type, linkname }: Header): string =>
  type === "link" || type === "symlink" ? `a link to ${JSON.stringify(linkname)}` : `a ${type || "special file"}`;

const size = (bytes: number): string => (bytes >= mebibyte ? `${Math.floor(bytes / mebibyte)} MiB` : `${bytes} bytes`);
