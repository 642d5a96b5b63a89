import { digestOf } from "../packages/archive.ts";
import { bounded } from "../packages/description.ts";
import { PackageError } from "../packages/package-error.ts";
import type { IndexedVersion } from "../packages/package-index.ts";
import type { PackageCommand } from "./domain/package.ts";
import type { RegisteredRepo } from "./domain/repo.ts";
import { type IndexEntry, packageTypeOf } from "./index-entries.ts";
import type { FileRequest, RepoOutside } from "./ports.ts";

/** The maximum size of an archive. */
export const archiveBytes = 32 * 1024 * 1024;

type ListPackage = Extract<PackageCommand, { readonly type: "ListPackage" }>;
/** How to fetch archives, and the digests of the archives that are already stored. */
type From = Pick<FileRequest, "secret" | "signal"> & { readonly stored: ReadonlySet<string> };
type Run = { readonly repoId: string; readonly repoEventId: string; readonly run: number };

/** Reads the archive of an index entry, stores it, and returns the command that lists it. Throws a PackageError if that fails. */
export const listingOf = async (
  indexEntry: IndexEntry,
  { repoId, repoEventId, run }: Run,
  { settings, owner, ownerPath }: RegisteredRepo,
  outside: Pick<RepoOutside, "readFile" | "readSummary" | "blobs">,
  from: From,
): Promise<ListPackage> => {
  const { packageId, appId, versionId, name, entry, fingerprint } = indexEntry;
  if (name.length > 255 || entry.versionName.length > 255) throw new PackageError("its name or version has more than 255 characters");
  const packageName = entry.urls[0] ?? "";
  if (packageName.length > 2 * KIBI) throw new PackageError("its address has more than 2048 characters");
  const bytes = await archiveOf(indexEntry, settings.url, outside, from);
  const read = await outside.readSummary(bytes, packageTypeOf(settings), { packedBytes: archiveBytes });
  if ("refused" in read) throw new PackageError(read.refused);
  const { type: packageType, metadata: _, ...content } = read;
  return {
    type: "ListPackage",
    packageId,
    repoId,
    repoEventId,
    run,
    appId,
    versionId,
    appDefaultStatus: settings.appDefaultStatus,
    packageType,
    name,
    version: entry.version,
    appVersion: entry.appVersion,
    versionName: entry.versionName,
    ...detailsFrom(entry),
    packageName,
    digest: await outside.blobs.put(bytes),
    created: entry.created.slice(0, 64),
    fingerprint,
    ...content,
    visibility: settings.visibility,
    owner,
    ownerPath,
  };
};

/** The blob digest of an archive according to the index, which may be wrong or missing. */
export const digestIn = ({ digest }: IndexedVersion): string => `sha256:${digest.toLowerCase()}`;

/** Returns the archive from the blob store, or else fetches it and verifies its digest. */
const archiveOf = async (
  { url, entry }: IndexEntry,
  repository: string,
  { readFile, blobs }: Pick<RepoOutside, "readFile" | "blobs">,
  { stored, ...from }: From,
): Promise<Uint8Array> => {
  const wanted = entry.digest.toLowerCase();
  const found = stored.has(digestIn(entry)) ? await blobs.get(digestIn(entry)) : undefined;
  if (found) return found;
  const answer = await readFile({ ...from, url, repository, limit: archiveBytes });
  if ("refused" in answer) throw new PackageError(answer.refused);
  const digest = digestOf(answer.bytes);
  if (wanted !== "" && digest !== wanted) throw new PackageError(`its archive is sha256:${digest}, but the index says sha256:${wanted}`);
  return answer.bytes;
};

const detailsFrom = ({ description, home, icon, keywords, sources, screenshots, maintainers }: IndexedVersion) => ({
  description: description.slice(0, 8 * KIBI),
  home: bounded(home, 4 * KIBI),
  icon: bounded(icon, 64 * KIBI),
  keywords: fitting(keywords),
  sources: fitting(sources),
  screenshots: fitting(screenshots),
  maintainers: fitting(maintainers),
});

const KIBI = 1024;
const fitting = <T>(list: readonly T[]): readonly T[] => (Buffer.byteLength(JSON.stringify(list)) > 16 * KIBI ? [] : list);
