import { createServer, type ServerResponse } from "node:http";
import { digestOf } from "../../services/packages/archive.ts";
import { buildRepository, type Repository } from "./repository.ts";

export type ServedRepository = {
  /** Without a slash at the end; the repositories are `${url}/devkit` and `${url}/helm`. */
  readonly url: string;
  /** Replaces the served repository. */
  readonly publish: (repository: Repository) => void;
  readonly close: () => Promise<void>;
};

/** Serves a repository over HTTP (default: the demo application's); answers 304 if the client has the current file. */
export const serveRepository = async ({
  repository,
  host = "127.0.0.1",
  port = 0,
}: {
  repository?: Repository;
  host?: string;
  port?: number;
} = {}): Promise<ServedRepository> => {
  let { files } = repository ?? (await buildRepository());
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://repository");
    const file = files.get(pathname);
    if (request.method !== "GET" && request.method !== "HEAD") return refuse(response, 405);
    if (file === undefined) return refuse(response, 404);
    const etag = `"${digestOf(file)}"`;
    if (request.headers["if-none-match"] === etag) return response.writeHead(304, { etag }).end();
    const type = pathname.endsWith(".yaml") ? "application/yaml" : "application/gzip";
    response.writeHead(200, { etag, "content-type": type, "content-length": file.byteLength, "cache-control": "no-cache" });
    return request.method === "HEAD" ? response.end() : response.end(file);
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, resolve);
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the repository has no address");
  return {
    url: `http://${host}:${address.port}`,
    publish: (next) => {
      files = next.files;
    },
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error ? reject(error) : resolve()));
        server.closeAllConnections();
      }),
  };
};

const refuse = (response: ServerResponse, status: number): ServerResponse =>
  response.writeHead(status, { "content-type": "text/plain", ...(status === 405 ? { allow: "GET, HEAD" } : {}) }).end(`${status}\n`);
