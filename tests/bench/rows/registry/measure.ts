import { fork } from "node:child_process";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import express from "express";
import { schemas } from "../../../../schemas/generated/schemas.ts";
import { gatewayWorld } from "../../../world/gateway.ts";
import { contestant } from "../../harness/contestant.ts";

type Input = { readonly kind: "floor" | "pitrix"; readonly reads: number };

const floor = async () => {
  const texts = new Map(schemas.map(({ id, schema }) => [String(id), { schema: JSON.stringify(schema) }]));
  const app = express().disable("x-powered-by");
  app.get("/schemas/ids/:id", (request, response) => void response.json(texts.get(request.params.id)));
  const server = app.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, stop: async () => void server.close() }; // A TCP server's address is one.
};
const pitrix = async () => {
  const world = await gatewayWorld();
  return { url: world.of().url, stop: world.stop };
};

await contestant(async ({ kind, reads }: Input) => {
  const { url, stop } = await (kind === "floor" ? floor() : pitrix());
  const reader = fork(join(import.meta.dirname, "reader.js"), { stdio: ["ignore", "inherit", "inherit", "ipc"] });
  const read = async (count: number): Promise<void> => {
    reader.send({ url, ids: schemas.map(({ id }) => id), reads: count });
    await once(reader, "message");
  };
  await read(Math.min(reads, 2_000));
  return {
    work: async () => {
      await read(reads);
      return reads;
    },
    check: async () => "all were answered",
    close: async () => {
      reader.kill();
      await stop();
    },
  };
});
