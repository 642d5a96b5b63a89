import type { RecordedPackage } from "../../schemas/generated/events.ts";
import { digestOf } from "../packages/archive.ts";
import { PackageError } from "../packages/package-error.ts";
import { type IndexedVersion, packageUrl, type Skipped } from "../packages/package-index.ts";
import type { PackageType } from "../packages/packages.ts";
import { readIndex } from "../packages/packages.ts";
import type { RepoSettings } from "./domain/repo.ts";
import { idFrom } from "./identifiers.ts";

/** One version in an index, with the ids derived from it. */
export type IndexEntry = {
  /** Of the index, which says it. */
  readonly type: PackageType;
  readonly packageId: string;
  readonly appId: string;
  readonly versionId: string;
  /** The name of the application: the key under which the index lists its versions. */
  readonly name: string;
  readonly entry: IndexedVersion;
  readonly url: string;
  /** A hash of everything that determines the listing. */
  readonly fingerprint: string;
};

/** The settings of a repository that determine its index entries. */
export type IndexSettings = Pick<RepoSettings, "url" | "appDefaultStatus" | "visibility">;

/** What an index offers, and what of it cannot be listed. */
export type IndexEntries = { readonly entries: readonly IndexEntry[]; readonly skipped: Skipped };

/** Reads an index, or returns a sentence that says why it is unreadable. */
export type ReadEntries = (
  index: Uint8Array,
  repoId: string,
  settings: IndexSettings,
  signal: AbortSignal,
) => Promise<IndexEntries | { readonly refused: string }>;

/** The maximum size of an index. */
export const indexBytes = 32 * 1024 * 1024;

export const indexUrl = (repository: string): string => packageUrl(repository, "index.yaml");

/** Identifies an index that was read before. Increase the number when the same bytes come to yield different entries. */
export const indexFingerprint = (index: Uint8Array): string => `3:${digestOf(index)}`;

/** Reads an index in the calling process. */
export const readEntriesHere = async (
  index: Uint8Array,
  repoId: string,
  settings: IndexSettings,
): Promise<IndexEntries | { readonly refused: string }> => {
  try {
    return entriesOf(index, repoId, settings);
  } catch (error) {
    if (error instanceof PackageError) return { refused: error.message };
    throw error;
  }
};

/** The entries of an index, each name and version once. Throws a PackageError. */
export const entriesOf = (bytes: Uint8Array, repoId: string, settings: IndexSettings): IndexEntries => {
  if (bytes[0] === 0x1f && bytes[1] === 0x8b)
    throw new PackageError("the index is compressed, although the request did not accept compression");
  const index = new TextDecoder().decode(bytes);
  const entries = new Map<string, IndexEntry>();
  const { type, entries: apps, skipped } = readIndex(index, { bytes: indexBytes });
  for (const { name, versions } of apps)
    for (const entry of versions) {
      const packageId = idFrom(repoId, name, entry.version);
      const [first] = entry.urls;
      if (entry.removed || first === undefined || entries.has(packageId)) continue;
      entries.set(packageId, {
        type,
        packageId,
        appId: `app-${idFrom(repoId, name)}`,
        versionId: `appv-${packageId}`,
        name,
        entry,
        url: resolved(settings.url, first),
        fingerprint: idFrom(type, name, settings.appDefaultStatus, settings.visibility, JSON.stringify(entry)),
      });
    }
  return { entries: [...entries.values()], skipped };
};

/** An invalid URL stays as it is: the code that fetches it reports it, for this version only. */
const resolved = (repository: string, url: string): string => (URL.canParse(url, "http://repository") ? packageUrl(repository, url) : url);

/** Whether the index gives a digest. Without one, only the archive shows whether it changed. */
export const hasDigest = ({ entry }: IndexEntry): boolean => entry.digest !== "";

/** The entries to list and the packages to unlist, so that the listing matches the index. */
export const compared = (
  recorded: ReadonlyMap<string, RecordedPackage>,
  entries: readonly IndexEntry[],
): { readonly changed: readonly IndexEntry[]; readonly gone: readonly RecordedPackage[] } => {
  const present = new Set(entries.map(({ packageId }) => packageId));
  return {
    changed: entries.filter(
      (indexEntry) => !hasDigest(indexEntry) || recorded.get(indexEntry.packageId)?.fingerprint !== indexEntry.fingerprint,
    ),
    gone: [...recorded.values()].filter(({ packageId }) => !present.has(packageId)),
  };
};
