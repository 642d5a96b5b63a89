import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { Ajv } from "ajv";
import { parse } from "yaml";
import { type Breakage, buildBrokenRepository } from "../../../infra/demo/broken-repository.ts";
import { buildRepository, type Repository } from "../../../infra/demo/repository.ts";
import { serveRepository } from "../../../infra/demo/serve.ts";
import { digestOf } from "../../../services/packages/archive.ts";
import { describeCluster } from "../../../services/packages/devkit.ts";
import type { JsonObject } from "../../../services/packages/json.ts";
import { packageUrl } from "../../../services/packages/package-index.ts";
import { type AnyPackage, filesOf, type PackageType, readAny, readIndex } from "../../../services/packages/packages.ts";

const folders = { vmbased: "devkit", helm: "helm" } as const;
const types: readonly PackageType[] = ["vmbased", "helm"];

const serve = async (t: TestContext, repository?: Repository) => {
  const served = await serveRepository(repository === undefined ? {} : { repository });
  t.after(() => served.close());
  return served;
};

/** The content of a repository, read from its URL alone. */
const visit = async (url: string, type: PackageType) => {
  const repositoryUrl = `${url}/${folders[type]}`;
  const index = await fetch(`${repositoryUrl}/index.yaml`);
  assert.equal(index.status, 200);
  const { type: said, entries } = readIndex(await index.text());
  const [entry] = entries;
  assert.equal(said, type);
  assert.ok(entry);
  const versions = await Promise.all(
    entry.versions.map(async (version) => {
      const answer = await fetch(packageUrl(repositoryUrl, version.urls[0] ?? ""));
      return { ...version, status: answer.status, bytes: new Uint8Array(await answer.arrayBuffer()) };
    }),
  );
  return { name: entry.name, versions };
};

for (const type of types) {
  test(`the ${folders[type]} repository lists both versions, and its packages are what it says`, async (t) => {
    const { name, versions } = await visit((await serve(t)).url, type);
    assert.equal(name, "bookinfo");
    assert.deepEqual(
      versions.map(({ versionName }) => versionName),
      ["1.1.0 [1.1.0]", "1.0.0 [1.0.0]"],
    );
    for (const { bytes, digest, version, description } of versions) {
      assert.equal(digestOf(bytes), digest);
      const { metadata } = await readAny(bytes, type);
      assert.deepEqual([metadata.name, metadata.version, metadata.description], ["bookinfo", version, description]);
    }
  });
}

test("the same sources give the same repository, and it may hold one version only", async () => {
  const [one, two] = await Promise.all([buildRepository(), buildRepository()]);
  assert.deepEqual(one, two);
  const { packages } = await buildRepository({ versions: ["1.0.0"] });
  assert.deepEqual(
    packages.map(({ version }) => version),
    ["1.0.0", "1.0.0"],
  );
  const empty = await buildRepository({ versions: [] });
  assert.deepEqual(readIndex(new TextDecoder().decode(empty.files.get("/helm/index.yaml"))).entries, []);
});

const packed = async (type: PackageType): Promise<Uint8Array> => {
  const { packages } = await buildRepository();
  return packages.find((one) => one.type === type && one.version === "1.1.0")?.bytes ?? assert.fail(type);
};
const read = async <Type extends PackageType>(type: Type): Promise<Extract<AnyPackage, { type: Type }>> => {
  const bytes = await packed(type);
  // The type is the one asked for, which the compiler cannot follow into the union.
  return (await readAny(bytes, type)) as Extract<AnyPackage, { type: Type }>;
};

const describeDemo = async (user: JsonObject) => describeCluster(await read("vmbased"), user);

test("the package makes a cluster of four roles, in the order in which they need each other", async () => {
  const cluster = await describeDemo({ cluster: { reviews: { instance_count: 3 } }, env: { title: "Books", port: 9999 } });
  assert.ok("nodes" in cluster);
  const order = (service: string) => Object.fromEntries(cluster.nodes.map(({ role, services }) => [role, services[service]?.order]));
  assert.deepEqual(order("start"), { ratings: 0, details: 0, reviews: 1, productpage: 2 });
  assert.deepEqual(order("stop"), { ratings: 2, details: 2, reviews: 1, productpage: 0 });
  assert.deepEqual(
    cluster.nodes.map(({ role, count }) => `${role} ${count}`),
    ["ratings 1", "details 1", "reviews 3", "productpage 1"],
  );
  assert.deepEqual(cluster.env, { title: "Books", reviews_shown: 3, port: 9999 });
  assert.deepEqual(cluster.endpoints, { http: { port: 9999, protocol: "http" } });
  for (const { services, healthCheck } of cluster.nodes) {
    assert.deepEqual(Object.keys(services), ["init", "start", "stop", "scale_out", "scale_in", "upgrade", "destroy"]);
    assert.equal(healthCheck?.checkCommand, "node app/service.mjs check");
  }
});

test("settings out of their range are refused by their key", async () => {
  const settings: readonly (readonly [JsonObject, string])[] = [
    [{ cluster: { reviews: { instance_count: 11 } } }, "cluster.reviews.instance_count must be at most 10"],
    [{ cluster: { ratings: { cpu: 3 } } }, "cluster.ratings.cpu must be one of 1, 2, 4, 8"],
    [{ env: { reviews_shown: 0 } }, "env.reviews_shown must be at least 1"],
    [{ env: { port: 80 } }, "env.port must be at least 1024"],
    [{ env: { title: "" } }, "env.title is required"],
  ];
  for (const [user, rejected] of settings) assert.deepEqual(await describeDemo(user), { rejected });
});

test("the chart's own values satisfy its schema, and others do not", async () => {
  const { values, valuesSchema, readme } = await read("helm");
  assert.ok(valuesSchema);
  const isValid = new Ajv({ strictTypes: false }).compile(valuesSchema);
  const own = parse(values);
  assert.equal(isValid(own), true);
  for (const change of [{ port: 80 }, { reviewsShown: 11 }, { title: "" }, { reviews: { replicas: -1 } }, { service: { type: "None" } }]) {
    assert.equal(isValid({ ...own, ...change }), false, JSON.stringify(change));
  }
  assert.match(readme, /^# BookInfo/);
});

test("the chart carries the programs of its version", async () => {
  const files = await filesOf(await packed("helm"), "helm");
  for (const role of ["productpage", "details", "reviews", "ratings"]) assert.ok(files.has(`files/app/${role}.mjs`));
  assert.match(new TextDecoder().decode(files.get("files/app/version.mjs")?.bytes), /"1.1.0"/);
});

test("a client with the current index gets 304 until a new version is published", async (t) => {
  const served = await serve(t, await buildRepository({ versions: ["1.0.0"] }));
  const url = `${served.url}/devkit/index.yaml`;
  const first = await fetch(url);
  const etag = first.headers.get("etag") ?? "";
  assert.match(etag, /^"[0-9a-f]{64}"$/);
  assert.equal(first.headers.get("content-type"), "application/yaml");
  const again = await fetch(url, { headers: { "if-none-match": etag } });
  assert.deepEqual([again.status, await again.text()], [304, ""]);

  served.publish(await buildRepository());
  const after = await fetch(url, { headers: { "if-none-match": etag } });
  assert.equal(after.status, 200);
  assert.equal(readIndex(await after.text()).entries[0]?.versions.length, 2);
});

test("only files are served, and only for reading", async (t) => {
  const { url } = await serve(t);
  assert.equal((await fetch(`${url}/nothing`)).status, 404);
  assert.equal((await fetch(`${url}/devkit/../../package.json`)).status, 404);
  assert.equal((await fetch(`${url}/devkit/index.yaml`, { method: "DELETE" })).status, 405);
  const head = await fetch(`${url}/helm/index.yaml`, { method: "HEAD" });
  assert.deepEqual([head.status, await head.text(), Number(head.headers.get("content-length")) > 0], [200, "", true]);
});

test("a closed repository answers no more", async () => {
  const served = await serveRepository();
  assert.equal((await fetch(`${served.url}/helm/index.yaml`)).status, 200);
  await served.close();
  await assert.rejects(fetch(`${served.url}/helm/index.yaml`));
});

test("a port that is taken is an error", async (t) => {
  const { url } = await serve(t);
  await assert.rejects(serveRepository({ port: Number(new URL(url).port) }), { code: "EADDRINUSE" });
});

const broken = async (t: TestContext, breakage: Breakage) => (await serve(t, await buildBrokenRepository(breakage))).url;

for (const type of types) {
  const indexOf = async (url: string) => fetch(`${url}/${folders[type]}/index.yaml`);

  test(`broken ${folders[type]} repositories are broken in the way they say`, async (t) => {
    const notYaml = await (await indexOf(await broken(t, "index is not YAML"))).text();
    assert.throws(() => readIndex(notYaml), { name: "PackageError" });
    assert.equal((await indexOf(await broken(t, "index is missing"))).status, 404);
    const withoutUrls = await (await indexOf(await broken(t, "entry without urls"))).text();
    assert.match(readIndex(withoutUrls).skipped.reasons.join(), /version 1 of bookinfo in the index \(1.1.0\) has no urls/);
    for (const { bytes, digest } of (await visit(await broken(t, "digest is wrong"), type)).versions)
      assert.notEqual(digestOf(bytes), digest);
    for (const { status } of (await visit(await broken(t, "package is missing"), type)).versions) assert.equal(status, 404);
  });
}

test("packages whose template does not render match the digest of their index", async (t) => {
  const { versions } = await visit(await broken(t, "template does not render"), "vmbased");
  assert.equal(versions.length, 2);
  for (const { bytes, digest } of versions) {
    assert.equal(digestOf(bytes), digest);
    await assert.rejects(readAny(bytes, "vmbased"), { name: "PackageError", message: /cluster.json.tmpl is not JSON/ });
  }
});
