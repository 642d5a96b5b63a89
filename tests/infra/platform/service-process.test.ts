import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { startService } from "../../../infra/platform/service-process.ts";
import { authority } from "../../services/chassis/tls/authority.ts";
import { temporaryDirectory } from "../embedded/temporary-directory.ts";

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  return typeof address === "object" && address ? address.port : 0;
};

test("the readiness of a service with mutual TLS is checked with a client certificate", async (t) => {
  const ours = authority();
  const files = ours.issue("service");
  const options = {
    name: "secure",
    port: await freePort(),
    program: join(import.meta.dirname, "secure-program.js"),
    directory: temporaryDirectory(),
    environment: { CERT: files.cert, KEY: files.key, CA: ours.ca },
  };
  const client = { cert: files.cert, key: files.key };
  const service = await startService({ ...options, limit: 30_000, transport: { secure: true, client } });
  t.after(service.kill);
  assert.equal(service.url, `https://127.0.0.1:${options.port}`);
  await service.kill();
  await assert.rejects(
    startService({ ...options, limit: 1_000, transport: { secure: true } }),
    /was not ready within 1 s: it does not answer/,
  );
});
