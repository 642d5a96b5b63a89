import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join, normalize } from "node:path";

// Serves a directory, as a process of its own: what the repository costs is nobody's figure.
const directory = process.argv[2] ?? ".";
const index = readFileSync(join(directory, "index.yaml"));
const server = createServer((request, response) => {
  const path = normalize(decodeURIComponent(new URL(request.url ?? "/", "http://localhost").pathname));
  try {
    response.end(path === "/index.yaml" ? index : readFileSync(join(directory, path)));
  } catch {
    response.writeHead(404).end();
  }
});
server.keepAliveTimeout = 60_000;
server.listen(0, "127.0.0.1", () => {
  console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`); // A TCP server's address is one.
});
