import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { idempotency } from "../../../../services/chassis/http/idempotency.ts";
import { base62, idsOf, saneRequestId, saneTraceparent } from "../../../../services/chassis/http/ids.ts";
import { positionsIn, positionsText } from "../../../../services/chassis/http/positions.ts";
import { random } from "../../../world/process.ts";

const fixed = (name: string) => createHash("sha512").update(name).digest();

test("ids are twelve characters of base 62, none of them likelier than others", () => {
  const counts = new Map<string, number>();
  for (let made = 0; made < 5_000; made++)
    for (const character of base62(random(64))) counts.set(character, (counts.get(character) ?? 0) + 1);
  assert.equal(counts.size, 62);
  for (const count of counts.values()) assert.ok(count > 700 && count < 1_250, String(count));
});

test("the n-th id of a prefix is the same in every reading, and others differ", () => {
  const ids = idsOf(fixed, "cl-1");
  const [first, second] = [ids.reading(), ids.reading()];
  const [a, b, c] = [first("cl"), first("cl"), first("cln")];
  assert.deepEqual([second("cl"), second("cl"), second("cln")], [a, b, c]);
  assert.equal(new Set([a, b, c, idsOf(fixed, "cl-2").reading()("cl")]).size, 4);
  assert.match(c, /^cln-[0-9A-Za-z]{12}$/);
});

test("an action is made once, and only if it is asked for", () => {
  const ids = idsOf(() => random(64), "");
  assert.equal(ids.startedAction(), null);
  const action = ids.actionId();
  assert.equal(ids.actionId(), action);
  assert.equal(ids.startedAction(), action);
});

test("an idempotency key belongs to principal and operation; its note keeps the answer unreadable", () => {
  const keys = [{ id: "k1", key: random(32) }];
  const of = (principal: string, operation: string, key: string, body: object) =>
    idempotency(keys, principal, operation, key, body, random);
  const one = of("usr-1", "CreateClient", "key", { a: 1, b: [{ c: 2, d: 3 }] });
  assert.equal(of("usr-1", "CreateClient", "key", { b: [{ d: 3, c: 2 }], a: 1 }).scope, one.scope);
  const scopes = [of("usr-2", "CreateClient", "key", {}), of("usr-1", "CreateUser", "key", {}), of("usr-1", "CreateClient", "yek", {})];
  assert.equal(new Set([one, ...scopes].map(({ scope }) => scope)).size, 4);
  const note = one.note(2, { client_secret: "s3cret" });
  assert.doesNotMatch(note, /s3cret/);
  const again = of("usr-1", "CreateClient", "key", { b: [{ d: 3, c: 2 }], a: 1 });
  assert.deepEqual(again.read(note), { request: true, messages: 2, answer: { client_secret: "s3cret" } });
  assert.equal(of("usr-1", "CreateClient", "key", { a: 2 }).read(note)?.request, false);
});

test("what is kept of a request does not let a password be tried", () => {
  const platformKeys = [{ id: "k1", key: random(32) }];
  const body = { user_id: "usr-1", password: "correct horse" };
  const of = (keys: readonly { readonly id: string; readonly key: Uint8Array }[], request: object = body) =>
    idempotency(keys, "usr-1", "CreatePasswordReset", "key", request, random);
  const [kept = ""] = of(platformKeys).note(1, null).split(" ");
  const plain = createHash("sha256").update('{"password":"correct horse","user_id":"usr-1"}').digest("base64url");
  assert.notEqual(kept, plain);
  assert.notEqual(
    of([{ id: "k1", key: random(32) }])
      .note(1, null)
      .split(" ")[0],
    kept,
    "another platform keeps something else",
  );

  const rotated = [{ id: "k2", key: random(32) }, ...platformKeys];
  const note = of(platformKeys).note(1, { reset_id: "pr-1" });
  assert.deepEqual(of(rotated).read(note), { request: true, messages: 1, answer: { reset_id: "pr-1" } });
  assert.equal(of(rotated, { ...body, password: "another" }).read(note)?.request, false);
  const earlier = note.replace(kept, plain);
  assert.equal(of(rotated).read(earlier)?.request, true, "what an earlier release kept");
  assert.equal(of(rotated, { ...body, password: "another" }).read(earlier)?.request, false);
});

test("positions survive the header, of each stream the highest", () => {
  const text = positionsText([
    { stream: "cluster/cl-1", version: 2 },
    { stream: "cluster/cl-2", version: 1 },
    { stream: "cluster/cl-1", version: 3 },
  ]);
  assert.equal(text, "cluster/cl-1@3, cluster/cl-2@1");
  assert.deepEqual(positionsIn(text), [
    { stream: "cluster/cl-1", version: 3 },
    { stream: "cluster/cl-2", version: 1 },
  ]);
  for (const wrong of ["cluster/cl-1", "cl-1@3", "cluster/cl-1@x", "cluster/cl-1@1,", "a b/c@1"])
    assert.equal(positionsIn(wrong), undefined, wrong);
});

test("only sane request ids and trace parents are taken on", () => {
  assert.equal(saneRequestId("abc-1.2:3_x"), "abc-1.2:3_x");
  for (const strange of [undefined, "", "a b", "a\nb", "x".repeat(129), "ä"]) assert.equal(saneRequestId(strange), undefined);
  const parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
  assert.equal(saneTraceparent(parent), parent);
  assert.equal(saneTraceparent("00-4bf9-00f0-01"), null);
});
