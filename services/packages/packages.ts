import { type ArchiveFiles, type ArchiveLimits, unpack } from "./archive.ts";
import { type DevkitPackage, principal as packageJson, readPackage } from "./devkit.ts";
import { readDevkitIndex } from "./devkit-index.ts";
import { principal as chartYaml, type HelmChart, readChart } from "./helm-chart.ts";
import { readHelmIndex } from "./helm-index.ts";
import { belowTopFolder } from "./package-files.ts";
import type { IndexLimits, PackageIndex } from "./package-index.ts";

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

/** Reads the index of a repository of either kind. */
export const readIndex = (indexYaml: string, type: PackageType, limits?: Partial<IndexLimits>): PackageIndex =>
  type === "vmbased" ? readDevkitIndex(indexYaml, limits) : readHelmIndex(indexYaml, limits);
