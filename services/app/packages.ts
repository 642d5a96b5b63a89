import type { Rejection } from "../../events/index.ts";
import type { Edge } from "../chassis/http/rows.ts";
import { pack, unpack } from "../packages/archive.ts";
import { bounded, descriptionOf } from "../packages/description.ts";
import { PackageError } from "../packages/package-error.ts";
import { type AnyPackage, type PackageType, readAny } from "../packages/packages.ts";
import type { NewContent } from "./domain/app.ts";
import type { VersionDocument } from "./read-models/versions.ts";

/** The outside dependencies of the app service. */
export type AppOutside = {
  /** Fetches the bytes of a package from the repo service by digest, behind a circuit breaker. */
  readonly fetchPackage: (digest: string) => Promise<Uint8Array | undefined>;
};

export const bytesOf = (base64: string): Uint8Array => new Uint8Array(Buffer.from(base64, "base64"));
export const base64Of = (bytes: Uint8Array): string => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64");

/** An uploaded package as read, its description, and the content that a version event carries. */
export type Upload = { readonly read: AnyPackage; readonly description: string; readonly content: NewContent };

/** Reads a package and stores its bytes, or returns a rejection that says why the package is unusable. */
export const upload = async (bytes: Uint8Array, type: PackageType, edge: Edge): Promise<Upload | Rejection> => {
  const read = await readOrRefuse(bytes, type);
  if ("rejected" in read) return read;
  const { metadata } = read;
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
    ...descriptionOf(read),
  };
  return { read, description: metadata.description.slice(0, 8 * 1024), content };
};

export const readOrRefuse = async (
  bytes: Uint8Array,
  type: PackageType,
): Promise<AnyPackage | (Rejection & { readonly file: string | undefined })> => {
  try {
    return await readAny(bytes, type);
  } catch (error) {
    if (!(error instanceof PackageError)) throw error;
    return { rejected: error.message, kind: "invalid", error: "load_package_failed", file: error.file };
  }
};

/** The archive of a version, from the local blob store or from the repo service. A fetched archive is stored for good. */
export const archiveOf = async (
  { package_digest, package_owner }: Pick<VersionDocument, "package_digest" | "package_owner">,
  { edge, outside }: { readonly edge: Edge; readonly outside: AppOutside },
): Promise<Uint8Array | undefined> => {
  const stored = await edge.getBlob(package_digest);
  if (stored || package_owner === "app") return stored;
  const fetched = await outside.fetchPackage(package_digest);
  if (fetched) await edge.putBlob(fetched);
  return fetched;
};

/** The package with some files replaced. Paths are relative to the package's folder. */
export const withFiles = async (bytes: Uint8Array, replaced: Readonly<Record<string, string>>): Promise<Uint8Array | Rejection> => {
  try {
    const files = new Map(await unpack(bytes));
    const [folder = ""] = [...files.keys()].map((path) => path.slice(0, path.indexOf("/") + 1));
    for (const [path, base64] of Object.entries(replaced)) {
      const executable = files.get(folder + path)?.executable ?? false;
      files.set(folder + path, { bytes: bytesOf(base64), executable });
    }
    return await pack(files);
  } catch (error) {
    if (!(error instanceof PackageError)) throw error;
    return { rejected: error.message, kind: "invalid", error: "load_package_failed" };
  }
};

const KIBI = 1024;
