import { readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { parse, stringify } from "yaml";
import { digestOf, pack } from "../../services/packages/archive.ts";

/** One version of the demo application in one of the two formats. */
export type PublishedPackage = {
  readonly type: "vmbased" | "helm";
  readonly name: string;
  readonly version: string;
  /** Below the repository's URL. */
  readonly path: string;
  readonly digest: string;
  readonly bytes: Uint8Array;
};

/** The files of a repository by path: `/devkit/index.yaml`, `/helm/index.yaml` and the packages. */
export type Repository = {
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly packages: readonly PublishedPackage[];
};

export const bookinfoVersions = ["1.0.0", "1.1.0"] as const;
export type BookinfoVersion = (typeof bookinfoVersions)[number];

const published: Readonly<Record<BookinfoVersion, string>> = { "1.0.0": "2026-01-12T09:00:00Z", "1.1.0": "2026-03-02T09:00:00Z" };

/** BookInfo as a devkit package and as a Helm chart, in each of the versions. The same sources produce the same bytes. */
export const buildRepository = async ({
  versions = bookinfoVersions,
}: {
  versions?: readonly BookinfoVersion[];
} = {}): Promise<Repository> => {
  const packages = await Promise.all(versions.flatMap((version) => [packagePackage(version), packageChart(version)]));
  return {
    packages,
    files: new Map([
      ...packages.map(({ path, bytes }): [string, Uint8Array] => [path, bytes]),
      ["/devkit/index.yaml", indexOf("vmbased", packages, { api_version: "v1" })],
      ["/helm/index.yaml", indexOf("helm", packages, { apiVersion: "v1" })],
    ]),
  };
};

/** The folder infra/demo/bookinfo of the source tree, independent of the location of the compiled file. */
const bookinfo = (): string => {
  let folder = dirname(fileURLToPath(import.meta.url));
  for (;;) {
    const sources = join(folder, "infra/demo/bookinfo");
    if (isFile(join(folder, "package.json")) && isFile(join(sources, "app/main.mjs"))) return sources;
    if (dirname(folder) === folder) throw new Error("infra/demo/bookinfo is not in any folder above this program");
    folder = dirname(folder);
  }
};

const isFile = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;

const packagePackage = async (version: BookinfoVersion): Promise<PublishedPackage> => {
  const root = bookinfo();
  const files = new Map([
    ...below(join(root, "devkit"), "bookinfo"),
    ...below(join(root, "app"), "bookinfo/app"),
    ...below(join(root, version, "app"), "bookinfo/app"),
    ["bookinfo/package.json", readFileSync(join(root, version, "package.json"))] as const,
  ]);
  return publish("vmbased", version, files);
};

/** The chart contains the programs as a ConfigMap. */
const packageChart = async (version: BookinfoVersion): Promise<PublishedPackage> => {
  const root = bookinfo();
  const files = new Map([
    ...below(join(root, "chart"), "bookinfo"),
    ...below(join(root, "app"), "bookinfo/files/app"),
    ...below(join(root, version, "app"), "bookinfo/files/app"),
    ["bookinfo/Chart.yaml", readFileSync(join(root, version, "Chart.yaml"))] as const,
  ]);
  return publish("helm", version, files);
};

const publish = async (
  type: PublishedPackage["type"],
  version: BookinfoVersion,
  files: ReadonlyMap<string, Uint8Array>,
): Promise<PublishedPackage> => {
  const bytes = await pack(files);
  const path = `/${type === "helm" ? "helm" : "devkit"}/bookinfo-${version}.tgz`;
  return { type, name: "bookinfo", version, path, digest: digestOf(bytes), bytes };
};

const below = (folder: string, prefix: string): readonly (readonly [string, Uint8Array])[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => [`${prefix}/${relative(folder, path).replaceAll("\\", "/")}`, readFileSync(path)]);

const indexOf = (
  type: PublishedPackage["type"],
  packages: readonly PublishedPackage[],
  head: Readonly<Record<string, string>>,
): Uint8Array => {
  const entries = packages
    .filter((one) => one.type === type)
    .reverse()
    .map(({ version, digest, path }) => ({
      ...descriptionOf(type, version),
      created: created(version),
      digest,
      urls: [path.slice(path.lastIndexOf("/") + 1)],
    }));
  const generated = entries[0]?.created ?? published["1.0.0"];
  const index = { ...head, generated, entries: entries.length === 0 ? {} : { bookinfo: entries } };
  return new TextEncoder().encode(stringify(index, { aliasDuplicateObjects: false }));
};

const descriptionOf = (type: PublishedPackage["type"], version: string): Readonly<Record<string, unknown>> =>
  parse(readFileSync(join(bookinfo(), version, type === "helm" ? "Chart.yaml" : "package.json"), "utf8"));

const created = (version: string): string => Object.entries(published).find(([key]) => key === version)?.[1] ?? published["1.0.0"];
