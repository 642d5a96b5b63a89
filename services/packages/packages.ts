import { type ArchiveFiles, type ArchiveLimits, unpack } from "./archive.ts";
import { type DevkitPackage, principal as packageJson, readPackage } from "./devkit.ts";
import { principal as chartYaml, type HelmChart, readChart, wrongInChart } from "./helm-chart.ts";
import { belowTopFolder } from "./package-files.ts";
import { type IndexFormat, type IndexLimits, type PackageIndex, parseIndex } from "./package-index.ts";

/** The types of application packages, with the names of the API. */
export type PackageType = "vmbased" | "helm";

export type AnyPackage = ({ readonly type: "vmbased" } & DevkitPackage) | ({ readonly type: "helm" } & HelmChart);

/** Reads a package of either kind; throws a PackageError if it is invalid. */
export const readAny = async (tgz: Uint8Array, type: PackageType, limits?: Partial<ArchiveLimits>): Promise<AnyPackage> =>
  type === "vmbased" ? { type, ...(await readPackage(tgz, limits)) } : { type, ...(await readChart(tgz, limits)) };

/** The files of a package by their path below its top folder: the wanted ones, or all. */
export const filesOf = async (tgz: Uint8Array, type: PackageType, isWanted = (_path: string): boolean => true): Promise<ArchiveFiles> => {
  const unpacked = await unpack(tgz, {}, (path) => isWanted(path.slice(path.indexOf("/") + 1)));
  const files = belowTopFolder(unpacked, type === "helm" ? chartYaml : packageJson);
  return new Map([...files].filter(([path]) => isWanted(path)));
};

/** The kinds of indexes, which differ in the names of these fields. One that has neither `apiVersion` is of the first kind. */
const formats: readonly [IndexFormat<PackageType>, IndexFormat<PackageType>] = [
  { type: "vmbased", apiVersion: "api_version", appVersion: "app_version" },
  { type: "helm", apiVersion: "apiVersion", appVersion: "appVersion", wrongIn: wrongInChart },
];

/** Reads the `index.yaml` of a repository. The index determines the type of its packages. */
export const readIndex = (indexYaml: string, limits?: Partial<IndexLimits>): PackageIndex<PackageType> =>
  parseIndex(indexYaml, formats, limits);
