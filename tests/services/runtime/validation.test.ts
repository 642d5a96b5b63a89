import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Fields } from "../../../services/chassis/http/fields.ts";
import { runtime } from "../../../services/runtime/service.ts";
import { announced } from "../../world/announcements.ts";
import { type Caller, ok } from "../../world/requests.ts";
import { provider } from "../../world/toys/provider.ts";
import { served, type World } from "../../world/world.ts";

let world: World;
let mine: Caller;
const asked: Fields[] = [];
const credential = async (fields: Fields): Promise<Fields> => {
  asked.push(fields);
  return fields.content === "late" ? { refused: "the certificate has expired" } : {};
};

before(async () => {
  world = await served([
    runtime,
    // What it announces is put below.
    { ...provider(undefined, { outside: async () => ({ open: async () => ({ outside: {}, inquiries: { credential } }) }) }), signals: [] },
  ]);
  for (const name of ["local", "moon"])
    await world.put("providers", name, announced(name, { credential_schema: '{"type":"string","maxLength":9}' }));
  await world.know("user/usr-mine", { kind: "user", roleIds: ["user"] });
  mine = await world.as("usr-mine");
});
after(() => world.stop());

const validate = (provider: string, runtime_credential_content: string, more: object = {}) =>
  ok(mine.call("ValidateRuntimeCredential", { provider, runtime_credential_content, ...more }));

test("a credential is tried by its provider, which says why it is none; nothing is stored", async () => {
  assert.deepEqual(await validate("local", "good", { zone: "shop" }), { ok: true, reason: "" });
  assert.deepEqual(await validate("local", "late"), { ok: false, reason: "the certificate has expired" });
  assert.deepEqual(asked, [
    { content: "good", zone: "shop" },
    { content: "late", zone: "" },
  ]);
  assert.equal(world.of("runtime").database.commits.size, 0);
});

test("a content that has not the form of its provider's credentials is not tried", async () => {
  const before = asked.length;
  const { ok: isGood, reason } = await validate("local", "more than nine characters");
  assert.deepEqual([isGood, asked.length], [false, before]);
  assert.match(reason, /must NOT have more than 9 characters/);
});

test("of a provider that does not run only the form is checked, and the answer says so", async () => {
  assert.deepEqual(await validate("moon", "late"), { ok: true, reason: "provider [moon] does not run: only the form was checked" });
});
