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

test("who was known a moment ago is known while the store is out, for a minute, and nobody else is", async () => {
  const world = { out: false, ahead: 0 };
  const clock = { ...systemClock, now: () => Date.now() + world.ahead };
  const before = async (): Promise<void> => {
    if (world.out) throw new Outage("the store is out");
  };
  const documents = memoryDocuments(memoryDatabase(), { ...kind, before });
  const known = identity({ documents, collections: collections([access]), clock, changed: async () => {} }, 0);
  const key = await newKeyPair();
  const write = (id: string, value: object) =>
    documents.write("access__v1", [
      { document: { id, stream: id, version: 1, deleted: false, value: { ...access.initialState, ...value } }, expected: 0 },
    ]);
  await write("signingKey/key-1", { kind: "key", publicJwk: key.publicJwk });
  for (const user of ["usr-1", "usr-2"]) await write(`user/${user}`, { kind: "user", roleIds: ["developer"] });
  const tokenOf = (user: string) => signToken({ keyId: "key-1", privateJwk: key.privateJwk }, "access", user, 3_600, {}, Date.now());
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
