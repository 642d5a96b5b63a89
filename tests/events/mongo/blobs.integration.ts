import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { after, before, test } from "node:test";
import { type Db, GridFSBucket, MongoClient } from "mongodb";
import { digestOf } from "../../../events/mongo/blobs.ts";
import { type Mongo, mongo } from "../../../events/mongo/connect.ts";
import { type StoreServer, startStore } from "../../../infra/embedded/store/server.ts";

const directory = mkdtempSync(join(tmpdir(), "pitrix-blobs-"));
const bytes = new Uint8Array(1_000_000).map((_, index) => index % 251);
const digest = digestOf(bytes);
let server: StoreServer;
let instance: Mongo;
let client: MongoClient;
let database: Db;

before(async () => {
  server = await startStore({ directory });
  instance = mongo({ url: server.url, database: "blobs" });
  client = new MongoClient(server.url);
  database = client.db("blobs");
});
after(async () => {
  await instance?.close();
  await client?.close();
  await server?.stop();
  rmSync(directory, { recursive: true, force: true });
});

test("a put that died half-way leaves no blob, and the next put completes it", async () => {
  await instance.blobs.put(bytes);
  await database.collection("blobs.files").deleteMany({});
  await database.collection("blobs.chunks").deleteMany({ n: { $gte: 2 } });
  assert.equal(await instance.blobs.get(digest), undefined);
  assert.equal(await instance.blobs.put(bytes), digest);
  assert.deepEqual(await instance.blobs.get(digest), bytes);
});

test("any GridFS reader finds a blob under its digest", async () => {
  await instance.blobs.put(bytes);
  const files = new GridFSBucket(database, { bucketName: "blobs" });
  assert.equal(digestOf(await buffer(files.openDownloadStreamByName(digest))), digest);
});

test("bytes that are not what the digest says are an error", async () => {
  await instance.blobs.put(bytes);
  await database.collection("blobs.chunks").updateOne({ files_id: digest, n: 1 }, { $set: { data: Buffer.from("damaged") } });
  await assert.rejects(instance.blobs.get(digest), /damaged/);
});
