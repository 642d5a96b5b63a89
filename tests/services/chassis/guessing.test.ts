import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { memoryDatabase } from "../../../events/memory/database.ts";
import { memoryDocuments } from "../../../events/memory/documents.ts";
import { kind } from "../../../events/memory/fate.ts";
import { Outage } from "../../../events/outage.ts";
import { addressOf, provenAddress } from "../../../services/chassis/access/address.ts";
import { guessing, places } from "../../../services/chassis/access/guessing.ts";
import { hashPassword, rememberRight, verifyPassword, wasRight } from "../../../services/chassis/access/passwords.ts";
import { random } from "../../world/process.ts";

const fixture = () => {
  const world = { now: 1_000 };
  const database = memoryDatabase();
  const ports = { documents: memoryDocuments(database, kind), clock: { now: () => world.now } };
  return { world, database, guess: guessing(ports), known: places(ports) };
};
const two = { name: "account ada", most: 2, milliseconds: 60_000 };
const wrong = async () => false;

test("wrong guesses are counted until the time is over, right ones are not", async () => {
  const { world, guess } = fixture();
  assert.equal(await guess([two], wrong), false);
  assert.equal(await guess([two], async () => true), true);
  assert.equal(await guess([two], wrong), false);
  world.now += 20_500;
  assert.deepEqual(await guess([two], () => assert.fail("not checked")), { again: 40 });
  world.now += 39_500;
  assert.equal(await guess([two], wrong), false);
});

test("what the second limit refuses does not count for the first", async () => {
  const { guess } = fixture();
  const all = { name: "client", most: 3, milliseconds: 60_000 };
  for (const name of ["ada", "bob", "eve"]) assert.equal(await guess([{ ...two, name }, all], wrong), false);
  for (let round = 0; round < 3; round++) assert.deepEqual(await guess([{ ...two, name: "ada" }, all], wrong), { again: 60 });
  assert.equal(await guess([{ ...two, name: "ada" }], wrong), false);
});

test("a check that fails is no guess", async () => {
  const { guess } = fixture();
  for (let round = 0; round < 3; round++)
    await assert.rejects(
      guess([two], () => Promise.reject(new Outage("out"))),
      Outage,
    );
  assert.equal(await guess([two], wrong), false);
});

test("a place is remembered for thirty days after the last time, and who asks about one leaves nothing behind", async () => {
  const { world, database, known } = fixture();
  const day = 86_400_000;
  for (world.now = 0; world.now < 200 * day; world.now += 29 * day) {
    assert.equal(await known.has("home"), world.now > 0, `${world.now / day} days`);
    await known.add("home");
  }
  world.now += 90 * day;
  assert.deepEqual([await known.has("home"), await known.has("elsewhere")], [false, false]);
  database.counters.clear();
  assert.equal(await known.has("elsewhere"), false);
  assert.equal(database.counters.size, 0);
});

test("nothing that callers send is kept in clear", async () => {
  const { database, guess } = fixture();
  await guess([{ ...two, name: "account ada@example.org" }], wrong);
  assert.equal(database.counters.size, 1);
  assert.ok([...database.counters.keys()].every((name) => !name.includes("ada")));
});

test("slow hashes leave room for everything else, and beyond a bound are refused", async () => {
  const hash = await hashPassword("correct horse");
  let done = 0;
  const checks = Array.from({ length: 100 }, () => verifyPassword("wrong", hash).finally(() => (done += 1)));
  const settled = Promise.allSettled(checks);
  await readFile(import.meta.filename);
  assert.ok(done < 60, `a file is read while hashes wait (${done} are done)`);
  const refused = (await settled).filter((each) => each.status === "rejected");
  assert.equal(refused.length, 100 - 66);
  assert.ok(refused.every(({ reason }) => reason instanceof Outage));
  assert.equal(await verifyPassword("correct horse", hash), true);
});

test("a secret that was right is known, for its hash alone", () => {
  rememberRight("secret", "hash");
  assert.deepEqual([wasRight("secret", "hash"), wasRight("secret", "other"), wasRight("other", "hash")], [true, false, false]);
});

test("an address is the gateway's word, or the other end of the connection; one caller may have a whole /64", () => {
  const keys = [{ id: "k1", key: random(32) }];
  const proven = provenAddress(keys, "192.0.2.7");
  assert.equal(addressOf(keys, proven, "127.0.0.1"), "192.0.2.7");
  for (const forged of [
    undefined,
    "",
    "192.0.2.7",
    proven.replace("2.7", "2.8"),
    provenAddress([{ id: "k1", key: random(32) }], "192.0.2.7"),
  ])
    assert.equal(addressOf(keys, forged, "127.0.0.1"), "127.0.0.1");
  const network = (address: string) => addressOf(keys, undefined, address);
  assert.equal(network("::ffff:192.0.2.7"), "192.0.2.7");
  assert.equal(network("2001:db8:0:1:2:3:4:5"), network("2001:DB8::1:ffff:0:0:9"));
  assert.equal(network("2001:db8::1"), "2001:db8:0:0::/64");
  assert.equal(network("::1"), "0:0:0:0::/64");
  assert.equal(network("fe80::1%eth0"), "fe80:0:0:0::/64");
});
