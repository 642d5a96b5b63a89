import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { gatewayWorld } from "../world/gateway.ts";

// A gateway over HTTP and a service that has as many events for it as its parent says: node --expose-gc streaming-main.js
const world = await gatewayWorld({ limits: { stalled: 2_000 } });
const source = fork(join(import.meta.dirname, "../bench/rows/streaming/source.js"), { stdio: ["ignore", "inherit", "inherit", "ipc"] });
const [port] = await once(source, "message");
await world.announce({ service: "cluster", url: `http://127.0.0.1:${port}`, instance: "source", since: "" });
const people = ["usr-0", "usr-1"];
for (const id of people) await world.know(`user/${id}`, { kind: "user", roleIds: ["isv"], groupPath: ":grp-1" });
process.on("message", (count: number) => void source.send(count));
process.once("disconnect", () => {
  source.kill();
  process.exit(1);
});
process.send?.({
  url: `${world.of().url}/v1/events`,
  authorizations: await Promise.all(people.map(async (id) => `Bearer ${await world.token(id, 3_600)}`)),
});
setInterval(() => {
  globalThis.gc?.();
  const { heapUsed, external, rss } = process.memoryUsage();
  process.send?.({ held: heapUsed + external, rss });
}, 250);
