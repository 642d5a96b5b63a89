import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { provenAddress } from "../../../services/chassis/access/address.ts";
import { administrator, servedWithAccounts } from "../../world/accounts.ts";

describe("guessing costs", () => {
  let world: Awaited<ReturnType<typeof servedWithAccounts>>;
  before(async () => {
    world = await servedWithAccounts();
  });
  after(() => world?.stop());

  const login = (username: string, password: string, headers = {}) => world.grant({ grant_type: "password", username, password }, headers);
  /** As the gateway names the caller's address. */
  const from = (address: string) => ({ "pitrix-address": provenAddress(world.of().host.keys, address) });
  const statuses = (answers: readonly { readonly status: number }[]) => {
    const counts: Record<number, number> = {};
    for (const { status } of answers) counts[status] = (counts[status] ?? 0) + 1;
    return counts;
  };
  const times = <T>(count: number, make: (nth: number) => Promise<T>) => Promise.all(Array.from({ length: count }, (_, nth) => make(nth)));
  /** The next test meets no limit of this one. */
  const forget = () => world.time.pass(16 * 60_000);

  test("sixty wrong secrets of a client: ten are checked, and nobody waits for them", async () => {
    assert.equal((await world.grant({ grant_type: "client_credentials" })).status, 200);
    const wrong = times(60, (nth) => world.grant({ grant_type: "client_credentials", client_secret: `wrong ${nth}` }));
    const other = await login(administrator.email, administrator.password);
    assert.equal(other.status, 200);
    const answers = await wrong;
    assert.deepEqual(statuses(answers), { 403: 10, 429: 50 });
    const limited = answers.find(({ status }) => status === 429);
    assert.equal(limited?.error, "rate_limit_exceeded");
    const seconds = Number(limited?.headers.get("retry-after"));
    assert.ok(seconds > 800 && seconds <= 900, `${seconds}`);
    const right = await world.grant({ grant_type: "client_credentials" });
    assert.equal(right.status, 200, "a secret that was right before is no guess");
    forget();
    assert.equal((await world.grant({ grant_type: "client_credentials", client_secret: "wrong" })).status, 403);
    forget();
  });

  test("ten wrong passwords of an account from one address, then nobody signs in from there for a quarter of an hour", async () => {
    for (const username of [administrator.email, "nobody@example.org"]) {
      const answers = await times(15, (nth) => login(nth % 2 ? username : username.toUpperCase(), `wrong ${nth}`, from("192.0.2.1")));
      assert.deepEqual(statuses(answers), { 403: 10, 429: 5 });
    }
    const isRight = () => login(administrator.email, administrator.password, from("192.0.2.1"));
    assert.equal((await isRight()).status, 429);
    assert.equal((await login(administrator.email, administrator.password, from("192.0.2.2"))).status, 200, "from elsewhere");
    world.time.pass(15 * 60_000);
    assert.equal((await isRight()).status, 200);
    forget();
  });

  test("right passwords count for nothing, however many at once", async () => {
    const answers = await times(12, () => login(administrator.email, administrator.password));
    assert.deepEqual(statuses(answers), { 200: 12 });
    for (let round = 0; round < 3; round++) {
      await times(9, () => login(administrator.email, "wrong"));
      assert.equal((await login(administrator.email, administrator.password)).status, 200);
      forget();
    }
  });

  test("an account is guessed a hundred times an hour at most, from however many addresses, and its owner still signs in from home", async () => {
    const email = "owner@example.org";
    await (await world.admin()).call("CreateUser", { email, password: "correct horse", role_id: "user" });
    const homes = ["198.51.100.1", "198.51.100.2", "198.51.100.3"];
    for (const home of homes) assert.equal((await login(email, "correct horse", from(home))).status, 200);
    const wrong = async (addresses: readonly string[], each: number) =>
      statuses((await Promise.all(addresses.map((address) => times(each, () => login(email, "wrong", from(address)))))).flat());
    const strangers = Array.from({ length: 70 }, (_, nth) => `192.0.2.${nth}`);
    assert.deepEqual(await wrong(strangers, 1), { 403: 50, 429: 20 });
    assert.equal((await login(email, "correct horse", from("192.0.2.200"))).status, 429, "an address from which nobody signed in");
    for (const home of homes) assert.equal((await login(email, "correct horse", from(home))).status, 200, "at home");
    for (let quarter = 0; quarter < 2; quarter++) {
      assert.deepEqual(await wrong(homes, 10), quarter === 0 ? { 403: 30 } : { 403: 20, 429: 10 });
      world.time.pass(15 * 60_000);
    }
    world.time.pass(31 * 60_000);
    assert.equal((await login(email, "correct horse", from("192.0.2.200"))).status, 200, "an hour later");
    forget();
  });

  test("the attempts through one client are counted over all accounts and addresses", async () => {
    const answers = await times(110, (nth) => login(`person-${nth}@example.org`, "guess", from(`192.0.2.${nth}`)));
    const { 403: refused = 0, 429: limited = 0, 503: shed = 0 } = statuses(answers);
    assert.equal(refused + limited + shed, 110);
    assert.ok(refused <= 100, "a hundred a minute");
    if (shed === 0) assert.equal(limited, 10);
    forget();
  });

  test("an address that the gateway did not name is not believed", async () => {
    const proven = from("192.0.2.1")["pitrix-address"];
    const forged = (nth: number) => ({
      "x-forwarded-for": `192.0.2.${nth}`,
      "pitrix-address": [`192.0.2.${nth}`, `192.0.2.${nth + 10} ${proven.split(" ")[1]}`][nth % 2] ?? "",
    });
    const answers = await times(15, (nth) => login("nobody@example.org", "wrong", forged(nth)));
    assert.deepEqual(statuses(answers), { 403: 10, 429: 5 });
    forget();
  });

  test("whoever is signed in guesses no more passwords than anybody else", async () => {
    const admin = await world.admin();
    const email = "target@example.org";
    const { user_id } = (await admin.call("CreateUser", { email, password: "correct horse", role_id: "user" })).body;
    const asked = await times(8, (nth) => admin.call("ValidateUserPassword", { email, password: `wrong ${nth}` }));
    assert.deepEqual(statuses(asked), { 200: 8 });
    const reset = await times(4, (nth) => admin.call("CreatePasswordReset", { user_id, password: `wrong ${nth}` }));
    assert.deepEqual(statuses(reset), { 403: 2, 429: 2 });
    assert.equal((await login(email, "correct horse")).status, 429);
    forget();
  });

  test("an unknown account takes as long as a wrong password", async () => {
    const taken: Record<string, number[]> = { [administrator.email]: [], "nobody@example.org": [] };
    // In turns, so that a machine that is busy for a while slows down both.
    for (let nth = 0; nth < 9; nth++)
      for (const [username, times] of Object.entries(taken))
        times.push((await login(username, "wrong", from(`198.51.100.${nth}`))).milliseconds);
    const [known = 0, unknown = 0] = Object.values(taken).map((times) => times.toSorted((a, b) => a - b)[4]);
    assert.ok(unknown > known / 2 && unknown < known * 2, `${known} ms and ${unknown} ms`);
    forget();
  });
});
