import assert from "node:assert/strict";
import { once } from "node:events";
import { get as httpGet } from "node:http";
import { text } from "node:stream/consumers";
import { after, before, test } from "node:test";
import { example } from "../../../world/toys/example.ts";
import { served, type World } from "../../../world/world.ts";

let world: World;
before(async () => {
  world = await served(example);
});
after(() => world.stop());

const get = (type: string, filename = "raw", headers: Record<string, string> = {}) =>
  world.ask(`/attachments/${encodeURIComponent(type)}/${encodeURIComponent(filename)}`, { headers });

test("every file is a download, images too", async () => {
  const image = await get("image--png");
  assert.deepEqual([image.status, image.body, image.headers.get("content-type")], [200, "AAAAAAAA", "image/png"]);
  for (const type of ["text--html", "image--svg+xml", "image--png", "application--octet-stream"]) {
    const { headers } = await get(type, "a page.html");
    assert.match(headers.get("content-type") ?? "", new RegExp(`^${type.replace("--", "/").replace("+", "\\+")}`));
    assert.equal(headers.get("content-disposition"), 'attachment; filename="a page.html"');
  }
});

test("no browser guesses the type of a file or runs what it holds", async () => {
  for (const type of ["image--png", "text--html"]) {
    const { headers } = await get(type);
    assert.equal(headers.get("x-content-type-options"), "nosniff");
    assert.equal(headers.get("content-security-policy"), "default-src 'none'; sandbox; frame-ancestors 'none'");
    assert.equal(headers.get("cache-control"), "no-cache");
  }
});

test("a filename cannot break the header that carries it", async () => {
  assert.equal((await get("text--plain", "a\r\nx-evil: 1")).status, 400);
  const { status, headers } = await get("text--plain", 'a"x-evil: 1; \u{1f600}');
  assert.deepEqual([status, headers.get("x-evil")], [200, null]);
  assert.match(headers.get("content-disposition") ?? "", /^attachment; filename="[^\r\n]*"; filename\*=UTF-8''[\w%.-]+$/);
});

test("who has the content already is not sent it again", async () => {
  const first = await get("image--png");
  assert.equal(first.headers.get("etag"), '"sha256:1"');
  // fetch would ask for a fresh copy.
  const status = async (etag: string) => {
    const request = httpGet(`${world.of().url}/attachments/image--png/raw`, { headers: { "if-none-match": etag } });
    const [response] = await once(request, "response");
    return [response.statusCode, (await text(response)).length];
  };
  assert.deepEqual(
    [await status('"sha256:1"'), await status('"sha256:2"')],
    [
      [304, 0],
      [200, 8],
    ],
  );
});

test("a file that is not there, or is too large, is an error in the one shape", async () => {
  const none = await get("none");
  assert.deepEqual([none.status, none.error], [404, "resource_not_found"]);
  const large = await get("large");
  assert.deepEqual([large.status, large.error, large.body.message], [400, "file_too_large", "the file is larger than 16777216 bytes"]);
  assert.equal(large.headers.get("content-disposition"), null);
});
