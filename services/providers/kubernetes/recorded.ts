import { gunzipSync } from "node:zlib";
import { isObject, type Json, type JsonObject, text } from "../../packages/json.ts";
import { readYaml } from "../../packages/yaml.ts";
import { listIn, objectIn } from "./observed.ts";
import type { Made } from "./ports.ts";

/** What helm has recorded of a revision: what it was made of, the documents that it sent, and the hooks that have failed. */
export type Recorded = Made & { readonly documents: readonly JsonObject[]; readonly failedHooks: readonly Hook[] };
export type Hook = { readonly kind: string; readonly name: string };

/** Maximum values in a manifest. */
const MAX_VALUES = 500_000;
const MAX_BYTES = 64 * 1024 * 1024;
const nothing: Recorded = { chart: "", values: {}, documents: [], failedHooks: [] };

/** Reads the secret in which helm keeps a revision. */
export const recordedIn = (secret: JsonObject | undefined): Recorded => {
  const packed = objectIn(secret, "data").release;
  if (typeof packed !== "string") return nothing;
  // Helm packs it, and encodes it in base64; the API encodes all secrets in base64 again.
  const bytes = gunzipSync(Buffer.from(Buffer.from(packed, "base64").toString("latin1"), "base64"), { maxOutputLength: MAX_BYTES });
  const release: Json = JSON.parse(bytes.toString("utf8"));
  if (!isObject(release)) return nothing;
  return {
    chart: text(objectIn(objectIn(release, "chart"), "metadata").name),
    values: objectIn(release, "config"),
    documents: text(release.manifest)
      .split(/^---\s*$/m)
      .map((document) => readYaml(document, "the manifest", MAX_VALUES))
      .filter(isObject),
    failedHooks: listIn(release, "hooks")
      .filter((hook) => objectIn(hook, "last_run").phase === "Failed")
      .map(({ kind, name }) => ({ kind: text(kind), name: text(name) })),
  };
};
