import assert from "node:assert/strict";
import { test } from "node:test";
import { packageUrl } from "../../../services/packages/package-index.ts";
import { readIndex } from "../../../services/packages/packages.ts";

const devkitIndex = `
api_version: v1
generated: 2026-01-01T00:00:00Z
entries:
  shop:
  - name: shop
    version: 1.9.0
    app_version: 2.10
    urls: [shop-1.9.0.tgz]
    removed: true
  - name: shop
    version: 1.10
    app_version: "3"
    description: A shop
    home: https://shop.example
    icon: shop.png
    keywords: [a, b]
    sources: [https://code.example]
    screenshots: [one.png]
    maintainers: [{name: Shop team, email: shop@example.com}]
    created: 2026-01-01T00:00:00Z
    digest: sha256:abc
    urls: [shop-1.10.tgz, https://mirror.example/shop-1.10.tgz]
`;

test("a devkit index is read, the newest version first, and versions stay as they are written", () => {
  const { entries } = readIndex(devkitIndex);
  assert.deepEqual(
    entries.map(({ name, versions }) => [name, versions.map(({ versionName }) => versionName)]),
    [["shop", ["1.10 [3]", "1.9.0 [2.10]"]]],
  );
  assert.deepEqual(entries[0]?.versions[0], {
    name: "shop",
    version: "1.10",
    appVersion: "3",
    versionName: "1.10 [3]",
    description: "A shop",
    home: "https://shop.example",
    icon: "shop.png",
    keywords: ["a", "b"],
    sources: ["https://code.example"],
    screenshots: ["one.png"],
    maintainers: [{ name: "Shop team", email: "", url: "" }],
    created: "2026-01-01T00:00:00Z",
    digest: "abc",
    urls: ["shop-1.10.tgz", "https://mirror.example/shop-1.10.tgz"],
    deprecated: false,
    removed: false,
  });
  assert.equal(entries[0]?.versions[1]?.removed, true);
});

test("a Helm index is read", () => {
  const { entries } = readIndex(
    "apiVersion: v1\nentries:\n  a: [{name: a, version: 1.0.0, appVersion: 1.10, deprecated: true, urls: [a.tgz]}]\n  b: []\n",
  );
  assert.deepEqual(
    entries.map(({ name }) => name),
    ["a", "b"],
  );
  const [version] = entries[0]?.versions ?? [];
  assert.deepEqual([version?.versionName, version?.deprecated, version?.digest], ["1.0.0 [1.10]", true, ""]);
});

test("an index may be JSON and may be empty", () => {
  assert.deepEqual(readIndex('{"apiVersion":"v1","entries":{}}').entries, []);
  assert.deepEqual(readIndex("api_version: v1\nentries:\n").entries, []);
  assert.deepEqual(readIndex("api_version: v1\n").entries, []);
});

const version = (fields: string): string =>
  `api_version: v1\nentries:\n  shop:\n  - {name: shop, version: 1.0.0, urls: [a]}\n  - {${fields}}\n`;

const broken: readonly (readonly [string, string, RegExp])[] = [
  ["that is not YAML", "entries: [", /the index is not YAML/],
  ["that is HTML", "<!doctype html><html><body>{ ]</body></html>", /not the index of a repository/],
  ["that is a list", "- a\n- b\n", /not the index of a repository/],
  ["that is nothing", "", /not the index of a repository/],
  ["without entries", "name: x\n", /it has no entries/],
  ["whose entries are a list", "api_version: v1\nentries: []\n", /it has no entries/],
  ["with a key twice", "api_version: v1\nentries: {}\nentries: {}\n", /the index is not YAML: duplicated mapping key/],
];
for (const [name, source, reason] of broken) {
  test(`an index ${name} is refused`, () => assert.throws(() => readIndex(source), { name: "PackageError", message: reason }));
}

const partly: readonly (readonly [string, string, RegExp])[] = [
  ["with an entry that is no list", "api_version: v1\nentries: {shop: {}}\n", /the entry shop of the index is not a list/],
  ["with an entry without a name", 'api_version: v1\nentries: {"": []}\n', /an entry of the index has no name/],
  ["with a version that is no object", "api_version: v1\nentries: {shop: [1]}\n", /version 1 of shop in the index is not an object/],
  ["with a version without a name", version("version: 1, urls: [a]"), /version 2 of shop in the index has no name/],
  ["with a version without a version", version("name: shop, urls: [a]"), /version 2 of shop in the index has no version/],
  ["with a version without urls", version("name: shop, version: 2.0.0"), /version 2 of shop in the index \(2.0.0\) has no urls/],
  ["with a version with an empty list of urls", version("name: shop, version: 2.0.0, urls: []"), /has no urls/],
];
for (const [name, source, reason] of partly)
  test(`of an index ${name}, that is skipped and the rest is read`, () => {
    const { entries, skipped } = readIndex(source);
    assert.deepEqual([skipped.count, skipped.reasons.length], [1, 1]);
    assert.match(skipped.reasons.join(), reason);
    const isWhole = source === version("") || source.includes("version: 1.0.0");
    assert.equal(entries.flatMap(({ versions }) => versions).length, isWhole ? 1 : 0);
  });

test("what is wrong a thousand times is counted, and told a few times", () => {
  const { skipped } = readIndex(`api_version: v1\nentries: {shop: [${"1,".repeat(1_000)}]}\n`);
  assert.deepEqual([skipped.count, skipped.reasons.length], [1_000, 20]);
});

test("what helm would not install is skipped by what the index says, and a chart without apiVersion is one of version 1", () => {
  const versions = [
    "{name: a, version: 1.0.0, urls: [u]}",
    "{name: a, version: v1.2-rc.1, type: application, apiVersion: v1, urls: [u]}",
    "{name: a, version: 2.0.0, type: library, urls: [u]}",
    "{name: a, version: 3.0.0, type: other, urls: [u]}",
    "{name: a, version: latest, urls: [u]}",
    "{name: ../a, version: 1.0.0, urls: [u]}",
    "{name: a, version: 4.0.0, apiVersion: v3, urls: [u]}",
    "{name: a, version: latest, removed: true}",
  ];
  const { entries, skipped } = readIndex(`apiVersion: v1\nentries:\n  a: [${versions.join(", ")}]\n`);
  assert.deepEqual(
    entries[0]?.versions.map(({ version }) => version),
    ["v1.2-rc.1", "1.0.0", "latest"],
  );
  assert.deepEqual(skipped.reasons, [
    "a 2.0.0: this chart is a library, which cannot be deployed",
    "a 3.0.0: the chart's type is neither application nor library",
    "a latest: the chart's version is not a semantic version",
    "../a 1.0.0: the chart's name is a path",
    "a 4.0.0: the chart's apiVersion is neither v1 nor v2",
  ]);
});

test("an index says itself of which kind its packages are", () => {
  const typeOf = (source: string) => readIndex(source).type;
  assert.deepEqual([typeOf(devkitIndex), typeOf("api_version: v1\n"), typeOf("entries: {}\n")], ["vmbased", "vmbased", "vmbased"]);
  assert.deepEqual([typeOf("apiVersion: v1\n"), typeOf('{"apiVersion":"v1","entries":{}}')], ["helm", "helm"]);
});

test("a removed version needs no urls", () => {
  assert.equal(readIndex(version("name: shop, version: 2.0.0, removed: true")).entries[0]?.versions[0]?.removed, true);
});

test("aliases are followed, but not when they multiply", () => {
  const shared = readIndex(
    "apiVersion: v1\nentries:\n  a:\n  - {name: a, version: 1.0.0, keywords: &k [x], urls: [u]}\n  - {name: a, version: 2.0.0, keywords: *k, urls: [u]}\n",
  );
  assert.deepEqual(
    shared.entries[0]?.versions.map(({ keywords }) => keywords),
    [["x"], ["x"]],
  );
  const levels = Array.from({ length: 30 }, (_, level) => `l${level + 1}: &l${level + 1} [${Array(9).fill(`*l${level}`).join(", ")}]`);
  const bomb = ["api_version: v1", "l0: &l0 [x]", ...levels, "entries: {shop: *l30}"].join("\n");
  assert.throws(() => readIndex(bomb), { name: "PackageError", message: /its aliases expand/ });
});

test("an index that nests without end is refused", () =>
  assert.throws(() => readIndex(`entries: ${"[".repeat(20_000)}`), { name: "PackageError", message: /the index is not YAML/ }));

test("the size of an index is bounded, in bytes and in versions", () => {
  assert.throws(() => readIndex(devkitIndex, { bytes: 100 }), { name: "PackageError", message: /larger than 100 bytes/ });
  assert.throws(() => readIndex(devkitIndex, { versions: 1 }), { name: "PackageError", message: /more than 1 versions/ });
  assert.equal(readIndex(devkitIndex, { versions: 2, bytes: devkitIndex.length }).entries.length, 1);
});

const urls: readonly (readonly [string, string, string])[] = [
  ["https://r.example/charts", "a-1.tgz", "https://r.example/charts/a-1.tgz"],
  ["https://r.example/charts/", "a-1.tgz", "https://r.example/charts/a-1.tgz"],
  ["https://r.example/charts/index.yaml", "a-1.tgz", "https://r.example/charts/a-1.tgz"],
  ["https://r.example/charts", "/a-1.tgz", "https://r.example/a-1.tgz"],
  ["https://r.example/charts", "https://mirror.example/a-1.tgz", "https://mirror.example/a-1.tgz"],
  ["https://user:pass@r.example", "a-1.tgz", "https://user:pass@r.example/a-1.tgz"],
  ["https://r.example/charts?token=t", "a-1.tgz", "https://r.example/charts/a-1.tgz?token=t"],
  ["https://r.example/charts?token=t", "https://mirror.example/a.tgz", "https://mirror.example/a.tgz"],
  ["s3://host/bucket/prefix", "a-1.tgz", "s3://host/bucket/prefix/a-1.tgz"],
];
for (const [repository, url, expected] of urls) {
  test(`${url} in the index of ${repository} is ${expected}`, () => assert.equal(packageUrl(repository, url), expected));
}

test("an address that is none is refused with a sentence", () =>
  assert.throws(() => packageUrl("https://r.example", "http://[bad"), { name: "PackageError", message: /is not a valid package URL/ }));
