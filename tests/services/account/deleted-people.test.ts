import assert from "node:assert/strict";
import { test } from "node:test";
import { type OperationId, operations } from "../../../schemas/generated/http.ts";
import { account } from "../../../services/account/service.ts";
import { eventually } from "../../eventually.ts";
import { servedWithAccounts } from "../../world/accounts.ts";
import { ok } from "../../world/requests.ts";

const about = ["planted-vendor", "planted-name", "planted-phone", "planted-words"];

test("once a person is deleted, no read model and no answer names them", async (t) => {
  const world = await servedWithAccounts();
  t.after(() => world.stop());
  const admin = await world.admin();
  const password = "correct horse";
  const { user_id } = await ok(admin.call("CreateUser", { email: "planted-vendor@example.org", password, role_id: "isv" }));
  const vendor = await eventually("the vendor has a group", async () => {
    const found = await world.signIn("planted-vendor@example.org", password);
    return (await ok(found.call("DescribeGroups"))).total_count === 1 && found;
  });
  const { reset_id } = await ok(vendor.call("CreatePasswordReset", { user_id, password }));
  assert.ok(reset_id);
  await ok(vendor.call("ModifyUser", { user_id, username: about[1], phone_number: about[2], description: about[3] }));
  const named = async () => {
    const documents = await Promise.all((account.projections ?? []).map(({ name }) => world.documents("account", name)));
    const reads = Object.entries(operations).filter(
      ([, { service, method, answers }]) => service === "account" && method === "get" && answers === "json",
    );
    const answers = await Promise.all(
      reads.map(async ([operation]) => (await admin.call(operation as OperationId, { role_id: "isv" })).body),
    ); // A name of the table.
    assert.ok(answers.length > 5);
    const [held, said] = [JSON.stringify(documents), JSON.stringify(answers)];
    return about.map((each) => `${held.includes(each)} ${said.includes(each)}`);
  };
  assert.deepEqual(await named(), Array(about.length).fill("true true"));
  await ok(admin.call("DeleteUsers", { user_id: [user_id] }));
  assert.deepEqual(await named(), Array(about.length).fill("false false"));
});
