import { type IndexLimits, type PackageIndex, parseIndex } from "./package-index.ts";

/** Reads the `index.yaml` of a repository of packages for machines. */
export const readDevkitIndex = (indexYaml: string, limits?: Partial<IndexLimits>): PackageIndex =>
  parseIndex(
    indexYaml,
    { title: "devkit", apiVersion: "api_version", appVersion: "app_version", other: { title: "Helm", apiVersion: "apiVersion" } },
    limits,
  );
