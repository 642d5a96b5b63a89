import type { RecordedPackage } from "../../schemas/generated/events.ts";
import { digestOf } from "../packages/archive.ts";
import { PackageError } from "../packages/package-error.ts";
import { type IndexedVersion, packageUrl } from "../packages/package-index.ts";
import type { PackageType } from "../packages/packages.ts";
import { readIndex } from "../packages/packages.ts";
import type { RepoSettings } from "./domain/repo.ts";
import { idFrom } from "./identifiers.ts";

/** One version that an index offers, with the ids that follow from it. */
export type Offer = {
  readonly packageId: string;
  readonly appId: string;
  readonly versionId: string;
  /** The entry's key, which names the application. */
  readonly name: string;
  readonly entry: IndexedVersion;
  readonly url: string;
  /** Of all that decides how it is listed. */
  readonly fingerprint: string;
};

/** What of a repository decides what its index offers. */
export type OfferSettings = Pick<RepoSettings, "providers" | "url" | "appDefaultStatus">;

/** What an index offers, or a sentence that says why it cannot be read. */
export type ReadOffers = (
  index: Uint8Array,
  repoId: string,
  settings: OfferSettings,
  signal: AbortSignal,
) => Promise<readonly Offer[] | { readonly refused: string }>;

/** The largest index that is read. */
export const indexBytes = 32 * 1024 * 1024;

export const packageTypeOf = ({ providers }: Pick<RepoSettings, "providers">): PackageType =>
  providers.includes("kubernetes") ? "helm" : "vmbased";

export const indexUrl = (repository: string): string => packageUrl(repository, "index.yaml");

/** Tells whether an index was read before. The number counts up when the same bytes come to offer something else. */
export const indexFingerprint = (index: Uint8Array): string => `1:${digestOf(index)}`;

/** Reads an index in this very process. */
export const readOffersHere: ReadOffers = async (index, repoId, settings) => {
  try {
    return offersOf(index, repoId, settings);
  } catch (error) {
    if (error instanceof PackageError) return { refused: error.message };
    throw error;
  }
};

/** What the index of a repository offers, each name and version once. Throws a PackageError. */
export const offersOf = (bytes: Uint8Array, repoId: string, settings: OfferSettings): readonly Offer[] => {
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) throw new PackageError("the index is compressed, which was not asked for");
  const index = new TextDecoder().decode(bytes);
  const type = packageTypeOf(settings);
  const offers = new Map<string, Offer>();
  for (const { name, versions } of readIndex(index, type, { bytes: indexBytes }).entries)
    for (const entry of versions) {
      const packageId = idFrom(repoId, name, entry.version);
      const [first] = entry.urls;
      if (entry.removed || first === undefined || offers.has(packageId)) continue;
      offers.set(packageId, {
        packageId,
        appId: `app-${idFrom(repoId, name)}`,
        versionId: `appv-${packageId}`,
        name,
        entry,
        url: resolved(settings.url, first),
        fingerprint: idFrom(type, name, settings.appDefaultStatus, JSON.stringify(entry)),
      });
    }
  return [...offers.values()];
};

/** A URL that is none is left to whoever opens it, so that it fails this version only. */
const resolved = (repository: string, url: string): string => (URL.canParse(url, "http://repository") ? packageUrl(repository, url) : url);

/** Without a digest only the archive tells whether it is the same. */
export const tellsAll = ({ entry }: Offer): boolean => entry.digest !== "";

/** What is to be done so that the listing is what the index offers. */
export const compared = (
  recorded: ReadonlyMap<string, RecordedPackage>,
  offers: readonly Offer[],
): { readonly changed: readonly Offer[]; readonly gone: readonly RecordedPackage[] } => {
  const offered = new Set(offers.map(({ packageId }) => packageId));
  return {
    changed: offers.filter((offer) => !tellsAll(offer) || recorded.get(offer.packageId)?.fingerprint !== offer.fingerprint),
    gone: [...recorded.values()].filter(({ packageId }) => !offered.has(packageId)),
  };
};
