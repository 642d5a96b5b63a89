import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createServer } from "node:https";
import { type TestContext, test } from "node:test";
import { accessOf, openToAll, type Secret } from "../../../services/repo/access.ts";
import { readFileOver } from "../../../services/repo/remote/read-file.ts";
import { authority } from "../chassis/tls/authority.ts";

const [ours, others] = [authority(), authority()];
const pem = (path: string): string => readFileSync(path, "utf8");
const [server, client, expired] = [ours.issue("server"), ours.issue("client"), ours.issue("expired", -1)];
const ca = pem(ours.ca);
const mine = { client_certificate: pem(client.cert), client_key: pem(client.key) };

const access = (credential: object, type = "https") => accessOf(type, `${type}://host/path`, JSON.stringify(credential), Date.now());
const wrong: readonly (readonly [string, object, RegExp])[] = [
  [
    "an authority that is not a certificate",
    { ca: "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----" },
    /ca does not hold certificates/,
  ],
  ["an authority that is not PEM", { ca: "here" }, /ca does not hold certificates/],
  ["a certificate without its key", { client_certificate: mine.client_certificate }, /belong together/],
  ["a key without its certificate", { client_key: mine.client_key }, /belong together/],
  ["another key", { ...mine, client_key: pem(server.key) }, /not the key of client_certificate/],
  ["a key that is none", { ...mine, client_key: ca }, /client_key is not a private key/],
  ["a certificate that is none", { ...mine, client_certificate: "x" }, /does not hold a certificate/],
  [
    "a certificate that has expired",
    { client_certificate: pem(expired.cert), client_key: pem(expired.key) },
    /client_certificate has expired/,
  ],
  ["an authority that has expired", { ca: pem(expired.cert) }, /certificates in ca have expired/],
];
for (const [name, credential, reason] of wrong)
  test(`a credential with ${name} is refused where it is entered, and its text is not repeated`, () => {
    const refused = access(credential);
    assert.ok("rejected" in refused);
    assert.match(refused.rejected, reason);
    assert.equal(refused.code, 103);
    assert.doesNotMatch(refused.rejected, /BEGIN/);
  });

test("certificates are taken with the other secrets, also several authorities; over http they are of no use", () => {
  const taken = access({ ca: ca + pem(others.ca), ...mine, username: "ann", password: "secret" });
  assert.deepEqual("secret" in taken && taken.secret, {
    ...{ ...openToAll, username: "ann", password: "secret", ca: ca + pem(others.ca) },
    ...{ clientCertificate: mine.client_certificate, clientKey: mine.client_key },
  });
  assert.ok("rejected" in access({ ca }, "http"));
  assert.deepEqual(access({}), { url: "https://host/path", secret: null });
});

/** A server that admits only who has a certificate of our authority. */
const secured = async (t: TestContext) => {
  const seen: string[] = [];
  const it = createServer(
    { cert: pem(server.cert), key: pem(server.key), ca, requestCert: true, rejectUnauthorized: true },
    (request, response) => {
      seen.push(request.url ?? "");
      response.end("entries: {}");
    },
  );
  await new Promise<void>((resolve) => it.listen(0, "127.0.0.1", resolve));
  t.after(() => {
    it.close();
    it.closeAllConnections();
  });
  const address = it.address();
  if (address === null || typeof address === "string") throw new Error("the server has no address");
  return { url: `https://127.0.0.1:${address.port}`, seen };
};

test("a repository of a private authority is read with that authority and the client's certificate, and by nobody else", async (t) => {
  const { url, seen } = await secured(t);
  const read = readFileOver({ attempts: 1 });
  const { signal } = new AbortController();
  const reading = (secret: Partial<Secret>, repository = url) =>
    read({ url: `${url}/index.yaml`, repository, secret: { ...openToAll, ...secret }, limit: 1_000, signal });
  const whole = { ca, clientCertificate: mine.client_certificate, clientKey: mine.client_key };
  assert.ok("bytes" in (await reading(whole)));
  // The connection of before is kept; who has other certificates gets another one.
  for (const secret of [
    {},
    { ca },
    { ...whole, ca: pem(others.ca) },
    { clientCertificate: whole.clientCertificate, clientKey: whole.clientKey },
  ])
    assert.ok("refused" in (await reading(secret)), JSON.stringify(Object.keys(secret)));
  assert.ok("refused" in (await reading(whole, url.replace("127.0.0.1", "localhost"))), "another host gets neither");
  assert.equal(seen.length, 1);
});
