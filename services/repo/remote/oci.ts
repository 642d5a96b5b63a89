import { mapOf } from "../../../events/index.ts";
import { lruCache } from "../../../events/runtime.ts";
import { digestOf } from "../../packages/archive.ts";
import { isDeeperThan, isObject, type JsonObject, maximumDepth, parseJson, text, texts } from "../../packages/json.ts";
import { isVersion } from "../../packages/versions.ts";
import type { Secret } from "../access.ts";
import { FetchError, type File } from "./get.ts";
import { type Ask, authorizing } from "./oci-token.ts";

/** What is read: `oci://host/path/chart/index.yaml`, an archive that such an index names, or `oci://host/path/chart:tag`. */
export type OciRequest = { readonly url: URL; readonly base: URL; readonly secret: Secret; readonly limit: number };

const MANIFEST = "application/vnd.oci.image.manifest.v1+json";
const CONFIG = "application/vnd.cncf.helm.config.v1+json";
const LAYERS = ["application/vnd.cncf.helm.chart.content.v1.tar+gzip", "application/tar+gzip"];
const isDigest = /^sha256:[0-9a-f]{64}$/;
/** Maximum bytes of a manifest, of a chart's description and of a page of tags. */
const SMALL = 1024 * 1024;
const MAX_VERSIONS = 5_000;
const MAX_PAGES = 100;
const CONCURRENCY = 8;

/** A chart in a registry: what its Chart.yaml says, and the digest of its archive. */
type Chart = { readonly description: JsonObject; readonly digest: string; readonly bytes: number };

/**
 * Reads charts of registries (OCI distribution specification) as if these had an index: the tags that are versions, each with what its chart says of
 * itself. A manifest that was read is not read again; it is known by its digest, to whoever has the same secret at the same place.
 */
export const ociReader = () => {
  const charts = lruCache<Chart>(20_000, { most: 32 * SMALL, of: ({ bytes }) => bytes });
  const authorized = authorizing();

  return async ({ url, base, secret, limit }: OciRequest, ask: Ask): Promise<File> => {
    const [name, tag] = nameOf(url);
    const place = JSON.stringify([base.host, name, secret]);
    const get = (path: string, accept: string, most: number, method?: "HEAD"): Promise<File> =>
      authorized({ url: new URL(`/v2/${name}/${path}`, base), name, place, secret }, { accept }, most, ask, method);

    const manifestOf = async (reference: string): Promise<JsonObject> => {
      const { bytes } = await get(`manifests/${reference}`, MANIFEST, SMALL);
      if (isDigest.test(reference)) verify(bytes, reference);
      return parsed(bytes);
    };
    /** Undefined if what has this tag is not a chart, or is gone. */
    const chartAt = async (version: string): Promise<Chart | undefined> => {
      const head = await unlessGone(get(`manifests/${version}`, MANIFEST, SMALL, "HEAD"));
      if (!head) return undefined;
      const said = String(head.headers["docker-content-digest"]);
      const key = digestOf(Buffer.from(`${place} ${said}`));
      const known = isDigest.test(said) ? charts.get(key) : undefined;
      if (known) return known;
      const manifest = await manifestOf(isDigest.test(said) ? said : version);
      const config = isObject(manifest.config) ? manifest.config : {};
      const digest = layerOf(manifest);
      if (text(config.mediaType) !== CONFIG || !isDigest.test(text(config.digest)) || digest === "") return undefined;
      const { bytes } = await get(`blobs/${text(config.digest)}`, CONFIG, SMALL);
      verify(bytes, text(config.digest));
      const created = isObject(manifest.annotations) ? text(manifest.annotations["org.opencontainers.image.created"]) : "";
      const chart = { description: { ...parsed(bytes), created }, digest, bytes: bytes.byteLength };
      if (isDigest.test(said)) charts.set(key, chart);
      return chart;
    };
    const indexOf = async (): Promise<File> => {
      const versions = (await tagsOf(get, new URL(`/v2/${name}/tags/list`, base))).filter((each) => isVersion(each.replaceAll("_", "+")));
      if (versions.length > MAX_VERSIONS) throw new FetchError(`it has more than ${MAX_VERSIONS} versions`, true);
      let left = limit;
      const entries = await mapOf(versions.sort(), CONCURRENCY, async (version) => {
        const chart = await chartAt(version);
        if (!chart) return [];
        left -= chart.bytes;
        if (left < 0) throw new FetchError(`larger than ${limit} bytes`, true, { tooLarge: true });
        const archive = `${name.split("/").at(-1)}-${version}.tgz?digest=${chart.digest}`;
        return [{ ...chart.description, urls: [archive], digest: chart.digest }];
      });
      const index = { apiVersion: "v1", entries: { [name.split("/").at(-1) ?? ""]: entries.flat() } };
      return { bytes: new TextEncoder().encode(JSON.stringify(index)), headers: {} };
    };

    if (tag !== undefined) return get(`blobs/${layerOf(await manifestOf(tag))}`, "*/*", limit);
    const digest = url.searchParams.get("digest") ?? "";
    return isDigest.test(digest) ? get(`blobs/${digest}`, "*/*", limit) : indexOf();
  };
};

/** The name of the repository in its registry, and the tag if the URL has one. */
const nameOf = ({ pathname }: URL): readonly [name: string, tag: string | undefined] => {
  const [, path = "", tag] = /^\/(.*?)(?::([\w.+-]{1,128}))?$/.exec(pathname) ?? [];
  return [tag === undefined ? path.replace(/\/[^/]*$/, "") : path, tag?.replaceAll("+", "_")];
};

const tagsOf = async (get: (path: string, accept: string, most: number) => Promise<File>, list: URL): Promise<string[]> => {
  const tags: string[] = [];
  let query = "?n=1000";
  for (let page = 0; page < MAX_PAGES; page++) {
    const { bytes, headers } = await get(`tags/list${query}`, "application/json", SMALL);
    tags.push(...texts(parsed(bytes).tags).filter((tag) => /^\w[\w.-]{0,127}$/.test(tag)));
    const [, next] = /^<([^<>]{1,2000})>\s*;\s*rel="?next"?$/.exec([headers.link ?? ""].flat().join().trim()) ?? [];
    if (next === undefined) return tags;
    const url = URL.canParse(next, list.href) ? new URL(next, list) : undefined;
    if (url?.origin !== list.origin || url.pathname !== list.pathname) throw new FetchError("its list of tags goes on elsewhere", true);
    query = url.search;
  }
  throw new FetchError(`its list of tags has more than ${MAX_PAGES} pages`, true);
};

const layerOf = ({ layers }: JsonObject): string => {
  const layer = Array.isArray(layers) ? layers.find((each) => isObject(each) && LAYERS.includes(text(each.mediaType))) : undefined;
  return isObject(layer) && isDigest.test(text(layer.digest)) ? text(layer.digest) : "";
};

const unlessGone = (asked: Promise<File>): Promise<File | undefined> =>
  asked.catch((error: unknown) => {
    if (error instanceof FetchError && error.status === 404) return undefined;
    throw error;
  });

const parsed = (bytes: Uint8Array): JsonObject => {
  try {
    const value = parseJson(new TextDecoder().decode(bytes));
    if (isObject(value) && !isDeeperThan(value, maximumDepth)) return value;
  } catch {}
  throw new FetchError("the registry's answer is not the JSON that it should be", true);
};

const verify = (bytes: Uint8Array, digest: string): void => {
  if (`sha256:${digestOf(bytes)}` !== digest) throw new FetchError(`the registry's answer is not what ${digest} names`, true);
};
