import { createServer } from "node:http";
import { current, reload, settings } from "./node.mjs";
import { version } from "./version.mjs";

process.on("SIGHUP", reload);

const { node_id, role, address } = current().self;
const { answer } = await import(`./${role}.mjs`);

const health = () => ({
  status: "up",
  role,
  version,
  node_id,
  pid: process.pid,
  hosts: Object.fromEntries(Object.entries(current().hosts).map(([name, nodes]) => [name, nodes.map((node) => node.address)])),
});

const respond = (response, status, body) => {
  const html = typeof body === "string";
  response.writeHead(status, {
    "content-type": html ? "text/html; charset=utf-8" : "application/json",
    "cache-control": "no-store",
    "x-served-by": node_id,
  });
  response.end(html ? body : JSON.stringify(body));
};

const server = createServer(async (request, response) => {
  const { pathname } = new URL(request.url, "http://node");
  try {
    const body = request.method !== "GET" ? undefined : pathname === "/health" ? health() : await answer(pathname);
    if (body === undefined) respond(response, 404, { error: `there is no ${request.method} ${pathname}` });
    else respond(response, 200, body);
  } catch (error) {
    respond(response, 503, { error: error.message });
  }
});

server.on("error", (error) => {
  console.error(error.message);
  process.exit(1);
});
server.listen(settings().port, address, () => console.log(`${role} ${version} (${node_id}) listens on ${address}:${settings().port}`));

for (const signal of ["SIGTERM", "SIGINT"]) {
  process.once(signal, () => {
    server.close(() => process.exit(0));
    server.closeIdleConnections();
    setTimeout(() => process.exit(0), 5000).unref();
  });
}
