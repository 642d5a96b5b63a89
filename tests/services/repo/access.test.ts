import assert from "node:assert/strict";
import { test } from "node:test";
import { accessOf, openToAll, withoutUserinfo } from "../../../services/repo/access.ts";
import { idFrom } from "../../../services/repo/identifiers.ts";
import { pairsOf } from "../../../services/repo/query-string.ts";

const now = Date.now();
const codes: readonly (readonly [type: string, url: string, credential: string, code: number])[] = [
  ["s3", "s3://s3.example/bucket", "no json", 103],
  ["s3", "s3://s3.example/bucket", "{}", 104],
  ["s3", "s3://s3.example/bucket", '{"access_key_id":"a"}', 105],
  ["https", "https://host/", "no json", 103],
  ["http", "not a url", "", 107],
  ["http", "http://host/?token=secret", "", 107],
  ["http", "http://host/#secret", "", 107],
  ["http", "https://host/", "", 108],
  ["https", "http://host/", "", 110],
  ["s3", "http://host/", "{}", 114],
  ["ftp", "ftp://host/", "", 111],
];
for (const [type, url, credential, code] of codes)
  test(`${type} ${url} ${credential} is refused with ${code}`, () => {
    const access = accessOf(type, url, credential, now);
    assert.equal("rejected" in access && access.code, code);
  });
test("a URL without a password stays as it is written", () =>
  assert.deepEqual(accessOf("http", "http://host:81/helm", "", now), { url: "http://host:81/helm", secret: null }));
test("user and password leave the URL", () => {
  const access = accessOf("https", "https://ann:s%3Acret@host/helm", "", now);
  assert.ok("url" in access);
  assert.equal(access.url, "https://host/helm");
  assert.deepEqual([access.secret?.username, access.secret?.password], ["ann", "s:cret"]);
});
for (const [type, url] of [
  ["http", "http://ann:secret@"],
  ["http", "http://ann:sec/secret@host/"],
  ["http", "http://ann:sec@secret@host:x/"],
  ["s3", "s3:ann:secret@host/bucket"],
  ["https", "http://ann:secret@host/"],
] as const)
  test(`the refusal of ${url} does not repeat the password`, () => {
    const access = accessOf(type, url, "", now);
    assert.ok("rejected" in access);
    assert.doesNotMatch(access.rejected, /sec/);
  });
test("a URL is shown without user and password", () => {
  assert.equal(withoutUserinfo("https://ann:p@ss@host/a@b?c=@"), "https://host/a@b?c=@");
  assert.equal(withoutUserinfo("bookinfo-1.0.0.tgz"), "bookinfo-1.0.0.tgz");
});
test("the keys of s3 are a secret", () => {
  const access = accessOf("s3", "s3://s3.example/bucket", '{"access_key_id":"a","secret_access_key":"b"}', now);
  assert.deepEqual("secret" in access && access.secret, { ...openToAll, accessKeyId: "a", secretAccessKey: "b" });
});
test("ids follow from what they are of", () => {
  assert.equal(idFrom("repo-1", "wordpress"), idFrom("repo-1", "wordpress"));
  assert.notEqual(idFrom("repo-1", "wordpress"), idFrom("repo-1wordpress"));
  assert.match(idFrom("repo-1"), /^[0-9A-Za-z]{12}$/);
});
test("labels are a query string", () =>
  assert.deepEqual(pairsOf("a=b&c=d%20e"), [
    { key: "a", value: "b" },
    { key: "c", value: "d e" },
  ]));
