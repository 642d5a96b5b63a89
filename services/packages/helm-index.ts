import { wrongInChart } from "./helm-chart.ts";
import { type IndexLimits, type PackageIndex, parseIndex } from "./package-index.ts";

/** Reads the `index.yaml` of a repository of Helm charts. */
export const readHelmIndex = (indexYaml: string, limits?: Partial<IndexLimits>): PackageIndex =>
  parseIndex(
    indexYaml,
    {
      ...{ title: "Helm", apiVersion: "apiVersion", appVersion: "appVersion", other: { title: "devkit", apiVersion: "api_version" } },
      wrongIn: wrongInChart,
    },
    limits,
  );
