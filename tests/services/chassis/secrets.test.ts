import assert from "node:assert/strict";
import { test } from "node:test";
import { hashPassword, verifyPassword } from "../../../services/chassis/access/passwords.ts";
import {
  newKeyPair,
  provenService,
  readRefreshToken,
  readToken,
  serviceProof,
  signRefreshToken,
  signToken,
} from "../../../services/chassis/access/tokens.ts";
import { random } from "../../world/process.ts";

test("a password fits its hash and no other does", async () => {
  const hash = await hashPassword("correct horse");
  assert.match(hash, /^scrypt\$16384\$8\$1\$[\w-]{22}\$[\w-]{43}$/);
  assert.equal(await verifyPassword("correct horse", hash), true);
  assert.equal(await verifyPassword("correct Horse", hash), false);
  assert.notEqual(await hashPassword("correct horse"), hash);
});

test("a hash says what it cost, and one of another form fits nothing", async () => {
  const cheap = "scrypt$1024$8$1$c2FsdHNhbHQ$AAAA";
  assert.equal(await verifyPassword("x", cheap), false);
  for (const strange of ["", "x", "scrypt$", "bcrypt$1$2$3$a$b", "scrypt$16384$8$1$c2FsdA$"])
    assert.equal(await verifyPassword("", strange), false);
});

const now = Date.now();

test("a token is good for its use, its key and its time", async () => {
  const [key, other] = [await newKeyPair(), await newKeyPair()];
  const token = await signToken({ keyId: "key-1", privateJwk: key.privateJwk }, "access", "usr-1", 60, { scope: "x" }, now);
  const claims = await readToken(key.publicJwk, "access", token, now);
  assert.ok(typeof claims === "object");
  assert.deepEqual([claims.sub, claims.scope, (claims.exp ?? 0) - (claims.iat ?? 0)], ["usr-1", "x", 60]);
  assert.equal(await readToken(key.publicJwk, "access", token, now + 61_000), "expired");
  assert.equal(await readToken(key.publicJwk, "id", token, now), "invalid");
  assert.equal(await readToken(other.publicJwk, "access", token, now), "invalid");
  assert.equal(await readToken(key.publicJwk, "access", "rubbish", now), "invalid");
});

test("a refresh token is the same for the same claims, and good for its time under any key of the platform", async () => {
  const [k1, k2] = ["k1", "k2"].map((id) => ({ id, key: random(32) }));
  assert.ok(k1 && k2);
  const iat = Math.floor(now / 1_000);
  const claims = { sub: "usr-1", client_id: "client-1", sid: "ses-1", number: 3, generation: 2, iat };
  const token = await signRefreshToken([k1], claims, 60);
  assert.equal(await signRefreshToken([k1], claims, 60), token);
  assert.deepEqual(await readRefreshToken([k2, k1], token, now), { ...claims, exp: iat + 60 });
  assert.equal(await readRefreshToken([k2, k1], token, now + 61_000), "expired");
  for (const wrong of [`${token}x`, "rubbish", "", await serviceProof([k1], "account", now)])
    assert.equal(await readRefreshToken([k1], wrong, now), "invalid");
  assert.equal(await readRefreshToken([k2], token, now), "invalid");
});

test("a service proves itself by any key of the platform, for a minute", async () => {
  const [k1, k2, strange] = ["k1", "k2", "k1"].map((id) => ({ id, key: random(32) }));
  assert.ok(k1 && k2 && strange);
  const proof = await serviceProof([k1], "cluster", now);
  assert.equal(await provenService([k2, k1], proof, now), "cluster");
  assert.equal(await provenService([k1], proof, now + 61_000), undefined);
  assert.equal(await provenService([strange], proof, now), undefined);
  assert.equal(await provenService([k1], "", now), undefined);
});
