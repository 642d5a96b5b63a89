import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import { memoryDatabase } from "../../../events/memory/database.ts";
import { memoryDocuments } from "../../../events/memory/documents.ts";
import { kind } from "../../../events/memory/fate.ts";
import { Outage } from "../../../events/outage.ts";
import { collections } from "../../../events/subscription/collections.ts";
import { access } from "../../../services/chassis/access/access.ts";
import { identity } from "../../../services/chassis/access/identity.ts";
import { isKeyId, keyIdOf, newKeyPair, signToken } from "../../../services/chassis/access/tokens.ts";
import { systemClock } from "../../../services/chassis/process/clock.ts";

const platformKey = { id: "k1", key: new Uint8Array(randomBytes(32)) };

/** An identity over a read model that knows a key and two developers. */
const fixture = async (
  before: (call: string) => Promise<void> = async () => {},
  now: () => number = Date.now,
  { wait = 0, changed = async () => {} } = {},
) => {
  const documents = memoryDocuments(memoryDatabase(), { ...kind, before });
  const ports = { documents, collections: collections([access]), clock: { ...systemClock, now }, keys: [platformKey], changed };
  const known = identity(ports, wait);
  const key = await newKeyPair();
  const write = (id: string, value: object) =>
    documents.write(collections([access]).of(access.name), [
      { document: { id, stream: id, version: 1, deleted: false, value: { ...access.initialState, ...value } }, expected: 0 },
    ]);
  await write("signingKey/key-1", { kind: "key", publicJwk: key.publicJwk });
  for (const user of ["usr-1", "usr-2"]) await write(`user/${user}`, { kind: "user", roleIds: ["developer"] });
  const tokenOf = (user: string, seconds = 3_600, keyId = "key-1") =>
    signToken({ keyId, privateJwk: key.privateJwk }, "access", user, seconds, {}, Date.now());
  return { known, tokenOf, key, write };
};

test("a token is missing, expired or invalid, or it is somebody's, who may call what the role allows", async () => {
  const { known, tokenOf } = await fixture();
  assert.equal(await known.authenticate(undefined), "missing");
  assert.equal(await known.authenticate(""), "missing");
  assert.equal(await known.authenticate(await tokenOf("usr-1", -10)), "expired");
  for (const token of ["x", "x.y.z", await tokenOf("usr-none"), await tokenOf("usr-1", 60, "key-none")])
    assert.equal(await known.authenticate(token), "invalid", token);
  const principal = await known.authenticate(await tokenOf("usr-1"));
  if (typeof principal === "string") return assert.fail(principal);
  const { as, ...caller } = known.authorize(principal, "DescribeApps") ?? assert.fail();
  assert.deepEqual(caller, { userId: "usr-1", ownerPath: ":usr-1", groups: [], groupsAndBelow: [], level: "self" });
  assert.deepEqual([as("CreateRepo")?.level, as("CreateClient")], ["self", undefined]);
  assert.equal(known.authorize(principal, "CreateClient"), undefined);
});

test("a caller is in the groups that they are in now, and above all groups that lie below these now", async () => {
  const { known, tokenOf, write } = await fixture();
  const groups = [
    ["grp-1", ""],
    ["grp-2", ""],
    ["grp-11", "grp-1"],
    ["grp-111", "grp-11"],
    ["grp-21", "grp-2"],
    ["grp-9", ""],
    ["grp-91", "grp-9"],
    // Two that were moved below each other at once.
    ["grp-o", "grp-oo"],
    ["grp-oo", "grp-o"],
  ];
  for (const [id, parentGroupId] of groups) await write(`group/${id}`, { kind: "group", parentGroupId });
  await write("user/usr-3", { kind: "user", roleIds: ["isv"], groupPath: ":grp-2", groupIds: ["grp-o", "grp-1", "grp-2"] });
  const principal = await known.authenticate(await tokenOf("usr-3"));
  if (typeof principal === "string") return assert.fail(principal);
  assert.deepEqual(principal.groups, ["grp-o", "grp-1", "grp-2"]);
  assert.deepEqual(principal.groupsAndBelow.toSorted(), ["grp-1", "grp-11", "grp-111", "grp-2", "grp-21", "grp-o", "grp-oo"]);
});

test("who was known a moment ago is known while the store is out, for a minute, and nobody else is", async () => {
  const world = { out: false, ahead: 0 };
  const before = async (): Promise<void> => {
    if (world.out) throw new Outage("the store is out");
  };
  const { known, tokenOf } = await fixture(before, () => Date.now() + world.ahead);
  const [one, two] = [await tokenOf("usr-1"), await tokenOf("usr-2")];

  const principal = await known.authenticate(one);
  world.out = true;
  world.ahead = 30_000;
  assert.deepEqual(await known.authenticate(one), principal);
  await assert.rejects(known.authenticate(two), Outage);
  world.ahead = 90_000;
  await assert.rejects(known.authenticate(one), Outage);
  world.out = false;
  assert.deepEqual(await known.authenticate(one), principal);
  assert.equal(Reflect.get(Object(await known.authenticate(two)), "userId"), "usr-2");
});

test("a key that the platform cannot have made is not waited for; a fresh one is", async () => {
  const world = { ahead: 0, reads: 0, waits: 0 };
  const before = async (call: string): Promise<void> => {
    if (call.startsWith("documents.get")) world.reads += 1;
  };
  const fresh = keyIdOf(platformKey, "fresh");
  // What is waited for arrives.
  const changed = async (): Promise<void> => {
    world.waits += 1;
    await write(`signingKey/${fresh}`, { kind: "key", publicJwk: key.publicJwk });
  };
  const { known, tokenOf, key, write } = await fixture(before, () => Date.now() + world.ahead, { wait: 2_000, changed });

  for (const kid of ["key-9", "", "x".repeat(65), `${fresh}x`, keyIdOf({ id: "k2", key: new Uint8Array(32) }, "fresh")]) {
    world.reads = 0;
    assert.equal(await known.authenticate(await tokenOf("usr-1", 60, kid)), "invalid", kid);
    assert.ok(world.reads <= 1, kid);
  }
  assert.equal(world.waits, 0);
  assert.equal(Reflect.get(Object(await known.authenticate(await tokenOf("usr-1", 60, fresh))), "userId"), "usr-1");
  assert.equal(world.waits, 1);
});

test("the platform knows the ids of its keys by any of its platform keys", () => {
  const older = { id: "k0", key: new Uint8Array(randomBytes(32)) };
  const id = keyIdOf(older, "AbC-_123");
  assert.match(id, /^[\w.-]{1,64}$/);
  assert.ok(isKeyId([platformKey, older], id));
  assert.ok(!isKeyId([platformKey], id));
  for (const other of ["key-AbC-_123", id.replace("AbC", "abc"), `${id}A`, id.slice(0, -1), ""]) assert.ok(!isKeyId([older], other), other);
});

test("a token of an earlier password is invalid, and one of the next is good before the service has heard of it", async () => {
  const { known, key, write } = await fixture();
  await write("user/usr-3", { kind: "user", roleIds: ["developer"], generation: 2 });
  const of = (claims: object) =>
    signToken({ keyId: "key-1", privateJwk: key.privateJwk }, "access", "usr-3", 60, { ...claims }, Date.now());
  for (const claims of [{}, { generation: 1 }, { generation: "x" }]) assert.equal(await known.authenticate(await of(claims)), "invalid");
  for (const generation of [2, 3]) assert.equal(typeof (await known.authenticate(await of({ generation }))), "object");
});
