import { hasControls, isObject, type Json, type JsonObject, text, texts } from "./json.ts";
import { PackageError } from "./package-error.ts";
import { maintainersOf, type PackageMetadata } from "./package-metadata.ts";
import { compareVersions, versionName } from "./versions.ts";
import { readYaml } from "./yaml.ts";

/** The index of a repository, for all package formats. */
export type PackageIndex<Type> = { readonly type: Type; readonly entries: readonly IndexedApp[]; readonly skipped: Skipped };

/** What cannot be listed: how much, and the reasons of the first. */
export type Skipped = { readonly count: number; readonly reasons: readonly string[] };
const MAX_REASONS = 20;

/** One application and its versions, newest first. */
export type IndexedApp = { readonly name: string; readonly versions: readonly IndexedVersion[] };

export type IndexedVersion = PackageMetadata & {
  /** As the index writes it, RFC 3339. */
  readonly created: string;
  /** sha256 of the archive in hex, empty if the index has no digest. */
  readonly digest: string;
  /** Absolute, or relative to the index: see `packageUrl`. */
  readonly urls: readonly string[];
  readonly deprecated: boolean;
  readonly removed: boolean;
};

/** The field names of an index format. */
export type IndexFormat<Type = unknown> = {
  readonly type: Type;
  readonly apiVersion: string;
  readonly appVersion: string;
  /** Why a version is of no use, although it is well formed. */
  readonly wrongIn?: (version: JsonObject) => string | undefined;
};

export type IndexLimits = { readonly bytes: number; readonly versions: number };
export const indexLimits: IndexLimits = { bytes: 32 * 1024 * 1024, versions: 100_000 };

/** Reads an index in the format whose `apiVersion` it has, or else in the first one. Throws a PackageError. */
export const parseIndex = <Type>(
  source: string,
  formats: readonly [IndexFormat<Type>, ...IndexFormat<Type>[]],
  limits: Partial<IndexLimits> = {},
): PackageIndex<Type> => {
  const bounds = { ...indexLimits, ...limits };
  if (Buffer.byteLength(source) > bounds.bytes) throw new PackageError(`the index is larger than ${bounds.bytes} bytes`);
  const index = readYaml(source, "the index");
  if (!isObject(index)) throw new PackageError("this is not the index of a repository");
  const said = formats.find(({ apiVersion }) => index[apiVersion] !== undefined);
  const format = said ?? formats[0];
  const entries = index.entries ?? (said && {});
  if (!isObject(entries)) throw new PackageError("this is not the index of a repository: it has no entries");
  const count = Object.values(entries).reduce((sum: number, versions) => sum + (Array.isArray(versions) ? versions.length : 0), 0);
  if (count > bounds.versions) throw new PackageError(`the index has more than ${bounds.versions} versions`);
  const reasons: string[] = [];
  let skipped = 0;
  const skip: Skip = (reason) => void (++skipped <= MAX_REASONS && reasons.push(reason));
  const read = Object.entries(entries).flatMap(([name, versions]) => readEntry(name, versions, format, skip));
  return { type: format.type, entries: read, skipped: { count: skipped, reasons } };
};
type Skip = (reason: string) => void;

/** The absolute URL of a package; an index may hold URLs relative to itself. */
export const packageUrl = (repositoryUrl: string, url: string): string => {
  if (!URL.canParse(url, repositoryUrl)) throw new PackageError(`${JSON.stringify(url)} is not a valid package URL`);
  const base = new URL(repositoryUrl);
  base.pathname = base.pathname.replace(/\/(index\.yaml)?$/, "").concat("/");
  const result = new URL(url, base);
  if (result.search === "" && result.origin === base.origin) result.search = base.search; // the query of a repository URL may grant access
  return result.href;
};

const shown = (name: string): string => JSON.stringify(name.slice(0, 200));

/** An entry without the versions that are not as they should be; those are skipped, and others are not. */
const readEntry = (name: string, versions: Json | undefined, format: IndexFormat, skip: Skip): readonly IndexedApp[] => {
  const wrong = wrongInEntry(name, versions);
  if (wrong || !Array.isArray(versions)) {
    skip(wrong ?? "");
    return [];
  }
  const read = versions.flatMap((version: Json, position): readonly IndexedVersion[] => {
    const subject = `version ${position + 1} of ${name.slice(0, 200)} in the index`;
    const found = isObject(version) ? readVersion(version, subject, format) : `${subject} is not an object`;
    if (typeof found !== "string") return [found];
    skip(found);
    return [];
  });
  return [{ name, versions: read.sort((a, b) => compareVersions(b.version, a.version)) }];
};

const wrongInEntry = (name: string, versions: Json | undefined): string | undefined => {
  if (name === "") return "an entry of the index has no name";
  if (hasControls(name)) return `the name ${shown(name)} of an entry of the index holds control characters`;
  return Array.isArray(versions) ? undefined : `the entry ${name.slice(0, 200)} of the index is not a list of versions`;
};

/** A version, or the reason why it is skipped. */
const readVersion = (raw: JsonObject, subject: string, format: IndexFormat): IndexedVersion | string => {
  const [name, version, appVersion] = [text(raw.name), text(raw.version), text(raw[format.appVersion])];
  const urls = texts(raw.urls);
  const removed = raw.removed === true;
  if (name === "") return `${subject} has no name`;
  if (version === "") return `${subject} has no version`;
  if (hasControls(name + version + appVersion)) return `${subject} has control characters in its name or version`;
  if (urls.length === 0 && !removed) return `${subject} (${version.slice(0, 200)}) has no urls`;
  const wrong = removed ? undefined : format.wrongIn?.(raw);
  if (wrong) return `${name.slice(0, 200)} ${version.slice(0, 200)}: ${wrong}`;
  return {
    name,
    version,
    appVersion,
    versionName: versionName(version, appVersion),
    description: text(raw.description),
    home: text(raw.home),
    icon: text(raw.icon),
    keywords: texts(raw.keywords),
    sources: texts(raw.sources),
    screenshots: texts(raw.screenshots),
    maintainers: maintainersOf(raw.maintainers),
    created: text(raw.created),
    digest: text(raw.digest).replace(/^sha256:/, ""),
    urls,
    deprecated: raw.deprecated === true,
    removed,
  };
};
