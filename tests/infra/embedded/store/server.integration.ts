import assert from "node:assert/strict";
import { statSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { MongoClient, MongoServerError } from "mongodb";
import { EmbeddedError } from "../../../../infra/embedded/failure.ts";
import { identify } from "../../../../infra/embedded/identity.ts";
import { freePorts } from "../../../../infra/embedded/ports.ts";
import { startStore } from "../../../../infra/embedded/store/server.ts";
import { eventually } from "../../../eventually.ts";
import { temporaryDirectory } from "../temporary-directory.ts";

type Note = { _id: number };

const withClient = async <T>(url: string, work: (client: MongoClient) => Promise<T>): Promise<T> => {
  const client = new MongoClient(url, { serverSelectionTimeoutMS: 10_000 });
  try {
    return await work(client);
  } finally {
    await client.close();
  }
};

const app = { database: "pitrix_app", user: "app", password: "a/b c@d" };
const repo = { database: "pitrix_repo", user: "repo", password: "second" };

test("the store starts on a free port, takes documents, gives them back, and is gone after stop", async (t) => {
  const store = await startStore({ directory: temporaryDirectory() });
  t.after(store.stop);
  const found = await withClient(store.urlFor("notes"), async (client) => {
    await client.db().collection<Note>("notes").insertOne({ _id: 1 });
    return client.db().collection<Note>("notes").find().toArray();
  });
  assert.deepEqual(found, [{ _id: 1 }]);
  const pids = store.pids;
  assert.equal(pids.length, 1);
  await store.stop();
  assert.deepEqual(store.pids, []);
  assert.deepEqual(pids.map(identify), [undefined]);
});

test("documents that the store acknowledged survive a kill, on the same port", async (t) => {
  const store = await startStore({ directory: temporaryDirectory() });
  t.after(store.stop);
  await withClient(store.url, async (client) => {
    for (let id = 0; id < 100; id++) await client.db("notes").collection<Note>("notes").insertOne({ _id: id });
    await store.kill();
  });
  await store.restart();
  assert.equal(await withClient(store.url, (client) => client.db("notes").collection("notes").countDocuments()), 100);
});

test("a user reaches one database and no other, and nobody gets in without a password", async (t) => {
  const directory = temporaryDirectory();
  const store = await startStore({ directory, users: [app] });
  t.after(store.stop);
  await withClient(store.urlFor(app.database), async (client) => {
    await client.db().collection<Note>("notes").insertOne({ _id: 1 });
    await assert.rejects(client.db(repo.database).collection<Note>("notes").insertOne({ _id: 1 }), MongoServerError);
  });
  const open = new URL(store.url);
  open.username = "";
  open.password = "";
  open.searchParams.delete("authSource");
  await withClient(open.href, (client) => assert.rejects(client.db(app.database).collection("notes").findOne(), MongoServerError));
  assert.equal(statSync(join(directory, "users.json")).mode & 0o777, 0o600);
});

test("a later start remembers its users and adds new ones", async (t) => {
  const directory = temporaryDirectory();
  const first = await startStore({ directory, users: [app] });
  t.after(first.stop);
  await withClient(first.urlFor(app.database), (client) => client.db().collection<Note>("notes").insertOne({ _id: 7 }));
  await first.stop();
  const second = await startStore({ directory, users: [repo] });
  t.after(second.stop);
  assert.equal(second.url, first.url);
  assert.equal(second.urlFor(app.database), first.urlFor(app.database));
  assert.deepEqual(await withClient(second.urlFor(app.database), (client) => client.db().collection<Note>("notes").findOne()), { _id: 7 });
  await withClient(second.urlFor(repo.database), (client) => client.db().collection<Note>("notes").insertOne({ _id: 8 }));
  await second.stop();
  const changed = { ...app, password: "changed" };
  const third = await startStore({ directory, users: [changed] });
  t.after(third.stop);
  await withClient(third.urlFor(app.database), (client) => client.db().collection("notes").countDocuments());
  await withClient(first.urlFor(app.database), (client) => assert.rejects(client.db().collection("notes").findOne(), MongoServerError));
});

test("a port in use is refused at once, with its number and a way out", async (t) => {
  const [port = 0] = await freePorts(1);
  const other = createServer().listen(port, "127.0.0.1");
  t.after(() => other.close());
  await assert.rejects(startStore({ directory: temporaryDirectory(), port }), (failure) => {
    assert.ok(failure instanceof EmbeddedError);
    assert.equal(failure.code, "portInUse");
    assert.match(failure.message, new RegExp(`port ${port} .* in use .* choose another port`));
    return true;
  });
});

test("a directory in use is refused with the process id, or taken over if asked", async (t) => {
  const directory = temporaryDirectory();
  const first = await startStore({ directory });
  t.after(first.stop);
  const [pid = 0] = first.pids;
  await assert.rejects(startStore({ directory }), (failure) => {
    assert.ok(failure instanceof EmbeddedError);
    assert.equal(failure.code, "alreadyRunning");
    assert.ok(failure.message.includes(String(pid)));
    return true;
  });
  const second = await startStore({ directory, takeOver: true });
  t.after(second.stop);
  assert.equal(identify(pid), undefined);
  assert.equal(second.url, first.url);
});

test("a directory goes on at another port, with its data and its users", async (t) => {
  const directory = temporaryDirectory();
  const first = await startStore({ directory, users: [app] });
  t.after(first.stop);
  await withClient(first.urlFor(app.database), (client) => client.db().collection<Note>("notes").insertOne({ _id: 7 }));
  await first.kill();
  const [port = 0] = await freePorts(1);
  const second = await startStore({ directory, port });
  t.after(second.stop);
  assert.ok(second.url.includes(`127.0.0.1:${port}/`));
  assert.deepEqual(await withClient(second.urlFor(app.database), (client) => client.db().collection<Note>("notes").findOne()), { _id: 7 });
});

test("a start that was killed before there were users is gone on with", async (t) => {
  const directory = temporaryDirectory();
  const first = await startStore({ directory });
  t.after(first.stop);
  // As a start that has made a set, and nobody who may use it.
  await withClient(first.url, (client) => client.db("admin").command({ dropAllUsersFromDatabase: 1 }));
  await first.stop();
  const second = await startStore({ directory, users: [app] });
  t.after(second.stop);
  await withClient(second.urlFor(app.database), (client) => client.db().collection<Note>("notes").insertOne({ _id: 1 }));
});

test("when the primary of three nodes is killed the others elect one, and it joins them again", async (t) => {
  const store = await startStore({ directory: temporaryDirectory(), nodes: 3 });
  t.after(store.stop);
  assert.equal(store.pids.length, 3);
  await withClient(store.urlFor("notes"), async (client) => {
    const notes = client.db().collection<Note>("notes");
    await notes.insertOne({ _id: 1 }, { writeConcern: { w: "majority" } });
    const primary = await store.primary();
    await store.kill(primary);
    assert.equal(store.pids.length, 2);
    const added = () => notes.updateOne({ _id: 2 }, { $set: { _id: 2 } }, { upsert: true, writeConcern: { w: "majority" } });
    await eventually("two nodes elect a primary", () => added().catch(() => undefined));
    assert.notEqual(await store.primary(), primary);
    await store.restart(primary);
    assert.equal(store.pids.length, 3);
    assert.equal(await notes.countDocuments(), 2);
  });
});
