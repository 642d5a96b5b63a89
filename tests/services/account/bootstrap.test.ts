import assert from "node:assert/strict";
import { test } from "node:test";
import type { AccountOutside } from "../../../services/account/ports.ts";
import { account } from "../../../services/account/service.ts";
import { systemClock } from "../../../services/chassis/process/clock.ts";
import { administrator, client, servedWithAccounts } from "../../world/accounts.ts";
import { platformKey } from "../../world/process.ts";
import { simulated } from "../../world/world.ts";
import { unnamed } from "./examples.ts";

const unset = { environment: { PITRIX_BOOTSTRAP_CLIENT: "", PITRIX_BOOTSTRAP_LOGIN_CLIENT: "", PITRIX_BOOTSTRAP_ADMIN: "" } };

test("without settings two clients and an administrator are made and printed, once", async () => {
  const world = await servedWithAccounts([], unset);
  try {
    const [first = "", second = "", third = ""] = world.printed;
    assert.equal(world.printed.length, 3);
    const [, client_id, client_secret] = /^client for operators: (\S+) secret: (\S+)$/.exec(first) ?? [];
    const [, login_id, login_secret] = /^client for logins: (\S+) secret: (\S+)$/.exec(second) ?? [];
    const [, username, password] = /^first administrator: (\S+) password: (\S+)$/.exec(third) ?? [];
    assert.equal((await world.grant({ grant_type: "client_credentials", client_id, client_secret })).status, 200);
    const login = { grant_type: "password", username, password, client_id: login_id, client_secret: login_secret };
    assert.equal((await world.grant(login)).status, 200);

    const commits = world.of().database.commits.size;
    const another = await world.start({ service: account, ...unset }, 2);
    await another.stop();
    assert.equal(world.printed.length, 3);
    assert.equal(world.of().database.commits.size, commits, "a second instance makes nothing");
  } finally {
    await world.stop();
  }
});

test("what the settings name is made and not printed", async () => {
  const world = await servedWithAccounts();
  try {
    assert.deepEqual(world.printed, []);
    assert.ok(await world.signIn(administrator.email, administrator.password));
    assert.equal((await world.grant({ grant_type: "client_credentials", client_id: client.id })).status, 200);
  } finally {
    await world.stop();
  }
});

test("whoever finds the service ready gets a token, however late the read models are written", async () => {
  const before = (call: string) => (call.startsWith("documents.write") ? systemClock.sleep(200) : Promise.resolve());
  const world = await servedWithAccounts([], { before });
  try {
    const { status, body } = await world.grant({ grant_type: "client_credentials", client_id: client.id });
    assert.equal(status, 200, JSON.stringify(body));
    assert.ok(await world.signIn(administrator.email, administrator.password));
  } finally {
    await world.stop();
  }
});

test("a client and an administrator that the settings name later are made too, once", async () => {
  const world = await servedWithAccounts([], unset);
  try {
    const environment = { PITRIX_BOOTSTRAP_CLIENT: "later:later secret", PITRIX_BOOTSTRAP_ADMIN: "later@example.org:later password" };
    for (const number of [2, 3]) await (await world.start({ service: account, environment }, number)).stop();
    const credentials = { client_id: "later", client_secret: "later secret" };
    const ask = { grant_type: "password", username: "later@example.org", password: "later password", ...credentials };
    assert.equal((await world.grant(ask)).status, 200);
    assert.equal(world.printed.length, 3);
    const kinds = [...world.of().database.commits.values()].flatMap(({ events }) => events.map(({ type }) => type));
    assert.deepEqual(kinds.toSorted(), [
      ...["ClientCreated", "ClientCreated", "ClientCreated", "ClientSecretSet", "ClientSecretSet", "ClientSecretSet"],
      ...["LookupKeyCreated", "PasswordSet", "PasswordSet"],
      ...["SessionStarted", "SigningKeyAnnounced", "UserCreated", "UserCreated"],
    ]);
  } finally {
    await world.stop();
  }
});

/** Starts instances one after the other or at once, each with its own outside, and tells what they made. */
const starts = async () => {
  const running = await simulated([]);
  const printed: string[] = [];
  const hashed: string[] = [];
  let number = 0;
  const start = (more: Partial<AccountOutside> = {}) =>
    running.start(
      {
        service: account,
        outside: () =>
          ({
            ...unnamed,
            hashPassword: async (password) => ({ passwordHash: `hash of ${hashed.push(password) && password}` }),
            hashSecret: async (secret) => `hash of ${hashed.push(secret) && secret}`,
            print: (line) => void printed.push(line),
            ...more,
          }) satisfies AccountOutside,
      },
      ++number,
    );
  const commits = () => [...(running.databases.get("account")?.commits.values() ?? [])];
  return { ...running, start, printed, hashed, commits };
};
const oneClient = ["ClientSecretSet", "ClientCreated"];
const one = ["SigningKeyAnnounced", "LookupKeyCreated", ...oneClient, ...oneClient, "PasswordSet", "UserCreated"];
const named = (id: string, email: string) => ({
  firstClient: { given: true, id, secret: `secret of ${id}` },
  loginClient: { given: true, id: `login-${id}`, secret: `secret for logins` },
  firstAdministrator: { given: true, id: `usr-${email.toLowerCase().slice(0, 3)}`, email, password: `password of ${email}` },
});

test("a start refuses a weak password of the administrator, and says why", async () => {
  const environment = { PITRIX_BOOTSTRAP_ADMIN: "admin@example.org:hunter2" };
  await assert.rejects(servedWithAccounts([], { environment }), /PITRIX_BOOTSTRAP_ADMIN: the password has fewer than 12 characters/);
});

test("the id of the administrator does not tell the address", async () => {
  const idOn = async (key: string): Promise<string> => {
    const world = await servedWithAccounts([], { environment: { PITRIX_SEALING_KEYS: key } });
    try {
      const { user_set } = (await (await world.admin()).call("DescribeUsers", { email: administrator.email })).body;
      return user_set[0].user_id;
    } finally {
      await world.stop();
    }
  };
  const ids = [await idOn(platformKey()), await idOn(platformKey())];
  assert.equal(new Set(ids).size, 2, "it depends on the platform key");
  assert.ok(ids.every((id) => /^usr-[\w-]{12}$/.test(id)));
});

test("a start that finds everything made hashes and commits nothing", async () => {
  const { start, story, printed, hashed, commits, stop } = await starts();
  await start();
  assert.deepEqual(story(), one);
  const before = [commits().length, hashed.length];
  await start({ newSigningKey: () => assert.fail("there is a key") });
  assert.deepEqual([commits().length, hashed.length], before);
  assert.equal(printed.length, 3);
  await stop();
});

test("of instances that start at once one makes and prints what is used", async () => {
  const { start, story, history, printed, hashed, stop } = await starts();
  const made = (name: string) => ({ ...unnamed.firstClient, secret: `secret of ${name}` });
  // All have found nothing before the first one makes something.
  let allTried: () => void = () => {};
  const tried = new Promise<void>((resolve) => {
    allTried = resolve;
  });
  const hashSecret = async (secret: string): Promise<string> => {
    if (secret.startsWith("secret of") && hashed.push(secret) === 3) allTried();
    await tried;
    return `hash of ${secret}`;
  };
  await Promise.all(
    ["a", "b", "c"].map((name) =>
      start({ firstClient: made(name), hashSecret, hashPassword: async (word) => ({ passwordHash: await hashSecret(word) }) }),
    ),
  );
  assert.equal(hashed.length, 3, "each of them tries");
  assert.deepEqual(story().toSorted(), one.toSorted());
  const [set] = history().flatMap(({ event }) => (event.type === "ClientSecretSet" ? [String(Reflect.get(event, "secretHash"))] : []));
  const name = set?.slice(-1);
  assert.deepEqual(
    printed.filter((line) => line.startsWith("client for operators")),
    [`client for operators: client-1 secret: secret of ${name}`],
  );
  assert.equal(printed.length, 3);
  await stop();
});

test("what the settings name and is there already changes nothing", async () => {
  const { start, story, printed, stop } = await starts();
  await start(named("client-a", "Ada@example.org"));
  await start(named("client-a", "ada@example.org"));
  assert.deepEqual(story(), one);
  assert.deepEqual(printed, []);
  await stop();
});

test("the causes under which starts are remembered stay as they are", async () => {
  const { start, commits, stop } = await starts();
  await start();
  const causes = () => commits().flatMap(({ cause }) => (cause?.startsWith("bootstrap/") ? [cause] : []));
  assert.deepEqual(causes(), [
    ...["bootstrap/signing-key", "bootstrap/lookup-key"],
    ...["bootstrap/client", "bootstrap/client-created"],
    ...["bootstrap/login-client", "bootstrap/login-client-created"],
    ...["bootstrap/administrator", "bootstrap/administrator-created"],
  ]);
  await start(named("client-a", "Ada@example.org"));
  assert.deepEqual(causes().slice(8), [
    ...["bootstrap/client/client-a", "bootstrap/client-created/client-a"],
    ...["bootstrap/login-client/login-client-a", "bootstrap/login-client-created/login-client-a"],
    ...["bootstrap/administrator/digest-of-ada-example-org", "bootstrap/administrator-created/digest-of-ada-example-org"],
  ]);
  await stop();
});

test("an administrator whom an earlier release made, under a cause with the address, is not made again", async () => {
  const { start, databases, story, stop } = await starts();
  await start();
  const causes = databases.get("account")?.causes ?? new Map<string, string>();
  for (const name of ["bootstrap/administrator", "bootstrap/administrator-created"])
    causes.set(`${name}/ada@example.org`, causes.get(name) ?? "");
  const before = story().length;
  await start({ firstAdministrator: named("client-a", "Ada@example.org").firstAdministrator });
  assert.deepEqual(
    [...causes.keys()].filter((cause) => cause.includes("digest")),
    [],
  );
  assert.equal(story().length, before);
  await stop();
});
