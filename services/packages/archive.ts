import { createHash } from "node:crypto";
import { promisify } from "node:util";
import { createGunzip, gzip } from "node:zlib";
import { type Extract, extract, type Header, pack as packer } from "tar-stream";
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

/**
 * Reads a .tgz that holds only files and folders; refuses links, devices and paths outside the archive. It is unpacked piece by piece: the
 * memory is that of the files that are kept. A file that is not kept is checked like the others, and has no bytes.
 */
export const unpack = async (
  tgz: Uint8Array,
  limits: Partial<ArchiveLimits> = {},
  isKept: (path: string) => boolean = () => true,
): Promise<ArchiveFiles> => {
  const bounds = { ...archiveLimits, ...limits };
  if (tgz.byteLength > bounds.packedBytes) throw new PackageError(`the archive is larger than ${size(bounds.packedBytes)}`);
  const files = new Map<string, ArchiveFile>();
  let entries = 0;
  let total = 0;
  const source = extract();
  const decompressed = decompress(tgz, bounds, source);
  try {
    for await (const entry of source) {
      const { header } = entry;
      const path = checkedPath(header.name);
      entries += 1;
      total += header.size;
      if (entries > bounds.entries) throw new PackageError(`the archive has more than ${bounds.entries} entries`);
      if (header.size > bounds.fileBytes) throw new PackageError(`${path} is larger than ${size(bounds.fileBytes)}`);
      if (total > bounds.unpackedBytes) throw new PackageError(`the archive unpacks to more than ${size(bounds.unpackedBytes)}`);
      const bytes = new Uint8Array(isKept(path) ? header.size : 0);
      let at = 0;
      for await (const chunk of entry) {
        if (!(chunk instanceof Uint8Array)) continue;
        if (bytes.byteLength > 0) bytes.set(chunk, at);
        at += chunk.byteLength;
      }
      if (header.type === "directory") continue;
      if (header.type !== "file" && header.type !== "contiguous-file")
        throw new PackageError(`${path} is ${kind(header)}, only files and folders are allowed`);
      if (files.has(path)) throw new PackageError(`${path} occurs twice in the archive`);
      files.set(path, { bytes, executable: (header.mode & 0o100) !== 0 });
    }
  } catch (cause) {
    if (cause instanceof PackageError) throw cause;
    throw new PackageError(`the archive is not a valid tar file: ${reasonOf(cause)}`, { cause });
  } finally {
    source.destroy();
    await decompressed;
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

/** Writes the unpacked bytes into the reader of the tar file. An error is the reader's, which then ends with it. */
const decompress = async (tgz: Uint8Array, { unpackedBytes, entries, ratio }: ArchiveLimits, tar: Extract): Promise<void> => {
  const headers = 1536 * Math.min(entries, 100_000) + 10_240; // a header, a long name and padding for each entry, and the end
  const maxBytes = unpackedBytes + headers;
  const credible = mebibyte + ratio * tgz.byteLength;
  const bound = credible < maxBytes ? `${ratio} times its size` : size(unpackedBytes);
  const gzip = createGunzip({ chunkSize: 64 * 1024 });
  let left = Math.min(maxBytes, credible);
  try {
    gzip.end(tgz);
    for await (const chunk of gzip) {
      left -= chunk.byteLength;
      if (left < 0) throw new PackageError(`the archive unpacks to more than ${bound}`);
      if (!(await written(tar, chunk))) return;
    }
    tar.end(undefined);
  } catch (cause) {
    const isOurs = cause instanceof PackageError;
    tar.destroy(isOurs ? cause : new PackageError(`the archive is not a valid gzip file: ${reasonOf(cause)}`, { cause }));
  }
};

/** Waits until the reader takes more; false if it takes no more. */
const written = (tar: Extract, chunk: Uint8Array): Promise<boolean> =>
  new Promise((resolve) => {
    if (tar.destroyed) return resolve(false);
    if (tar.write(chunk)) return resolve(true);
    const settle = (isOpen: boolean) => () => {
      tar.off("drain", drained).off("close", closed);
      resolve(isOpen);
    };
    const [drained, closed] = [settle(true), settle(false)];
    tar.on("drain", drained).on("close", closed);
  });

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
