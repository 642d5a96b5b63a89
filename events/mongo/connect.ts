import { MongoClient } from "mongodb";
import { withOutages } from "../outage.ts";
import type { Blobs, Documents, EventStore, Parking } from "../ports.ts";
import { mongoBlobs } from "./blobs.ts";
import { releaseFromClosedConnections } from "./closed-connections.ts";
import { mongoDocuments } from "./documents.ts";
import { isMongoOutage } from "./outages.ts";
import { mongoParking } from "./parking.ts";
import { once } from "./ready.ts";
import { mongoStore } from "./store.ts";

export type MongoOptions = {
  readonly url: string;
  readonly database: string;
  readonly logger?: { readonly warn: (details: object, message: string) => void };
  /** For the leases; milliseconds since 1970. */
  readonly now?: () => number;
};
export type Mongo = {
  readonly store: EventStore;
  readonly documents: Documents;
  readonly parking: Parking;
  readonly blobs: Blobs;
  /** Fails while the server does not answer. */
  readonly ping: () => Promise<void>;
  readonly close: () => Promise<void>;
};

/**
 * Everything a service keeps, in its own database. Connects with the first call, and again by itself after an outage;
 * until then calls fail within seconds. A server that is slow but alive is waited for.
 */
export const mongo = ({ url, database: name, logger, now = Date.now }: MongoOptions): Mongo => {
  releaseFromClosedConnections();
  const client = new MongoClient(url, {
    appName: name,
    maxPoolSize: 10,
    writeConcern: { w: "majority" },
    readConcern: { level: "majority" },
    readPreference: "primary",
    retryWrites: true,
    ignoreUndefined: true,
    promoteBuffers: true,
    // The monitor notices a server that hangs (connect timeout + heartbeat) and interrupts what waits for it.
    serverSelectionTimeoutMS: 3000,
    connectTimeoutMS: 2000,
    heartbeatFrequencyMS: 2000,
    socketTimeoutMS: 30_000,
  });
  let silent = false;
  client.on("serverHeartbeatSucceeded", () => {
    silent = false;
  });
  client.on("serverHeartbeatFailed", ({ connectionId, failure }) => {
    if (!silent) logger?.warn({ server: connectionId, error: failure.message }, "the document store does not answer");
    silent = true;
  });
  // Not left to the first operation: a client whose first connection failed that way stays unusable.
  const database = once(async () => (await client.connect()).db(name));
  return {
    store: withOutages(mongoStore(database, now), isMongoOutage),
    documents: withOutages(mongoDocuments(database), isMongoOutage),
    parking: withOutages(mongoParking(database), isMongoOutage),
    blobs: withOutages(mongoBlobs(database, now), isMongoOutage),
    ...withOutages({ ping: async () => void (await (await database()).command({ ping: 1 })) }, isMongoOutage),
    close: () => client.close(),
  };
};
