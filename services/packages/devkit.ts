import { type ArchiveLimits, digestOf } from "./archive.ts";
import { type ClusterDescription, describeRaw } from "./cluster-description.ts";
import { clusterSchema, sentenceOf } from "./cluster-schema.ts";
import { checkConfiguration } from "./devkit-check.ts";
import { type ConfigurationSchema, readConfigurationSchema, type UserConfiguration, withDefaults } from "./devkit-configuration.ts";
import { fillTemplate } from "./devkit-template.ts";
import { hasControls, holds, isObject, type Json, parseJson, text } from "./json.ts";
import { PackageError, reasonOf } from "./package-error.ts";
import { textOf, textsIn } from "./package-files.ts";
import { metadataOf, type PackageMetadata } from "./package-metadata.ts";

/** An application package for machines: NAME/{package.json, config.json, cluster.json.tmpl} and optional files. */
export type DevkitPackage = {
  readonly metadata: PackageMetadata;
  /** `config.json`, unchanged from the package. */
  readonly configJson: string;
  readonly configuration: ConfigurationSchema;
  /** `cluster.json.tmpl`, unchanged from the package. */
  readonly template: string;
  readonly digest: string;
};

/** The file that makes a folder a package. */
export const principal = "package.json";
const names = new Set([principal, "config.json", "cluster.json.tmpl"]);

/** Maximum bytes of a package's configuration and template, or of a chart's values. An event carries them. */
export const descriptionLimit = 256 * 1024;

/** Reads a package and checks that its template renders a cluster with the defaults alone. */
export const readPackage = async (tgz: Uint8Array, limits: Partial<ArchiveLimits> = {}): Promise<DevkitPackage> => {
  const files = await textsIn(tgz, limits, principal, (name) => names.has(name));
  const [packageJson, configJson, template] = [principal, "config.json", "cluster.json.tmpl"].map((name) => textOf(files, name));
  if (packageJson === undefined || configJson === undefined || template === undefined)
    throw new PackageError("the package is not complete");
  if (Buffer.byteLength(configJson) + Buffer.byteLength(template) > descriptionLimit) {
    throw new PackageError("config.json and cluster.json.tmpl are together larger than 256 KiB");
  }
  const metadata = readMetadata(packageJson);
  const configuration = readConfigurationSchema(configJson);
  render(template, configuration, {});
  return { metadata, configJson, configuration, template, digest: digestOf(tgz) };
};

/** Renders the template with the user's configuration; unset values take the package's defaults. Throws a PackageError. */
export const render = (template: string, schema: ConfigurationSchema, user: UserConfiguration): ClusterDescription => {
  const { cluster, unset } = fillTemplate(template, withDefaults(schema, user));
  const file = "cluster.json.tmpl";
  // No process takes it, neither as an argument nor in its environment.
  if (holds(cluster, "\0")) throw new PackageError("cluster.json.tmpl: a value of the cluster holds a NUL character", { file });
  const fits = clusterSchema();
  if (!fits(cluster)) {
    const hint = unset.length === 0 ? "" : ` (no value for ${unset.slice(0, 5).join(", ")})`;
    throw new PackageError(`cluster.json.tmpl: ${sentenceOf(fits.errors)}${hint}`, { file });
  }
  const description = describeRaw(cluster);
  const roles = new Set<string>();
  for (const { role, replica, replicaRole } of description.nodes) {
    for (const name of replica > 0 ? [role, replicaRole] : [role]) {
      if (roles.has(name)) throw new PackageError(`cluster.json.tmpl: the role ${JSON.stringify(name)} is defined twice`, { file });
      roles.add(name);
    }
  }
  return description;
};

/** Checks and renders a package description from an event. Returns a rejection where `render` throws. */
export const describeCluster = (
  description: { readonly configJson: string; readonly template: string },
  user: UserConfiguration,
): ClusterDescription | { readonly rejected: string } => {
  try {
    const schema = readConfigurationSchema(description.configJson);
    const problems = checkConfiguration(schema, user);
    if (problems.length > 0) return { rejected: problems.map(({ message }) => message).join("; ") };
    return render(description.template, schema, user);
  } catch (cause) {
    if (cause instanceof PackageError) return { rejected: cause.message };
    throw cause;
  }
};

const readMetadata = (packageJson: string): PackageMetadata => {
  const file = "package.json";
  let value: Json;
  try {
    value = parseJson(packageJson);
  } catch (cause) {
    throw new PackageError(`package.json is not JSON: ${reasonOf(cause)}`, { file, cause });
  }
  if (!isObject(value)) throw new PackageError("package.json is not an object", { file });
  for (const field of ["name", "version"]) {
    if (text(value[field]).trim() === "") throw new PackageError(`package.json has no ${field}`, { file });
    if (hasControls(text(value[field]))) throw new PackageError(`package.json has control characters in its ${field}`, { file });
  }
  return metadataOf(value, text(value.app_version));
};
