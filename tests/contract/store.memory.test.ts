import { memoryBlobs } from "../../events/memory/blobs.ts";
import { memoryDatabase } from "../../events/memory/database.ts";
import { memoryDocuments } from "../../events/memory/documents.ts";
import { kind } from "../../events/memory/fate.ts";
import { memoryParking } from "../../events/memory/parking.ts";
import { memoryStore } from "../../events/memory/store.ts";
import { blobsContract } from "./blobs.ts";
import { documentsContract } from "./documents.ts";
import type { MakeGround } from "./fixture.ts";
import { parkingContract } from "./parking.ts";
import { eventStoreContract } from "./store.ts";

const fixture: MakeGround = async () => {
  const database = memoryDatabase();
  return {
    instance: (now = () => 0) => ({
      store: memoryStore(database, kind, now),
      documents: memoryDocuments(database, kind),
      parking: memoryParking(database, kind),
      blobs: memoryBlobs(database, kind),
    }),
    restart: async () => {},
    end: async () => {},
  };
};

eventStoreContract("memory", fixture);
documentsContract("memory", fixture);
parkingContract("memory", fixture);
blobsContract("memory", fixture);
