import type { Rejection } from "../../events/index.ts";
import type { Dependencies } from "../chassis/dependencies.ts";
import type { Edge } from "../chassis/http/rows.ts";
import { bounded } from "../packages/description.ts";
import type { PackageType } from "../packages/packages.ts";
import type { PackageSummary, Refused, readFiles, readSummary, replaceFiles } from "../packages/reading.ts";
import type { NewContent } from "./domain/app.ts";
import type { VersionDocument } from "./read-models/versions.ts";

/** The outside dependencies of the app service. */
export type AppOutside = Pick<Dependencies, "vendorOf"> & {
  /** Fetches the bytes of a package from the repo service by digest, behind a circuit breaker. */
  readonly fetchPackage: (digest: string) => Promise<Uint8Array | undefined>;
  /** Reads packages within bounded time and memory, and not in this process. */
  readonly packages: {
    readonly summary: typeof readSummary;
    readonly files: typeof readFiles;
    readonly replace: typeof replaceFiles;
  };
};
type Context = { readonly edge: Edge; readonly outside: Omit<AppOutside, "vendorOf"> };

export const bytesOf = (base64: string): Uint8Array => new Uint8Array(Buffer.from(base64, "base64"));
export const base64Of = (bytes: Uint8Array): string => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64");

/** An uploaded package as read, its description, and the content that a version event carries. */
export type Upload = { readonly read: PackageSummary; readonly description: string; readonly content: NewContent };

/** Reads a package and stores its bytes, or returns a rejection that says why the package is unusable. */
export const upload = async (bytes: Uint8Array, type: PackageType, { edge, outside }: Context): Promise<Upload | Rejection> => {
  const read = await outside.packages.summary(bytes, type);
  if ("refused" in read) return rejectionOf(read);
  const { metadata, type: _, ...description } = read;
  const content: NewContent = {
    version: metadata.version,
    home: bounded(metadata.home, 4 * KIBI),
    icon: bounded(metadata.icon, 64 * KIBI),
    screenshots: bounded(metadata.screenshots.join(","), 16 * KIBI),
    maintainers: metadata.maintainers.length === 0 ? "" : bounded(JSON.stringify(metadata.maintainers), 16 * KIBI),
    keywords: bounded(metadata.keywords.join(","), 16 * KIBI),
    sources: bounded(metadata.sources.join(","), 16 * KIBI),
    packageName: `${metadata.name}-${metadata.version}.tgz`,
    packageDigest: await edge.putBlob(bytes),
    packageOwner: "app",
    ...description,
  };
  return { read, description: metadata.description.slice(0, 8 * 1024), content };
};

export const rejectionOf = ({ refused }: Refused): Rejection => ({ rejected: refused, kind: "invalid", error: "load_package_failed" });

/** The archive of a version, from the local blob store or from the repo service. A fetched archive is stored for good. */
export const archiveOf = async (
  { package_digest, package_owner }: Pick<VersionDocument, "package_digest" | "package_owner">,
  { edge, outside }: Context,
): Promise<Uint8Array | undefined> => {
  const stored = await edge.getBlob(package_digest);
  if (stored || package_owner === "app") return stored;
  const fetched = await outside.fetchPackage(package_digest);
  if (fetched) await edge.putBlob(fetched);
  return fetched;
};

const KIBI = 1024;
