import assert from "node:assert/strict";
import { before, test } from "node:test";
import { systemClock } from "../../../../services/chassis/process/clock.ts";
import { readConfig } from "../../../../services/chassis/process/config.ts";
import { connectStore, Unreachable } from "../../../../services/chassis/process/connect.ts";
import { silent } from "../../../../services/chassis/process/logging.ts";
import { Denied } from "../../../../services/chassis/process/tls/denied.ts";
import { platformKey } from "../../../world/process.ts";
import { authority } from "./authority.ts";
import { securedStore } from "./fixture.ts";

let urlFor: (service: string) => string;
before(async () => {
  urlFor = await securedStore(authority(), ["account", "repo"]);
});

const connected = (url: string, clock = systemClock) => {
  const environment = { KAFKA_BROKERS: "localhost:1", MONGODB_URL: url, PITRIX_SEALING_KEYS: platformKey() };
  return connectStore(readConfig(environment, [{ name: "account", place: 0 }]), "account", clock, silent);
};

test("a service reads and writes its own database over TLS, and no other's", { timeout: 60_000 }, async () => {
  const own = await connected(urlFor("account"));
  const digest = await own.blobs.put(Buffer.from("hello"));
  assert.equal(Buffer.from((await own.blobs.get(digest)) ?? []).toString(), "hello");
  await own.close();
  const others = await connected(urlFor("repo"));
  await assert.rejects(others.blobs.get(digest), /not authorized|unauthorized/i);
  await others.close();
});

const refused: readonly (readonly [what: string, change: (url: URL) => void, says: RegExp])[] = [
  ["a wrong password", (url) => void Object.assign(url, { password: "wrong" }), /wrong user or password: .*\n.*MONGODB_URL/],
  [
    "another authority than the store's",
    (url) => url.searchParams.set("tlsCAFile", authority().ca),
    /no TLS with it \((UNABLE_TO|SELF_SIGNED)_\w+\): /,
  ],
];
for (const [what, change, says] of refused)
  test(`${what} ends a start at once, saying which options count`, { timeout: 60_000 }, async () => {
    const url = new URL(urlFor("account"));
    change(url);
    const began = Date.now();
    await assert.rejects(connected(url.href), (error: Error) => {
      assert.match(error.message, says);
      return error instanceof Denied;
    });
    assert.ok(Date.now() - began < 30_000);
  });

test("no certificate ends a start that has waited long enough, saying which options count", { timeout: 60_000 }, async () => {
  // MongoDB hangs up without a word, as a server that ends does, so a service waits as for one that comes back.
  const began = Date.now();
  const hurried = { ...systemClock, now: () => began + 20 * (Date.now() - began) };
  const url = new URL(urlFor("account"));
  url.searchParams.delete("tlsCertificateKeyFile");
  await assert.rejects(connected(url.href, hurried), (error: Error) => {
    assert.match(error.message, /did not answer within 60 s: .* closed\n.*tlsCertificateKeyFile/);
    return error instanceof Unreachable;
  });
});

test("a plaintext client is not answered", { timeout: 60_000 }, async () => {
  const { MongoClient } = await import("mongodb");
  const url = new URL(urlFor("account"));
  for (const option of ["tls", "tlsCAFile", "tlsCertificateKeyFile"]) url.searchParams.delete(option);
  const client = new MongoClient(url.href, { serverSelectionTimeoutMS: 2_000, directConnection: true });
  await assert.rejects(client.connect());
  await client.close();
});
