import { withoutAddresses } from "./addresses.ts";
import { isObject, type Json, type JsonObject, text, texts } from "./json.ts";
import { versionName } from "./versions.ts";

/** The metadata of a package, the same for both formats. */
export type PackageMetadata = {
  readonly name: string;
  readonly version: string;
  readonly appVersion: string;
  /** `version [appVersion]` */
  readonly versionName: string;
  readonly description: string;
  readonly home: string;
  readonly icon: string;
  readonly maintainers: readonly Maintainer[];
  readonly screenshots: readonly string[];
  readonly keywords: readonly string[];
  readonly sources: readonly string[];
};

/** A maintainer of a package. */
export type Maintainer = { readonly name: string; readonly email: ""; readonly url: string };

export const metadataOf = (value: JsonObject, appVersion: string): PackageMetadata => ({
  name: text(value.name),
  version: text(value.version),
  appVersion,
  versionName: versionName(text(value.version), appVersion),
  description: text(value.description),
  home: text(value.home),
  icon: text(value.icon),
  maintainers: maintainersOf(value.maintainers),
  screenshots: texts(value.screenshots),
  keywords: texts(value.keywords),
  sources: texts(value.sources),
});

/**
 * Packages list maintainers as objects, older ones as plain names. Their e-mail addresses are left out: what is said of a package is on topics
 * that third parties read.
 */
export const maintainersOf = (value: Json | undefined): readonly Maintainer[] =>
  Array.isArray(value)
    ? value.flatMap((item: Json) => {
        const { name, url }: { readonly [field: string]: Json | undefined } = isObject(item) ? item : { name: item };
        return typeof item === "string" || isObject(item)
          ? [{ name: withoutAddresses(text(name)).trim(), email: "", url: withoutAddresses(text(url)) }]
          : [];
      })
    : [];
