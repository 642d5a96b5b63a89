import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";
import { type Mongo, mongo } from "../../events/mongo/connect.ts";
import { type StoreServer, startStore } from "../../infra/embedded/store/server.ts";
import { blobsContract } from "./blobs.ts";
import { documentsContract } from "./documents.ts";
import type { MakeGround } from "./fixture.ts";
import { parkingContract } from "./parking.ts";
import { eventStoreContract } from "./store.ts";

const directory = mkdtempSync(join(tmpdir(), "pitrix-contract-"));
let server: Promise<StoreServer> | undefined;

after(async () => {
  await (await server)?.stop();
  rmSync(directory, { recursive: true, force: true });
});

/** A database of its own on the one server. */
const fixture: MakeGround = async () => {
  server ??= startStore({ directory, nodes: process.env.PITRIX_STORE_NODES === "3" ? 3 : 1 });
  const running = await server;
  const database = `contract_${randomUUID().replaceAll("-", "")}`;
  const instances: Mongo[] = [];
  return {
    instance: (now = Date.now) => {
      const instance = mongo({ url: running.url, database, now });
      instances.push(instance);
      return instance;
    },
    restart: () => running.restart(),
    end: async () => {
      await Promise.all(instances.map((instance) => instance.close()));
    },
  };
};

eventStoreContract("mongo", fixture);
documentsContract("mongo", fixture);
parkingContract("mongo", fixture);
blobsContract("mongo", fixture);
