import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import type { PrivateNetworks } from "../../../services/chassis/process/addresses.ts";
import { digestOf } from "../../../services/packages/archive.ts";
import { accessOf, openToAll, type Secret } from "../../../services/repo/access.ts";
import { entriesOf } from "../../../services/repo/index-entries.ts";
import type { FileAnswer } from "../../../services/repo/ports.ts";
import { readFileOver } from "../../../services/repo/remote/read-file.ts";
import { repo } from "../../../services/repo/service.ts";
import { eventually } from "../../eventually.ts";
import { sealedText } from "../../sealed.ts";
import { served } from "../../world/world.ts";
import { archiveOf, bytes } from "../packages/package-fixtures.ts";
import { createRepo, developer, outsideWith, settings } from "./fixtures.ts";
import { MANIFEST, type RegistryOptions, registry } from "./registry.ts";
import { serve } from "./server.ts";

const now = Date.now();
const chart = (version: string, more: object = {}) => ({ apiVersion: "v2", name: "shop", version, ...more });
const archive = (version: string) => archiveOf({ "shop/Chart.yaml": JSON.stringify(chart(version)) });
const versions = ["1.0.0", "1.1.0", "2.0.0"];
const ann: Secret = { ...openToAll, username: "ann", password: "s:cret" };

/** A registry with three versions of a chart, and how it is read. */
const registered = async (t: TestContext, options: RegistryOptions = {}, privateNetworks: PrivateNetworks = "all") => {
  const it = await registry(options);
  t.after(it.close);
  for (const version of versions) it.push(version, chart(version), await archive(version));
  const read = readFileOver({ attempts: 1, timeout: 2_000, privateNetworks });
  const { signal } = new AbortController();
  const file = (url: string, secret: Secret = openToAll, limit = 1_000_000): Promise<FileAnswer> =>
    read({ url, repository: it.url, secret, limit, signal });
  const index = (secret?: Secret, limit?: number) => file(`${it.url}/index.yaml`, secret, limit);
  return { ...it, file, index };
};
const own = (url: string) => ({ ...settings, url });
const offered = (answer: FileAnswer, url: string) => {
  if ("refused" in answer) return assert.fail(answer.refused);
  const { entries, skipped } = entriesOf(answer.bytes, "repo-1", own(url));
  return { entries, skipped, names: entries.map(({ name, entry }) => `${name} ${entry.versionName}`) };
};
const refusal = (answer: FileAnswer): string => ("refused" in answer ? answer.refused : assert.fail("was not refused"));

test("the tags of a registry that are versions are the versions of a chart, page by page, with the digests of their archives", async (t) => {
  const { url, index, file, requests } = await registered(t);
  const { entries, names } = offered(await index(), url);
  assert.deepEqual(names, ["shop 2.0.0", "shop 1.1.0", "shop 1.0.0"]);
  assert.equal(requests.filter((each) => each.includes("/tags/list")).length, 2);
  for (const { url: at, entry } of entries) {
    const found = await file(at);
    assert.equal("bytes" in found && digestOf(found.bytes), entry.digest);
    assert.equal(entry.created, "2026-01-05T10:00:00Z");
  }
});

test("what has not changed is the same index byte for byte, and asked for by its digest alone", async (t) => {
  const { index, requests, push } = await registered(t);
  const first = await index();
  requests.length = 0;
  assert.deepEqual(await index(), first);
  assert.deepEqual(
    [...new Set(requests.map((each) => each.replace(/\/[^/]+$/, "")))],
    ["GET /v2/team/shop/tags", "HEAD /v2/team/shop/manifests"],
  );
  push("1.2.0", chart("1.2.0"), await archive("1.2.0"));
  requests.length = 0;
  assert.notDeepEqual(await index(), first);
  assert.equal(requests.filter((each) => each.startsWith("GET") && !each.includes("tags")).length, 2, "one manifest, one description");
});

test("a registry that does not tell digests is read all the same", async (t) => {
  const { url, index } = await registered(t, { tellsDigest: false });
  assert.equal(offered(await index(), url).names.length, 3);
});

test("images, signatures, other tags and manifests that are gone are no charts; a library is skipped with its reason", async (t) => {
  const { url, index, push, tag, put, tags } = await registered(t);
  const config = { mediaType: "application/vnd.oci.image.config.v1+json", digest: put(bytes("{}")), size: 2 };
  tag("3.0.0", { schemaVersion: 2, mediaType: MANIFEST, config, layers: [] });
  tag("latest", { schemaVersion: 2, mediaType: MANIFEST, config, layers: [] });
  tag(`sha256-${"0".repeat(64)}.sig`, { schemaVersion: 2, mediaType: MANIFEST, config, layers: [] });
  tags.set("4.0.0", `sha256:${"1".repeat(64)}`);
  push("5.0.0_build.1", chart("5.0.0+build.1"), await archive("5.0.0+build.1"));
  push("6.0.0", chart("6.0.0", { type: "library" }), await archive("6.0.0"));
  const { names, skipped } = offered(await index(), url);
  assert.deepEqual(names, ["shop 5.0.0+build.1", "shop 2.0.0", "shop 1.1.0", "shop 1.0.0"]);
  assert.deepEqual(skipped, { count: 1, reasons: ["shop 6.0.0: this chart is a library, which cannot be deployed"] });
});

test("a registry gets user and password where it says, and a token for pulling this chart; others get none", async (t) => {
  const { url, index, file, requests, authorizations } = await registered(t, { user: "ann", password: "s:cret" });
  const { entries } = offered(await index(ann), url);
  const [first] = entries;
  assert.ok("bytes" in (await file(first?.url ?? "", ann)));
  assert.deepEqual(
    requests.filter((each) => each.startsWith("GET /token")),
    ["GET /token?service=registry&scope=repository%3Ateam%2Fshop%3Apull"],
  );
  assert.deepEqual([...new Set(authorizations.map((each) => each?.split(" ")[0]))], [undefined, "Basic", "Bearer"]);
  for (const secret of [openToAll, { ...ann, password: "wrong" }]) assert.match(refusal(await index(secret)), /answers 401/);
});

test("a token that is no longer good is fetched anew, once", async (t) => {
  const { index, requests } = await registered(t, { user: "ann", password: "s:cret" });
  assert.ok("bytes" in (await index(ann)));
  assert.ok("bytes" in (await index(ann)));
  assert.equal(requests.filter((each) => each.startsWith("GET /token")).length, 1);
});

test("neither the place of tokens nor that of blobs leads to a private address that the repository may not reach", async (t) => {
  const secrets = await serve((_, response) => response.end(JSON.stringify({ token: "t" })));
  t.after(secrets.close);
  const elsewhere = secrets.url.replace("127.0.0.1", "127.0.0.2");
  const realm = await registry({ user: "ann", realm: `${elsewhere}/token` });
  const blobs = await registry({ blobsAt: elsewhere });
  t.after(() => Promise.all([realm.close(), blobs.close()]));
  blobs.push("1.0.0", chart("1.0.0"), await archive("1.0.0"));
  for (const { url, port } of [realm, blobs]) {
    const read = readFileOver({ attempts: 1, privateNetworks: [`127.0.0.1:${port}`] });
    const answer = await read({
      url: `${url}/index.yaml`,
      repository: url,
      secret: ann,
      limit: 1_000,
      signal: new AbortController().signal,
    });
    assert.match(refusal(answer), /private address, which is not allowed/);
  }
  assert.equal(secrets.requests.length, 0);
});

test("a registry at a private address is asked only if that is allowed", async (t) => {
  const { index, requests } = await registered(t, {}, []);
  assert.match(refusal(await index()), /private address, which is not allowed/);
  assert.equal(requests.length, 0);
});

test("the secret follows no redirect to another host", async (t) => {
  const storage = await serve((_, response) => response.writeHead(404).end());
  t.after(storage.close);
  const { index } = await registered(t, { user: "ann", password: "s:cret", blobsAt: storage.url });
  assert.match(refusal(await index(ann)), /answers 404/);
  assert.ok(storage.requests.length > 0);
  assert.deepEqual(storage.requests.map(({ headers }) => headers.authorization).filter(Boolean), []);
});

test("what does not have its digest, is too large, is not JSON or goes on elsewhere is refused", async (t) => {
  const { index, file, url, blobs, manifests, tags, put, tag, push } = await registered(t);
  assert.match(refusal(await index(openToAll, 50)), /larger than 50 bytes/);
  const large = await file(`${url}/shop.tgz?digest=${put(new Uint8Array(2_000))}`, openToAll, 1_000);
  assert.equal("refused" in large && large.tooLarge, true);
  manifests.set(push("8.0.0", chart("8.0.0"), await archive("8.0.0")), bytes('{"schemaVersion":2}'));
  assert.match(refusal(await index()), /is not what sha256:.* names/);
  tags.delete("8.0.0");
  const deep = bytes(`${'{"a":'.repeat(100)}1${"}".repeat(100)}`);
  for (const wrong of [bytes("no JSON"), bytes("[]"), deep]) {
    tag("7.0.0", {
      config: { mediaType: "application/vnd.cncf.helm.config.v1+json", digest: put(wrong) },
      layers: [{ mediaType: "application/vnd.cncf.helm.chart.content.v1.tar+gzip", digest: put(bytes("a")) }],
    });
    assert.match(refusal(await index()), /not the JSON that it should be/);
  }
  tags.delete("7.0.0");
  blobs.clear();
  assert.ok("bytes" in (await index()), "what was read is not read again");
});

test("an index of another repository may name a chart of a registry by its tag", async (t) => {
  const { url, file } = await registered(t);
  const found = await file(`${url}:1.1.0`);
  assert.equal("bytes" in found && digestOf(found.bytes), digestOf(await archive("1.1.0")));
});

test("the address of a chart in a registry is checked where it is entered", () => {
  const refused = (address: string) => {
    const access = accessOf("oci", address, "{}", now);
    return "rejected" in access ? access.code : access;
  };
  assert.deepEqual(accessOf("oci", "oci://ann:secret@registry.example/team/shop", "{}", now), {
    url: "oci://registry.example/team/shop",
    secret: { ...openToAll, username: "ann", password: "secret" },
  });
  assert.deepEqual(refused("oci://registry.example:5000/team/shop/"), { url: "oci://registry.example:5000/team/shop/", secret: null });
  assert.equal(refused("https://registry.example/team/shop"), 115);
  for (const address of [
    "oci://registry.example",
    "oci://registry.example/Team/shop",
    "oci://registry.example/a//b",
    "oci://registry.example/shop:1.0",
  ])
    assert.equal(refused(address), 107, address);
});

test("a chart of a registry is a repository: its versions are listed, and a run without news asks for no archive", async (t) => {
  const { url, requests } = await registered(t, { user: "ann", password: "s:cret" });
  const outside = outsideWith({
    readFile: readFileOver({ attempts: 1, timeout: 2_000 }),
    open: async () => JSON.stringify(ann),
  });
  const world = await served([{ service: repo, outside }]);
  t.after(world.stop);
  const ends = (count: number) =>
    eventually(`${count} runs have read the registry`, async () => {
      const ended = world.history().filter(({ event }) => /^RepoIndex(ed|ingFailed)$/.test(event.type));
      return ended.length === count && ended.at(-1)?.event;
    });
  const kind = { url, repoType: "oci", sealedCredential: sealedText("sealed") } as const;
  await world.send("repo", createRepo(kind), developer);
  const first = await ends(1);
  assert.deepEqual(
    ["type", "count", "listed", "skipped"].map((field) => Reflect.get(first, field)),
    ["RepoIndexed", 3, 3, []],
  );
  await world.send("repo", { type: "ConfirmAdoption", repoId: "repo-1", repoEventId: "repoe-1" }, developer);
  const names = world.history().flatMap(({ event }) => (event.type === "PackageListed" ? [String(Reflect.get(event, "versionName"))] : []));
  assert.deepEqual(names.sort(), versions);
  requests.length = 0;
  await world.send("repo", { type: "IndexRepo", repoId: "repo-1", repoEventId: "repoe-2" }, developer);
  const second = await ends(2);
  assert.deepEqual([second.type, Reflect.get(second, "listed")], ["RepoIndexed", 0]);
  assert.ok(!requests.some((each) => each.includes("/blobs/")));
});
