import { createHash } from "node:crypto";
import { promisify } from "node:util";
import { gunzip, gzip } from "node:zlib";
import { extract, type Header, pack as packer } from "tar-stream";
import { PackageError, reasonOf } from "./package-error.ts";

/** One regular file of an archive. */
export type ArchiveFile = { readonly bytes: Uint8Array; readonly executable: boolean };

/** The files of an archive by path. A path is relative, uses `/`, and holds no `..`. */
export type ArchiveFiles = ReadonlyMap<string, ArchiveFile>;

/** Limits for an archive from an untrusted source. */
export type ArchiveLimits = {
  /** Size of the packed archive. */
  readonly packedBytes: number;
  readonly unpackedBytes: number;
  readonly entries: number;
  readonly fileBytes: number;
  /** Ratio of the unpacked size to the packed size; the first unpacked mebibyte does not count. */
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

/** Maximum characters of a path. */
const pathLength = 1024;

/** Reads a .tgz that holds only files and folders; refuses links, devices and paths outside the archive. */
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
      if (files.has(path)) throw new PackageError(`${path} occurs twice in the archive`);
      files.set(path, { bytes: new Uint8Array(Buffer.concat(chunks)), executable: (header.mode & 0o100) !== 0 });
    }
  } catch (cause) {
    if (cause instanceof PackageError) throw cause;
    throw new PackageError(`the archive is not a valid tar file: ${reasonOf(cause)}`, { cause });
  }
  refuseFileAsFolder(files);
  return files;
};

/** Packs files deterministically: with one release of Node, the same files give the same bytes and digest. */
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
  tgz[9] = 255; // the operating system field of the gzip header: always "unknown"
  return new Uint8Array(tgz);
};

/** The sha256 of the bytes in hex: the name of a package in indexes and blobs. */
export const digestOf = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

const decompress = async (tgz: Uint8Array, { unpackedBytes, entries, ratio }: ArchiveLimits): Promise<Buffer> => {
  const headers = 1536 * Math.min(entries, 100_000) + 10_240; // a header, a long name and padding for each entry, and the end
  const maxBytes = unpackedBytes + headers;
  const credible = mebibyte + ratio * tgz.byteLength;
  try {
    return await promisify(gunzip)(tgz, { maxOutputLength: Math.min(maxBytes, credible) });
  } catch (cause) {
    const tooLarge = cause instanceof RangeError || (cause instanceof Error && "code" in cause && cause.code === "ERR_BUFFER_TOO_LARGE");
    const bound = credible < maxBytes ? `${ratio} times its size` : size(unpackedBytes);
    if (tooLarge) throw new PackageError(`the archive unpacks to more than ${bound}`, { cause });
    throw new PackageError(`the archive is not a valid gzip file: ${reasonOf(cause)}`, { cause });
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
  if (/\p{Cc}/u.test(path)) return "is not a valid file name";
  if (path.length > pathLength) return `is a path of more than ${pathLength} characters`;
  if (path.startsWith("/") || /^[a-z]:/i.test(path)) return "is an absolute path";
  return parts.includes("..") ? "leads outside the archive" : undefined;
};

/** Refuses a path that is both a file and a folder. With NUL as separator, a file sorts directly before the paths below it. */
const refuseFileAsFolder = (files: ArchiveFiles): void => {
  const paths = [...files.keys()].map((path) => path.replaceAll("/", "\0")).sort();
  for (const [index, path] of paths.entries())
    if (paths[index + 1]?.startsWith(`${path}\0`)) throw new PackageError(`${path.replaceAll("\0", "/")} is both a file and a folder`);
};

const kind = ({ type, linkname }: Header): string =>
  type === "link" || type === "symlink" ? `a link to ${JSON.stringify(linkname)}` : `a ${type || "special file"}`;

const size = (bytes: number): string => (bytes >= mebibyte ? `${Math.floor(bytes / mebibyte)} MiB` : `${bytes} bytes`);
