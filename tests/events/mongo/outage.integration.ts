import assert from "node:assert/strict";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import type { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { type Mongo, mongo } from "../../../events/mongo/connect.ts";
import { Outage } from "../../../events/outage.ts";
import { type StoreServer, startStore } from "../../../infra/embedded/store/server.ts";
import { commitOf, places, walk } from "../../contract/commits.ts";
import { eventually } from "../../eventually.ts";

const directory = mkdtempSync(join(tmpdir(), "pitrix-outage-"));
const open: Mongo[] = [];
let server: Promise<StoreServer> | undefined;

after(async () => {
  for (const instance of open) await instance.close();
  await (await server)?.stop();
  rmSync(directory, { recursive: true, force: true });
});

const instanceOn = async (database: string): Promise<{ readonly instance: Mongo; readonly running: StoreServer }> => {
  server ??= startStore({ directory });
  const running = await server;
  const instance = mongo({ url: running.url, database });
  open.push(instance);
  return { instance, running };
};

const timed = async (call: Promise<unknown>): Promise<number> => {
  const start = performance.now();
  await assert.rejects(call, Outage);
  return performance.now() - start;
};

/** A signal takes a moment to reach every thread; until then the store may still answer. */
const standsStill = (pid: number) =>
  eventually("the store stands still", () =>
    readdirSync(`/proc/${pid}/task`).every(
      (thread) => readFileSync(`/proc/${pid}/task/${thread}/stat`, "utf8").split(") ").at(-1)?.[0] === "T",
    ),
  );

const answering = (instance: Mongo) =>
  eventually("it answers again", () =>
    instance.ping().then(
      () => true,
      () => false,
    ),
  );

test("what begins on a connection that is just being closed ends, and does not wait for ever", async () => {
  const sockets = new Set<Socket>();
  const noted = (message: unknown): void => void sockets.add(Reflect.get(Object(message), "socket"));
  subscribe("net.client.socket", noted);
  const { instance } = await instanceOn("closing");
  const { store, documents } = instance;
  await store.append(commitOf("cluster/cl-0", 1));
  unsubscribe("net.client.socket", noted);
  assert.ok(sockets.size > 0);
  // As when the other side has ended it: closed, but nobody has been told yet.
  for (const socket of sockets) socket.destroy();
  const ended = Promise.allSettled([documents.get("clusters__v1", ["cl-1"]), store.append(commitOf("cluster/cl-1", 1))]);
  const settled = await Promise.race([ended, pause(20_000, "waits for ever", { ref: false })]);
  assert.notEqual(settled, "waits for ever");
  await answering(instance);
});

test("a store killed in the middle of writes has everything it acknowledged when it is back", async () => {
  const { instance, running } = await instanceOn("killed");
  const { store, documents } = instance;
  await documents.ensure("clusters__v1", ["status"]);
  const acknowledged: string[] = [];
  const written: string[] = [];
  for (let round = 0; round < 3; round++) {
    let alive = true;
    const writing = Array.from({ length: 8 }, async (_, writer) => {
      for (let index = 0; alive; index++) {
        const id = `${round}-${writer}-${index}`;
        try {
          await store.append(commitOf(`cluster/${id}`, 1, { cause: `c-${id}`, claims: [`name ${id}`], publish: true }));
          acknowledged.push(id);
          const document = { id, stream: `cluster/${id}`, version: 1, deleted: false, value: { status: "active" } };
          await documents.write("clusters__v1", [{ document, expected: 0 }]);
          written.push(id);
        } catch {
          return;
        }
      }
    });
    const enough = acknowledged.length + 100;
    while (acknowledged.length < enough) await Promise.race([...writing, new Promise((resolve) => setImmediate(resolve))]);
    await running.kill();
    alive = false;
    await Promise.all(writing);
    await running.restart();
    await answering(instance);
  }
  const due = new Set(places(await walk(store, "publish", 500)));
  for (const id of acknowledged) {
    assert.ok(due.has(`cluster/${id}@1`), `the mark of ${id}`);
    assert.deepEqual(places(await store.read(`cluster/${id}`, 0)), [`cluster/${id}@1`]);
  }
  for (const commit of await walk(store, "publish", 500)) {
    assert.deepEqual(await store.findCause(commit.cause ?? ""), commit, "whatever is there is there whole");
    assert.deepEqual(await store.findClaim(commit.claims[0] ?? ""), commit);
  }
  assert.equal((await documents.get("clusters__v1", written)).length, written.length);
});

test("a store that is down is an error within seconds, for whatever is asked, and the same adapters go on when it is back", async () => {
  const { instance, running } = await instanceOn("down");
  await instance.store.append(commitOf("cluster/cl-1", 1));
  await running.stop();
  const calls = [
    instance.ping(),
    instance.store.read("cluster/cl-1", 0),
    instance.store.append(commitOf("cluster/cl-1", 2)),
    instance.store.due("publish", undefined, 10),
    instance.store.lease("relay", "a", 1000),
    instance.documents.write("clusters__v1", [
      { document: { id: "a", stream: "cluster/a", version: 1, deleted: false, value: {} }, expected: 0 },
    ]),
    instance.parking.list(1),
    instance.blobs.put(new Uint8Array(1)),
  ];
  for (const time of await Promise.all(calls.map(timed))) assert.ok(time < 8000, `${time} ms`);
  await running.restart();
  await answering(instance);
  assert.equal(await instance.store.append(commitOf("cluster/cl-1", 2)), 1);
  assert.equal((await instance.store.read("cluster/cl-1", 0)).length, 2);
});

test("adapters made while the store is down work once it is up", async () => {
  const { running } = await instanceOn("late");
  await running.stop();
  const { instance } = await instanceOn("late");
  await assert.rejects(instance.store.append(commitOf("cluster/cl-1", 1, { cause: "c" })), Outage);
  await running.restart();
  await answering(instance);
  assert.equal(await instance.store.append(commitOf("cluster/cl-1", 1, { cause: "c" })), 1);
  assert.equal(await instance.store.append(commitOf("cluster/cl-2", 1, { cause: "c" })), 0, "its unique indexes are there");
});

test("a store that hangs is an error within seconds", async () => {
  const { instance, running } = await instanceOn("hung");
  await instance.store.append(commitOf("cluster/cl-1", 1));
  const [pid] = running.pids;
  assert.ok(pid !== undefined);
  process.kill(pid, "SIGSTOP");
  await standsStill(pid);
  try {
    const times = await Promise.all(
      [instance.store.read("cluster/cl-1", 0), instance.store.append(commitOf("cluster/cl-1", 2))].map(timed),
    );
    for (const time of times) assert.ok(time < 15_000, `${time} ms`);
  } finally {
    process.kill(pid, "SIGCONT");
  }
  await answering(instance);
  assert.ok((await instance.store.append(commitOf("cluster/cl-1", 2))) <= 1);
});
