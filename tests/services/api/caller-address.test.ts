import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { callerAddress } from "../../../services/api/caller-address.ts";
import { api } from "../../../services/api/service.ts";
import { settings } from "../../../services/api/settings.ts";
import { servedWithAccounts } from "../../world/accounts.ts";

const addressOf = (trusted: string, remoteAddress: string | undefined, forwarded?: string | string[]): string => {
  const networks = settings.trustedProxies.parse(trusted);
  assert.ok(networks, trusted);
  const headers = { ...(forwarded !== undefined && { "x-forwarded-for": forwarded }) };
  return callerAddress(networks)({ headers, socket: { remoteAddress } } as never); // Nothing else of a request is looked at.
};

const cases: readonly (readonly [
  what: string,
  expected: string,
  trusted: string,
  remote: string | undefined,
  forwarded?: string | string[],
])[] = [
  ["nobody is trusted by default", "10.0.0.1", "none", "10.0.0.1", "192.0.2.1"],
  ["a trusted proxy names its caller", "192.0.2.1", "10.0.0.0/8", "10.0.0.1", "192.0.2.1"],
  ["a single address is trusted", "192.0.2.1", "10.0.0.1", "10.0.0.1", "192.0.2.1"],
  ["another proxy is not trusted", "10.0.0.2", "10.0.0.1", "10.0.0.2", "192.0.2.1"],
  ["what the caller says of itself is not believed", "192.0.2.1", "10.0.0.0/8", "10.0.0.1", "203.0.113.7, 192.0.2.1"],
  ["two proxies in a row", "192.0.2.1", "10.0.0.0/8", "10.0.0.1", "203.0.113.7, 192.0.2.1, 10.0.0.2"],
  ["several headers are one list", "192.0.2.1", "10.0.0.0/8", "10.0.0.1", ["203.0.113.7", "192.0.2.1, 10.0.0.2"]],
  ["a caller among the proxies", "10.0.0.9", "10.0.0.0/8", "10.0.0.1", "10.0.0.9"],
  ["a proxy that names nobody stands for its callers", "10.0.0.1", "10.0.0.0/8", "10.0.0.1"],
  ["an entry that is no address ends the list", "10.0.0.1", "10.0.0.0/8", "10.0.0.1", "192.0.2.1, unknown"],
  ["an entry with a port", "192.0.2.1", "10.0.0.0/8", "10.0.0.1", "192.0.2.1:4711"],
  ["IPv6 with a port", "2001:db8::1", "fd00::/8", "fd00::1", "[2001:db8::1]:4711"],
  ["IPv6", "2001:db8::1", "fd00::/8", "fd00::1", "2001:db8::1"],
  ["a proxy in IPv4 on a socket of IPv6", "192.0.2.1", "10.0.0.0/8", "::ffff:10.0.0.1", "192.0.2.1"],
  ["a socket that is closed", "", "10.0.0.0/8", undefined, "192.0.2.1"],
];
for (const [what, expected, ...given] of cases)
  test(`the caller's address: ${what}`, () => {
    assert.equal(addressOf(...given), expected);
  });

test("trusted proxies are networks and addresses, and never everybody", () => {
  for (const wrong of ["all", "10.0.0.0/33", "proxy.example", "10.0.0.1:80", "::/129"])
    assert.equal(settings.trustedProxies.parse(wrong), undefined, wrong);
  assert.deepEqual(settings.trustedProxies.parse("10.0.0.1, fd00::1,192.0.2.0/24"), ["10.0.0.1/32", "fd00::1/128", "192.0.2.0/24"]);
});

/** Fifteen wrong passwords, each from another address as the proxy names it, and from another one as the caller says. */
const guesses = async (t: TestContext, trusted: string): Promise<readonly number[]> => {
  const world = await servedWithAccounts([api], { environment: { PITRIX_TRUSTED_PROXIES: trusted } });
  t.after(() => world.stop());
  const wrong = (nth: number) =>
    world.grant(
      { grant_type: "password", username: "x@example.org", password: "wrong" },
      { "x-forwarded-for": `198.51.100.9, 192.0.2.${nth}` },
    );
  return (await Promise.all(Array.from({ length: 12 }, (_, nth) => wrong(nth)))).map(({ status }) => status).toSorted();
};

test("guesses count for the address that a trusted proxy names", async (t) => {
  assert.deepEqual(await guesses(t, "127.0.0.1"), Array(12).fill(403));
});

test("guesses count for the address of the connection where nobody is trusted", async (t) => {
  assert.deepEqual(await guesses(t, "none"), [...Array(10).fill(403), 429, 429]);
});
