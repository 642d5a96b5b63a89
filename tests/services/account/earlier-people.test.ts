import assert from "node:assert/strict";
import { test } from "node:test";
import { codec } from "../../../events/codec/codec.ts";
import type { Commit } from "../../../events/ports.ts";
import { schemas } from "../../../schemas/generated/schemas.ts";
import { hashPassword } from "../../../services/chassis/access/passwords.ts";
import { eventually } from "../../eventually.ts";
import { heldBy, leaksIn } from "../../everything.ts";
import { servedWithAccounts } from "../../world/accounts.ts";
import { ok } from "../../world/requests.ts";

/** Events as an earlier release wrote them: without the newest version of what seals people. */
const earlier = codec(schemas.filter(({ schema }) => !JSON.stringify(schema).includes('"personal"')));
const password = "correct horse";
const [user_id, email] = ["usr-earlier", "Planted-Earlier@example.org"];

test("a person of an earlier release is found, signs in and keeps the address; a change seals them, and a deletion ends it", async (t) => {
  const world = await servedWithAccounts();
  t.after(() => world.stop());
  const admin = await world.admin();
  const created = {
    ...{ type: "UserCreated", userId: user_id, username: "planted-name", email, phoneNumber: "planted-phone", description: "" },
    ...{ passwordHash: await hashPassword(password), roleIds: ["user"], groupPath: "", owner: user_id, ownerPath: `:${user_id}` },
  };
  const commit: Commit = {
    ...{ stream: `user/${user_id}`, version: 1, events: [earlier.encode("user", created)], cause: null, rejection: null },
    ...{ claims: [`e-mail ${email.toLowerCase()}`], publish: true, effects: [], timers: [] },
    metadata: {
      ...{
        time: "2024-05-01T10:00:00.000Z",
        actor: { userId: "system", ownerPath: ":system" },
        correlationId: "earlier",
        causationId: null,
      },
      ...{ actionId: null, row: "CreateUser", hops: 0, traceparent: null, fingerprint: null },
    },
  };
  const { ports } = world.of("account");
  assert.equal(await ports.store.append(commit), 1);
  const row = async (fields: object) => (await ok(admin.call("DescribeUsers", fields))).user_set?.[0];
  const person = await eventually("the person is there", async () => row({ user_id: [user_id] }));
  const known = { username: "planted-name", email, phone_number: "planted-phone", description: "" };
  const shown = ({ username, email, phone_number, description }: typeof known) => ({ username, email, phone_number, description });
  assert.deepEqual(shown(person), known);
  for (const fields of [{ email: [email.toUpperCase()] }, { search_word: "earlier@" }, { phone_number: ["planted-phone"] }])
    assert.equal((await row(fields)).user_id, user_id, JSON.stringify(fields));

  const self = await world.signIn(email.toUpperCase(), password);
  const { reset_id } = await ok(self.call("CreatePasswordReset", { user_id, password }));
  await ok(self.call("ChangePassword", { reset_id, new_password: "battery staple" }));
  const again = await admin.call("CreateUser", { email: email.toLowerCase(), password, role_id: "user" });
  assert.deepEqual([again.status, again.error], [403, "email_exists"]);

  await ok(admin.call("ModifyUser", { user_id, phone_number: "planted-other" }));
  assert.deepEqual(shown(await row({ email: [email] })), { ...known, phone_number: "planted-other" });
  assert.ok((await world.grant({ grant_type: "password", username: email, password: "battery staple" })).body.access_token);
  const { error } = await admin.call("CreateUser", { email, password, role_id: "user" });
  assert.equal(error, "email_exists");
  // What was written since stands nowhere in clear; the read models have forgotten what was written before.
  const models = [...world.of("account").database.models]
    .flatMap(([name, documents]) => [name, JSON.stringify([...documents.values()])])
    .join();
  assert.deepEqual(leaksIn({ ...heldBy(world, []), models, databases: "" }, ["planted-other"]), []);
  assert.deepEqual(leaksIn({ models }, ["planted-name", "planted-phone", "lanted-earlier@"]), []);

  await ok(admin.call("DeleteUsers", { user_id: [user_id] }));
  assert.deepEqual(shown(await row({ user_id: [user_id] })), { username: "", email: "", phone_number: "", description: "" });
  await ok(admin.call("CreateUser", { email, password, role_id: "user" }));
});

test("two changes of a person are both kept, or one of them is told to try again", async (t) => {
  const world = await servedWithAccounts();
  t.after(() => world.stop());
  const admin = await world.admin();
  const { user_id } = await ok(admin.call("CreateUser", { email: "twice@example.org", password, role_id: "user", phone_number: "1" }));
  const changes = [{ username: "a name" }, { phone_number: "2" }, { description: "words" }];
  const answers = await Promise.all(changes.map((change) => admin.call("ModifyUser", { user_id, ...change })));
  for (const { status, error } of answers) assert.ok(status === 200 || error === "failed_precondition", `${status} ${error}`);
  const kept = changes.filter((_, nth) => answers[nth]?.status === 200);
  assert.ok(kept.length > 0);
  const [user = {}] = (await ok(admin.call("DescribeUsers", { user_id: [user_id] }))).user_set ?? [];
  const before = { username: "twice", email: "twice@example.org", phone_number: "1", description: "" };
  const expected = Object.assign(before, ...kept);
  for (const [field, value] of Object.entries(expected)) assert.equal(Reflect.get(user, field), value, field);
});

test("whoever looks while a person is changed sees them as they were or as they are, and never without a name", async (t) => {
  let late = false;
  const before = async (call: string): Promise<void> => {
    for (let turn = 0; late && call.startsWith("documents.write") && turn < 20; turn++) await new Promise(setImmediate);
  };
  const world = await servedWithAccounts([], { before });
  t.after(() => world.stop());
  const admin = await world.admin();
  const { user_id } = await ok(admin.call("CreateUser", { email: "seen@example.org", password, role_id: "user" }));
  late = true;
  const names = new Set<string>();
  let changing = true;
  const look = async (): Promise<void> => {
    while (changing) names.add((await ok(admin.call("DescribeUsers", { user_id: [user_id] }))).user_set?.[0]?.username ?? "");
  };
  const looking = Promise.all([look(), look()]);
  for (let nth = 0; nth < 15; nth++) await ok(admin.call("ModifyUser", { user_id, username: `name ${nth}` }));
  changing = false;
  await looking;
  assert.deepEqual(
    [...names].filter((name) => !/^(seen|name \d+)$/.test(name)),
    [],
  );
  assert.ok(names.size > 1);
});
