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
 * All stored data of a service, in its own database. The first call connects. After an outage the client reconnects by itself; until then calls
 * fail within seconds. A call waits for a server that is slow but alive.
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
    // The monitor notices a hanging server (connect timeout + heartbeat) and interrupts the operations that wait for it.
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
  // Connects explicitly: a client that connects implicitly with its first operation stays unusable if that connection fails.
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
