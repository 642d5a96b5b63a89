import assert from "node:assert/strict";
import { test } from "node:test";
import { memoryDatabase } from "../../../events/memory/database.ts";
import { memoryDocuments } from "../../../events/memory/documents.ts";
import { kind } from "../../../events/memory/fate.ts";
import { Outage } from "../../../events/outage.ts";
import { collections } from "../../../events/subscription/collections.ts";
import { access } from "../../../services/chassis/access/access.ts";
import { identity } from "../../../services/chassis/access/identity.ts";
import { newKeyPair, signToken } from "../../../services/chassis/access/tokens.ts";
import { systemClock } from "../../../services/chassis/process/clock.ts";

/** An identity over a read model that knows a key and two developers. */
const fixture = async (before: () => Promise<void> = async () => {}, now: () => number = Date.now) => {
  const documents = memoryDocuments(memoryDatabase(), { ...kind, before });
  const known = identity({ documents, collections: collections([access]), clock: { ...systemClock, now }, changed: async () => {} }, 0);
  const key = await newKeyPair();
  const write = (id: string, value: object) =>
    documents.write("access__v1", [
      { document: { id, stream: id, version: 1, deleted: false, value: { ...access.initialState, ...value } }, expected: 0 },
    ]);
  await write("signingKey/key-1", { kind: "key", publicJwk: key.publicJwk });
  for (const user of ["usr-1", "usr-2"]) await write(`user/${user}`, { kind: "user", roleIds: ["developer"] });
  const tokenOf = (user: string, seconds = 3_600, keyId = "key-1") =>
    signToken({ keyId, privateJwk: key.privateJwk }, "access", user, seconds, {}, Date.now());
  return { known, tokenOf };
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
  assert.deepEqual(caller, { userId: "usr-1", groupPath: "", ownerPath: ":usr-1", level: "self" });
  assert.deepEqual([as("CreateRepo")?.level, as("CreateClient")], ["self", undefined]);
  assert.equal(known.authorize(principal, "CreateClient"), undefined);
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
