import { type ArchiveFiles, type ArchiveLimits, digestOf } from "./archive.ts";
import { hasControls, isDeeperThan, isObject, type Json, type JsonObject, maximumDepth, parseJson, text } from "./json.ts";
import { PackageError, reasonOf } from "./package-error.ts";
import { textLimit, textOf, textsIn } from "./package-files.ts";
import { metadataOf, type PackageMetadata } from "./package-metadata.ts";
import { isVersion } from "./versions.ts";
import { readYaml } from "./yaml.ts";

/** An application package for Kubernetes: a Helm chart. */
export type HelmChart = {
  readonly metadata: PackageMetadata;
  /** `Chart.yaml`, unchanged from the chart. */
  readonly chartYaml: string;
  /** `values.yaml`, unchanged from the chart; empty if there is none. */
  readonly values: string;
  /** `values.schema.json`, if there is one. */
  readonly valuesSchema?: JsonObject;
  readonly readme: string;
  readonly digest: string;
};

/** The file that makes a folder a chart. */
export const principal = "Chart.yaml";
const names = new Set([principal, "values.yaml", "values.schema.json"]);
const readmes = /^readme(\.md|\.txt)?$/i;
/** Maximum values in a YAML file of a chart: a hundred times what large charts have. */
const MAX_VALUES = 200_000;

export const readChart = async (tgz: Uint8Array, limits: Partial<ArchiveLimits> = {}): Promise<HelmChart> => {
  const files = await textsIn(tgz, limits, principal, (name) => names.has(name) || readmes.test(name));
  const chartYaml = textOf(files, principal);
  const values = files.has("values.yaml") ? textOf(files, "values.yaml") : "";
  const given = readYaml(values, "values.yaml", MAX_VALUES);
  if (given !== null && !isObject(given)) throw new PackageError("values.yaml is not a map", { file: "values.yaml" });
  const readme = [...files].find(([path, { bytes }]) => readmes.test(path) && bytes.byteLength <= textLimit);
  return {
    metadata: readMetadata(chartYaml),
    chartYaml,
    values,
    ...readSchema(files),
    readme: readme === undefined ? "" : textOf(files, readme[0]),
    digest: digestOf(tgz),
  };
};

const readMetadata = (chartYaml: string): PackageMetadata => {
  const file = "Chart.yaml";
  const chart = readYaml(chartYaml, file, MAX_VALUES);
  if (!isObject(chart)) throw new PackageError("Chart.yaml is not a map", { file });
  for (const field of ["name", "version"]) {
    if (text(chart[field]) === "") throw new PackageError(`Chart.yaml has no ${field}`, { file });
    if (hasControls(text(chart[field]))) throw new PackageError(`Chart.yaml has control characters in its ${field}`, { file });
  }
  const wrong = wrongInChart(chart);
  if (wrong) throw new PackageError(wrong, { file });
  return metadataOf(chart, text(chart.appVersion));
};

/** Why helm does not install a chart with this Chart.yaml. Without an apiVersion it takes a chart for one of version 1, and so does Pitrix. */
export const wrongInChart = ({ apiVersion, name, type = "", version }: JsonObject): string | undefined => {
  if (!["v1", "v2"].includes(text(apiVersion) || "v1")) return "the chart's apiVersion is neither v1 nor v2";
  if (/^\.{0,2}$|[/\\]/.test(text(name))) return "the chart's name is a path";
  if (!isVersion(text(version))) return "the chart's version is not a semantic version";
  if (type === "library") return "this chart is a library, which cannot be deployed";
  return ["", "application"].includes(text(type)) ? undefined : "the chart's type is neither application nor library";
};

const readSchema = (files: ArchiveFiles): { readonly valuesSchema?: JsonObject } => {
  const file = "values.schema.json";
  if (!files.has(file)) return {};
  let valuesSchema: Json;
  try {
    valuesSchema = parseJson(textOf(files, file));
  } catch (cause) {
    throw new PackageError(`${file} is not JSON: ${reasonOf(cause)}`, { file, cause });
  }
  if (!isObject(valuesSchema)) throw new PackageError(`${file} is not an object`, { file });
  if (isDeeperThan(valuesSchema, maximumDepth)) throw new PackageError(`${file} is nested too deep`, { file });
  return { valuesSchema };
};
