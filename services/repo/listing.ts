import { digestOf } from "../packages/archive.ts";
import { bounded } from "../packages/description.ts";
import { PackageError } from "../packages/package-error.ts";
import type { IndexedVersion } from "../packages/package-index.ts";
import type { PackageSummary } from "../packages/reading.ts";
import { withoutUserinfo } from "./access.ts";
import type { PackageCommand } from "./domain/package.ts";
import type { RegisteredRepo } from "./domain/repo.ts";
import type { IndexEntry } from "./index-entries.ts";
import type { FileRequest, RepoOutside } from "./ports.ts";

/** The maximum size of an archive. */
export const archiveBytes = 32 * 1024 * 1024;

/** Bytes of an archive that needs no turn. */
const SMALL = 1024 * 1024;

type ListPackage = Extract<PackageCommand, { readonly type: "ListPackage" }>;
/**
 * How to fetch an archive, and the digest of the one that this repository has listed before; empty for none. Only that one is not fetched again:
 * a digest proves nothing about who has the archive, and those of private repositories are on the log.
 */
type From = Pick<FileRequest, "secret" | "signal"> & { readonly known: string };
type Run = { readonly repoId: string; readonly repoEventId: string; readonly run: number };

/** Reads the archive of an index entry, stores it, and returns the command that lists it. Throws a PackageError if that fails. */
export const listingOf = async (
  indexEntry: IndexEntry,
  { repoId, repoEventId, run }: Run,
  { settings, owner, ownerPath, isv }: Pick<RegisteredRepo, "settings" | "owner" | "ownerPath"> & { readonly isv: string },
  outside: ForArchives,
  from: From,
): Promise<ListPackage> => {
  const { packageId, appId, versionId, name, entry, fingerprint } = indexEntry;
  if (name.length > 255 || entry.versionName.length > 255) throw new PackageError("its name or version has more than 255 characters");
  const packageName = withoutUserinfo(entry.urls[0] ?? "");
  if (packageName.length > 2 * KIBI) throw new PackageError("its address has more than 2048 characters");
  const { type: packageType, metadata: _, ...content } = await contentOf(indexEntry, settings, outside, from);
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
    created: entry.created.slice(0, 64),
    fingerprint,
    ...content,
    visibility: settings.visibility,
    owner,
    ownerPath,
    isv,
  };
};

/** The blob digest of an archive according to the index, which may be wrong or missing. */
const digestIn = ({ digest }: IndexedVersion): string => `sha256:${digest.toLowerCase()}`;

type ForArchives = Pick<RepoOutside, "readFile" | "readSummary" | "blobs" | "holding">;

/** Reads and stores an archive. One that is large, or may be, is in memory only while it is its turn. */
const contentOf = async (
  { type, url, entry }: IndexEntry,
  settings: RegisteredRepo["settings"],
  { readFile, readSummary, blobs, holding }: ForArchives,
  { known, ...from }: From,
): Promise<PackageSummary & { readonly digest: string }> => {
  const wanted = entry.digest.toLowerCase();
  const fetched = (limit: number) => readFile({ ...from, url, repository: settings.url, limit });
  const kept = async (bytes: Uint8Array) => {
    const digest = digestOf(bytes);
    if (wanted !== "" && digest !== wanted) throw new PackageError(`its archive is sha256:${digest}, but the index says sha256:${wanted}`);
    const read = await readSummary(bytes, type, { packedBytes: archiveBytes });
    if ("refused" in read) throw new PackageError(read.refused);
    return { ...read, digest: await blobs.put(bytes) };
  };
  const isStored = wanted !== "" && known === digestIn(entry);
  const small = isStored ? undefined : await fetched(SMALL);
  if (small && "bytes" in small) return kept(small.bytes);
  if (small && !small.tooLarge) throw new PackageError(small.refused);
  return holding.archive(archiveBytes, async () => {
    const found = isStored ? await blobs.get(digestIn(entry)) : undefined;
    if (found) return kept(found);
    const large = await fetched(archiveBytes);
    if ("refused" in large) throw new PackageError(large.refused);
    return kept(large.bytes);
  });
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
