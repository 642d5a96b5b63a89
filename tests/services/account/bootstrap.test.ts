import assert from "node:assert/strict";
import { test } from "node:test";
import { administrator, client, served } from "./served.ts";

const unset = { PITRIX_BOOTSTRAP_CLIENT: "", PITRIX_BOOTSTRAP_ADMIN: "" };

test("without settings a client and an administrator are made and printed, once", async () => {
  const world = await served(unset);
  try {
    const [first = "", second = ""] = world.printed;
    assert.equal(world.printed.length, 2);
    const [, client_id, client_secret] = /^first client: (\S+) secret: (\S+)$/.exec(first) ?? [];
    const [, username, password] = /^first administrator: (\S+) password: (\S+)$/.exec(second) ?? [];
    assert.equal((await world.token({ grant_type: "client_credentials", client_id, client_secret })).status, 200);
    assert.equal((await world.token({ grant_type: "password", username, password, client_id, client_secret })).status, 200);

    const commits = world.database.commits.size;
    const another = await world.start("account-2");
    await another.stop();
    assert.equal(world.printed.length, 2);
    assert.equal(world.database.commits.size, commits, "a second instance makes nothing");
  } finally {
    await world.stop();
  }
});

test("what the settings name is made and not printed", async () => {
  const world = await served();
  try {
    assert.deepEqual(world.printed, []);
    assert.ok(await world.signIn(administrator.email, administrator.password));
    assert.equal((await world.token({ grant_type: "client_credentials", client_id: client.id })).status, 200);
  } finally {
    await world.stop();
  }
});

test("whoever finds the service ready gets a token, however late the read models are written", async () => {
  const world = await served({}, 200);
  try {
    const { status, body } = await world.token({ grant_type: "client_credentials", client_id: client.id });
    assert.equal(status, 200, JSON.stringify(body));
    assert.ok(await world.signIn(administrator.email, administrator.password));
  } finally {
    await world.stop();
  }
});

test("a client and an administrator that the settings name later are made too, once", async () => {
  const world = await served(unset);
  try {
    const later = { PITRIX_BOOTSTRAP_CLIENT: "later:later secret", PITRIX_BOOTSTRAP_ADMIN: "later@example.org:later password" };
    for (const id of ["account-2", "account-3"]) await (await world.start(id, later)).stop();
    const credentials = { client_id: "later", client_secret: "later secret" };
    const ask = { grant_type: "password", username: "later@example.org", password: "later password", ...credentials };
    assert.equal((await world.token(ask)).status, 200);
    assert.equal(world.printed.length, 2);
    const kinds = [...world.database.commits.values()].flatMap(({ events }) => events.map(({ type }) => type));
    assert.deepEqual(kinds.toSorted(), ["ClientCreated", "ClientCreated", "SigningKeyAnnounced", "UserCreated", "UserCreated"]);
  } finally {
    await world.stop();
  }
});
