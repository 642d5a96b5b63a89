import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { digestOf } from "../../../services/packages/archive.ts";
import { bytes } from "../packages/package-fixtures.ts";

export const MANIFEST = "application/vnd.oci.image.manifest.v1+json";
const named = (content: Uint8Array) => `sha256:${digestOf(content)}`;

export type RegistryOptions = {
  /** Who may pull: a token is needed then, which the given realm gives, or this server. */
  readonly user?: string;
  readonly password?: string;
  readonly realm?: string;
  /** Tags on a page. */
  readonly page?: number;
  /** Blobs are at this address. */
  readonly blobsAt?: string;
  /** Says which manifest a tag has. */
  readonly tellsDigest?: boolean;
};

/** A registry after the distribution specification, in memory, for one user. */
export const registry = async (options: RegistryOptions = {}) => {
  const { user, password = "", page = 2, blobsAt, tellsDigest = true } = options;
  const manifests = new Map<string, Uint8Array>();
  const blobs = new Map<string, Uint8Array>();
  const tags = new Map<string, string>();
  const requests: string[] = [];
  const authorizations: (string | undefined)[] = [];
  const token = "a.token-of_the/registry=";

  const answer = (request: IncomingMessage, response: ServerResponse, port: number): void => {
    const url = new URL(request.url ?? "/", `http://127.0.0.1:${port}`);
    requests.push(`${request.method} ${url.pathname}${url.search}`);
    authorizations.push(request.headers.authorization);
    const send = (status: number, content: Uint8Array | string = "", headers = {}) =>
      response.writeHead(status, headers).end(request.method === "HEAD" ? undefined : content);
    if (url.pathname === "/token") {
      const basic = `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;
      if (request.headers.authorization !== basic) return void send(401);
      return void send(200, JSON.stringify({ token }));
    }
    if (user !== undefined && request.headers.authorization !== `Bearer ${token}`) {
      const realm = options.realm ?? `http://127.0.0.1:${port}/token`;
      return void send(401, "", { "www-authenticate": `Bearer realm="${realm}",service="registry",scope="repository:other:pull,push"` });
    }
    const [, name, kind, reference = ""] = /^\/v2\/(.+?)\/(tags|manifests|blobs)\/(.+)$/.exec(url.pathname) ?? [];
    if (name !== "team/shop") return void send(404);
    if (kind === "tags") {
      const all = [...tags.keys()];
      const from = all.indexOf(url.searchParams.get("last") ?? "") + 1;
      const some = all.slice(from, from + page);
      const more = from + page < all.length;
      return void send(200, JSON.stringify({ name, tags: some }), {
        ...(more && { link: `</v2/${name}/tags/list?last=${some.at(-1)}&n=${page}>; rel="next"` }),
      });
    }
    if (kind === "manifests") {
      const digest = tags.get(reference) ?? reference;
      const found = manifests.get(digest);
      return void (found
        ? send(200, found, { "content-type": MANIFEST, ...(tellsDigest && { "docker-content-digest": digest }) })
        : send(404));
    }
    if (blobsAt !== undefined) return void send(307, "", { location: `${blobsAt}/${reference}` });
    const found = blobs.get(reference);
    return void (found ? send(200, found) : send(404));
  };
  const server = createServer((request, response) => answer(request, response, port));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the registry has no address");
  const { port } = address;

  const put = (content: Uint8Array): string => {
    blobs.set(named(content), content);
    return named(content);
  };
  const tag = (name: string, manifest: object): string => {
    const content = bytes(JSON.stringify(manifest));
    manifests.set(named(content), content);
    tags.set(name, named(content));
    return named(content);
  };
  return {
    ...{ url: `oci://127.0.0.1:${port}/team/shop`, port, requests, authorizations, tags, manifests, blobs, put, tag },
    /** Puts a chart there, as `helm push` does. */
    push: (name: string, chart: object, archive: Uint8Array): string =>
      tag(name, {
        schemaVersion: 2,
        mediaType: MANIFEST,
        config: { mediaType: "application/vnd.cncf.helm.config.v1+json", digest: put(bytes(JSON.stringify(chart))), size: 1 },
        layers: [{ mediaType: "application/vnd.cncf.helm.chart.content.v1.tar+gzip", digest: put(archive), size: archive.byteLength }],
        annotations: { "org.opencontainers.image.created": "2026-01-05T10:00:00Z" },
      }),
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};
