import assert from "node:assert/strict";
import type { IncomingMessage, ServerResponse } from "node:http";
import { test } from "node:test";
import { isPrivate, type PrivateNetworks } from "../../../services/chassis/process/addresses.ts";
import { openToAll, type Secret } from "../../../services/repo/access.ts";
import type { FileAnswer } from "../../../services/repo/ports.ts";
import { get, reachOf } from "../../../services/repo/remote/get.ts";
import { readFileOver } from "../../../services/repo/remote/read-file.ts";
import { signed } from "../../../services/repo/remote/s3.ts";
import { eventually } from "../../eventually.ts";
import { serve } from "./server.ts";

const never = new AbortController().signal;
/** What reading a file of a server says. */
const reading = async (
  answer: (request: IncomingMessage, response: ServerResponse) => void,
  options: { path?: string; secret?: Secret; limit?: number; timeout?: number; private?: PrivateNetworks; validator?: string } = {},
): Promise<{ readonly answer: FileAnswer; readonly requests: readonly IncomingMessage[] }> => {
  const server = await serve(answer);
  try {
    const read = readFileOver({ timeout: options.timeout ?? 5_000, attempts: 2, privateNetworks: options.private ?? "all" });
    const file = {
      url: `${server.url}${options.path ?? "/index.yaml"}`,
      repository: server.url,
      secret: options.secret ?? openToAll,
      limit: options.limit ?? 1_000,
      validator: options.validator ?? "",
      signal: never,
    };
    return { answer: await read(file), requests: server.requests };
  } finally {
    await server.close();
  }
};
const refusal = (answer: FileAnswer): string => ("refused" in answer ? answer.refused : assert.fail("was not refused"));

test("a file is read", async () => {
  const { answer } = await reading((_, response) => response.end("entries: {}"));
  assert.ok("bytes" in answer);
  assert.equal(new TextDecoder().decode(answer.bytes), "entries: {}");
});
test("a file comes with its entity tag, and is not read again while it has the same", async () => {
  const server = (request: IncomingMessage, response: ServerResponse) => {
    const isSame = request.headers["if-none-match"] === '"v1"';
    response.writeHead(isSame ? 304 : 200, { etag: '"v1"' }).end(isSame ? undefined : "entries: {}");
  };
  const { answer: first } = await reading(server);
  assert.ok("bytes" in first);
  assert.equal(first.validator, '"v1"');
  const { answer: second, requests } = await reading(server, { validator: '"v1"' });
  assert.ok("refused" in second);
  assert.deepEqual([second.unchanged, requests.length], [true, 1]);
});
test("an entity tag that could not be sent back is none, and a 304 that nobody asked for is a refusal", async () => {
  const { answer } = await reading((_, response) => response.writeHead(200, { etag: "no quotes" }).end("entries: {}"));
  assert.equal("bytes" in answer && answer.validator, undefined);
  const { answer: unasked } = await reading((_, response) => response.writeHead(304).end());
  assert.match(refusal(unasked), /answers 304/);
});
test("without an entity tag, a file is not read again while it has not changed since", async () => {
  const changed = "Mon, 05 Jan 2026 10:00:00 GMT";
  const server = (request: IncomingMessage, response: ServerResponse) => {
    const isSame = request.headers["if-modified-since"] === changed;
    response.writeHead(isSame ? 304 : 200, { "last-modified": changed }).end(isSame ? undefined : "entries: {}");
  };
  const { answer: first } = await reading(server);
  assert.equal("bytes" in first && first.validator, changed);
  const { answer: second } = await reading(server, { validator: changed });
  assert.equal("refused" in second && second.unchanged, true);
});
test("a file that may have changed again within its second is read again, and so is one whose time is not a time", async () => {
  for (const [date, changed] of [
    ["Mon, 05 Jan 2026 10:00:00 GMT", "Mon, 05 Jan 2026 10:00:00 GMT"],
    ["Mon, 05 Jan 2026 10:00:00 GMT", "yesterday"],
  ] as const) {
    const { answer } = await reading((_, response) => response.writeHead(200, { date, "last-modified": changed }).end("entries: {}"));
    assert.equal("bytes" in answer && answer.validator, undefined, changed);
  }
});
test("an entity tag does not follow a redirect to another host", async () => {
  const seen: (string | undefined)[] = [];
  const other = await serve((request, response) => {
    seen.push(request.headers["if-none-match"]);
    response.end("entries: {}");
  });
  await reading((_, response) => response.writeHead(302, { location: other.url.replace("127.0.0.1", "localhost") }).end(), {
    validator: '"v1"',
  });
  await other.close();
  assert.deepEqual(seen, [undefined]);
});
test("user and password go in the header", async () => {
  const { requests } = await reading((_, response) => response.end(), { secret: { ...openToAll, username: "ann", password: "s:cret" } });
  assert.equal(requests[0]?.headers.authorization, `Basic ${Buffer.from("ann:s:cret").toString("base64")}`);
});
test("a secret does not follow a redirect to another host", async () => {
  const other = await serve((_, response) => response.end("elsewhere"));
  try {
    const { answer } = await reading((_, response) => response.writeHead(302, { location: `${other.url}/x` }).end(), {
      secret: { ...openToAll, username: "ann", password: "secret" },
    });
    assert.ok("bytes" in answer);
    assert.equal(other.requests[0]?.headers.authorization, undefined);
  } finally {
    await other.close();
  }
});
test("a refusal is not asked for again", async () => {
  const { answer, requests } = await reading((_, response) => response.writeHead(404).end());
  assert.match(refusal(answer), /index.yaml: the server answers 404/);
  assert.equal(requests.length, 1);
});
test("a server in trouble is asked again", async () => {
  let asked = 0;
  const { answer } = await reading((_, response) => response.writeHead(++asked === 1 ? 503 : 200).end("there"));
  assert.ok("bytes" in answer);
});
test("a server that stays in trouble is a refusal", async () => {
  const { answer, requests } = await reading((_, response) => response.writeHead(503).end());
  assert.match(refusal(answer), /503/);
  assert.equal(requests.length, 2);
});
test("a server that never answers is given up", async () => {
  const { answer } = await reading(() => {}, { timeout: 100 });
  assert.match(refusal(answer), /no answer within 0.1 s/);
});
test("a server that answers for ever is given up", async () => {
  const { answer } = await reading((_, response) => void response.write("a"), { timeout: 100 });
  assert.match(refusal(answer), /no answer within/);
});
test("a file that says that it is too large is not read", async () => {
  const { answer } = await reading((_, response) => response.end("a".repeat(2_000)));
  assert.match(refusal(answer), /larger than 1000 bytes/);
});
test("a file that is too large without saying so is cut off", async () => {
  const { answer } = await reading((_, response) => {
    const more = (): void => void (response.write("a".repeat(500)) ? setImmediate(more) : response.once("drain", more));
    more();
  });
  assert.match(refusal(answer), /larger than 1000 bytes/);
});
test("a redirect is followed", async () => {
  const { answer } = await reading(({ url }, response) =>
    url === "/index.yaml" ? response.writeHead(301, { location: "/moved.yaml" }).end() : response.end("moved"),
  );
  assert.ok("bytes" in answer);
});
test("a circle of redirects ends", async () => {
  const { answer } = await reading((_, response) => response.writeHead(302, { location: "/index.yaml" }).end());
  assert.match(refusal(answer), /more than 5 redirects/);
});
test("a redirect to another scheme is refused", async () => {
  const { answer } = await reading((_, response) => response.writeHead(302, { location: "file:///etc/passwd" }).end());
  assert.match(refusal(answer), /scheme|protocol/i);
});
test("a host that is not known is a refusal", async () => {
  const file = { url: "http://host.invalid/index.yaml", repository: "http://host.invalid/", secret: openToAll, limit: 1, signal: never };
  assert.match(refusal(await readFileOver({ attempts: 1 })(file)), /host.invalid/);
});
test("nobody listens: a refusal, without the password", async () => {
  const { url } = await (async () => {
    const server = await serve(() => {});
    await server.close();
    return server;
  })();
  const file = { url: `${url}/index.yaml?token=secret`, repository: url, secret: openToAll, limit: 1, signal: never };
  const text = refusal(await readFileOver({ attempts: 1 })(file));
  assert.match(text, /ECONNREFUSED/);
  assert.doesNotMatch(text, /secret/);
});
test("private addresses can be disallowed", async () => {
  const { answer, requests } = await reading((_, response) => response.end(), { private: [] });
  assert.match(refusal(answer), /at a private address, which is not allowed/);
  assert.equal(requests.length, 0);
});
/** The ways to write where nobody from outside may go; a server listens at the first ones. */
const insideForms = [
  ...["127.0.0.1", "localhost", "127.1", "2130706433", "0x7f.1", "0177.0.0.1", "%31%32%37.0.0.1", "[::1]"],
  ...["[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]"],
  ...["10.0.0.1", "169.254.169.254", "[fe80::1]", "[fd00::1]"],
];
test("who is at a public address is not led to a private one, however that is written, neither by number nor by name", async () => {
  const server = await serve((_, response) => response.end("inside"));
  try {
    for (const host of insideForms) {
      const bounds = { limit: 100, signal: never, reach: reachOf((address) => !isPrivate(address)) };
      await assert.rejects(get(new URL(`http://${host}:${server.port}/`), { headers: {} }, bounds), /private address/, host);
    }
    assert.equal(server.requests.length, 0);
  } finally {
    await server.close();
  }
});
test("of private networks only those are in bounds that are named, also for redirects", async () => {
  const here = ["127.0.0.0/8"];
  const { answer } = await reading((_, response) => response.end("inside"), { private: here });
  assert.ok("bytes" in answer);
  for (const host of ["10.0.0.1", "169.254.169.254", "[::1]", "[::ffff:a00:1]"]) {
    const led = await reading((_, response) => response.writeHead(302, { location: `http://${host}/x` }).end(), { private: here });
    assert.match(refusal(led.answer), /it leads to a private address, which is not allowed/, host);
  }
});
test("where one server is named, no other port of its machine is in bounds, also for redirects", async () => {
  const [named, other] = [await serve((_, response) => response.end("named")), await serve((_, response) => response.end("other"))];
  const leading = await serve((_, response) => response.writeHead(302, { location: `${other.url}/x` }).end());
  try {
    const servers = [named, leading].map(({ url }) => new URL(url).host);
    const read = readFileOver({ attempts: 1, privateNetworks: servers });
    const file = (url: string) => read({ url: `${url}/x`, repository: url, secret: openToAll, limit: 100, signal: never });
    assert.ok("bytes" in (await file(named.url)));
    assert.match(refusal(await file(other.url)), /it is at a private address, which is not allowed/);
    assert.match(refusal(await file(leading.url)), /it leads to a private address, which is not allowed/);
    assert.equal(other.requests.length, 0);
  } finally {
    await Promise.all([named, other, leading].map(({ close }) => close()));
  }
});
test("what is private", () => {
  for (const address of [
    "127.0.0.1",
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "0.0.0.0",
    "100.64.0.1",
    "::1",
    "fd00::1",
    "fe80::1",
    "::ffff:10.0.0.1",
    "::ffff:a00:1",
    "0:0:0:0:0:ffff:7f00:1",
    "::ffff:0:10.0.0.1",
    "::127.0.0.1",
    "64:ff9b::10.0.0.1",
    "64:ff9b:1::1",
    "100::1",
    "100:0:0:1::1",
    "2001::1",
    "2001:2::1",
    "2001:10::1",
    "2001:20::1",
    "2001:db8::1",
    "2002:a00:1::",
    "2620:4f:8000::1",
    "3fff::1",
    "5f00::1",
    "fec0::1",
    "ff02::1",
    "fe80::1%eth0",
    "168.63.129.16",
    "192.0.0.192",
    "192.0.2.1",
    "192.31.196.1",
    "192.52.193.1",
    "192.88.99.1",
    "192.175.48.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
  ])
    assert.ok(isPrivate(address), address);
  for (const address of [
    "8.8.8.8",
    "172.32.0.1",
    "2001:4860:4860::8888",
    "::ffff:8.8.8.8",
    "::ffff:808:808",
    "2001:200::1",
    "2606:4700::1111",
    "168.63.129.17",
  ])
    assert.ok(!isPrivate(address), address);
});
test("S3 requests are signed as in Amazon's own example", () => {
  const keys = { ...openToAll, accessKeyId: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY" };
  const headers = signed(new URL("https://examplebucket.s3.amazonaws.com/?lifecycle"), keys, new Date("2013-05-24T00:00:00Z"));
  assert.equal(
    headers.authorization,
    "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, " +
      "SignedHeaders=host;x-amz-content-sha256;x-amz-date, Signature=fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543",
  );
});

test("a server that asks for a pause gets it, and the file is read then", async () => {
  for (const [status, retryAfter] of [
    [429, "1"],
    [503, new Date(Date.now() + 2_000).toUTCString()],
  ] as const) {
    let asked = 0;
    const began = performance.now();
    const { answer } = await reading((_, response) => {
      asked += 1;
      // More often than a server that has failed is asked.
      if (asked === 1) response.writeHead(status, { "retry-after": retryAfter }).end();
      else if (asked <= 3) response.writeHead(429, { "retry-after": "0" }).end();
      else response.end("entries: {}");
    });
    assert.ok("bytes" in answer, JSON.stringify(answer));
    assert.ok(performance.now() - began > 500, "it waits");
    assert.equal(asked, 4);
  }
});
test("a pause is no part of the time limit, holds for all files of the server, and is not endless", async () => {
  let asked = 0;
  const server = await serve((_, response) => {
    asked += 1;
    if (asked === 1) response.writeHead(429, { "retry-after": "1" }).end();
    else response.end("entries: {}");
  });
  const read = readFileOver({ timeout: 600, privateNetworks: "all" });
  const file = (path: string) =>
    read({ ...{ url: `${server.url}${path}`, repository: server.url, secret: openToAll, limit: 1_000 }, signal: never });
  const first = file("/index.yaml");
  await eventually("it was asked", () => asked === 1);
  const [one, other] = await Promise.all([first, file("/other.yaml")]);
  assert.ok("bytes" in one && "bytes" in other);
  assert.equal(asked, 3);
  await server.close();
  const { answer } = await reading((_, response) => void response.writeHead(429, { "retry-after": "86400" }).end());
  assert.match(refusal(answer), /the server answers 429/);
});
