import assert from "node:assert/strict";
import { test } from "node:test";
import type { Sealed } from "../../../events/index.ts";
import { type OperationId, operations } from "../../../schemas/generated/http.ts";
import { personAt } from "../../../services/account/domain/personal-data.ts";
import { eventually } from "../../eventually.ts";
import { heldBy, leaksIn } from "../../everything.ts";
import { servedWithAccounts } from "../../world/accounts.ts";
import { ok } from "../../world/requests.ts";

const password = "correct horse";
const [first, second] = ["planted-first@example.org", "planted-second@example.org"];
const planted = ["planted-first", "planted-second", "planted-name", "planted-phone", "planted-words", "planted-none"];

test("what is known of a person stands nowhere in clear, and is for nobody to read once it is replaced or deleted", async (t) => {
  const world = await servedWithAccounts();
  t.after(() => world.stop());
  const admin = await world.admin();
  const answers: unknown[] = [];
  let requests = 0;
  /** Under a key, so that what is refused is recorded, too. */
  const keyed = async (operation: OperationId, fields: object, by = admin) => {
    const answer = await by.call(operation, fields, { "idempotency-key": `key-${requests++}` });
    return answer;
  };
  const { user_id } = (await keyed("CreateUser", { email: first, password, role_id: "isv" })).body;
  const person = await eventually("the vendor has a group", async () => {
    const found = await world.signIn(first, password);
    return (await ok(found.call("DescribeGroups"))).total_count === 1 && found;
  });
  const [group] = (await ok(person.call("DescribeGroups"))).group_set ?? [];
  const refusals = [
    ["CreateUser", { email: first.toUpperCase(), password, role_id: "user" }, "email_exists"],
    ["CreateUser", { email: "planted-none", password, role_id: "user" }, "illegal_email_format"],
    ["CreateGroup", { name: first }, "illegal_parameter_format"],
    ["ModifyGroup", { group_id: group.group_id, name: first }, "illegal_parameter_format"],
  ] as const;
  for (const [operation, fields, error] of refusals) {
    const refused = await keyed(operation, fields);
    assert.equal(refused.error, error, operation);
    answers.push(refused.body);
  }
  await keyed("ModifyUser", { user_id, email: second, username: "planted-name", phone_number: "planted-phone" }, person);
  await keyed("ModifyUser", { user_id, description: "planted-words" });
  await ok(person.call("CreatePasswordReset", { user_id, password }));
  for (const username of [first, second, "planted-none@example.org"])
    await world.grant({ grant_type: "password", username, password: "wrong" });
  await ok(admin.call("ValidateUserPassword", { email: second, password }));

  const texts = (): readonly Sealed[] =>
    world.history().flatMap(({ event }) => (Reflect.get(event, "userId") === user_id && "person" in event ? [event.person as Sealed] : [])); // As its schema has it.
  const isOpen = (text: Sealed): Promise<boolean> => {
    const { edge } = world.of("account").host;
    return edge.sealing.open(text, personAt(user_id)).then(
      () => true,
      () => false,
    );
  };
  const open = async () => (await Promise.all(texts().map(isOpen))).filter(Boolean).length;
  const shown = async () => {
    const reads = Object.entries(operations).filter(
      ([, { service, method, answers }]) => service === "account" && method === "get" && answers === "json",
    );
    assert.ok(reads.length > 5);
    const lists = reads.map(async ([operation]) => (await admin.call(operation as OperationId, { role_id: "isv" })).body); // A name of the table.
    const filters = [
      { email: second },
      { email: first },
      { username: "planted-name" },
      { search_word: "planted-w" },
      { sort_key: "email" },
    ];
    const found = filters.map(async (filter) => (await admin.call("DescribeUsers", filter)).body);
    return JSON.stringify(await Promise.all([...lists, ...found]));
  };
  const held = () => heldBy(world, answers);
  for (const where of ["topics", "databases"] as const) assert.ok(held()[where].includes(user_id), "the search finds what is no secret");
  await eventually("the keys of what was replaced are gone", async () => (await open()) === 1);
  assert.equal(texts().length, 3);
  assert.deepEqual(leaksIn(held(), planted), []);
  const now = await shown();
  for (const each of ["planted-second", "planted-name", "planted-phone", "planted-words"]) assert.ok(now.includes(each), each);
  assert.ok(!now.includes("planted-first"));

  await ok(admin.call("DeleteUsers", { user_id: [user_id] }));
  await eventually("the key is gone", async () => (await open()) === 0);
  assert.deepEqual(leaksIn({ ...held(), shown: await shown() }, planted), []);
  assert.ok((await shown()).includes(user_id));
});
