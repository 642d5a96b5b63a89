import assert from "node:assert/strict";
import { test } from "node:test";
import { readChart } from "../../../services/packages/helm-chart.ts";
import { filesOf, readAny } from "../../../services/packages/packages.ts";
import { archiveOf, chartFiles, devkitFiles } from "./package-fixtures.ts";

test("a chart is read: what it says of itself, its values, their schema and its readme", async () => {
  const tgz = await archiveOf(chartFiles);
  const chart = await readChart(tgz);
  assert.deepEqual([chart.metadata.name, chart.metadata.versionName], ["shop", "1.10 [2.0]"]);
  assert.equal(chart.values, "replicas: 1\n");
  assert.deepEqual(chart.valuesSchema, { type: "object" });
  assert.equal(chart.readme, "# Shop\n");
  assert.equal(chart.chartYaml, chartFiles["shop/Chart.yaml"]);
  assert.ok((await filesOf(tgz, "helm")).has("templates/deployment.yaml"));
});

test("values, their schema and a readme may be absent", async () => {
  const chart = await readChart(await archiveOf({ "shop/Chart.yaml": chartFiles["shop/Chart.yaml"] }));
  assert.deepEqual([chart.values, chart.readme, "valuesSchema" in chart], ["", "", false]);
});

test("a chart without apiVersion is one of version 1, as for helm", async () => {
  const chart = await readChart(await archiveOf({ "shop/Chart.yaml": "name: a\nversion: 1.0.0\n" }));
  assert.equal(chart.metadata.versionName, "1.0.0");
});

test("the chart is the outer one, not a chart that it brings along", async () => {
  const inner = { "shop/charts/db/Chart.yaml": "apiVersion: v2\nname: db\nversion: 1.0.0\n", "shop/charts/db/README.md": "# Database\n" };
  assert.equal((await readChart(await archiveOf({ ...inner, ...chartFiles }))).metadata.name, "shop");
  await assert.rejects(async () => readChart(await archiveOf(inner)), { name: "PackageError", message: /no Chart.yaml/ });
});

const broken: readonly (readonly [string, Readonly<Record<string, string>>, RegExp])[] = [
  ["whose Chart.yaml is not YAML", { "shop/Chart.yaml": "a: [" }, /Chart.yaml is not YAML/],
  ["whose Chart.yaml is a list", { "shop/Chart.yaml": "- a" }, /Chart.yaml is not a map/],
  ["of another apiVersion", { "shop/Chart.yaml": "apiVersion: v3\nname: a\nversion: 1.0.0\n" }, /apiVersion is neither v1 nor v2/],
  ["whose version is none", { "shop/Chart.yaml": "apiVersion: v2\nname: a\nversion: latest\n" }, /not a semantic version/],
  ["whose name is a path", { "shop/Chart.yaml": "apiVersion: v2\nname: ../a\nversion: 1.0.0\n" }, /name is a path/],
  ["without a name", { "shop/Chart.yaml": "apiVersion: v2\nversion: 1.0.0\n" }, /Chart.yaml has no name/],
  ["without a version", { "shop/Chart.yaml": "apiVersion: v2\nname: a\n" }, /Chart.yaml has no version/],
  ["that is a library", { "shop/Chart.yaml": "apiVersion: v2\nname: a\nversion: 1.0.0\ntype: library\n" }, /library/],
  ["whose values are not YAML", { "shop/values.yaml": "a: [" }, /values.yaml is not YAML/],
  ["whose values are a list", { "shop/values.yaml": "- a" }, /values.yaml is not a map/],
  ["whose schema is not JSON", { "shop/values.schema.json": "{" }, /values.schema.json is not JSON/],
  ["whose schema is a list", { "shop/values.schema.json": "[]" }, /values.schema.json is not an object/],
];
for (const [name, change, reason] of broken) {
  test(`a chart ${name} is refused`, async () =>
    assert.rejects(async () => readChart(await archiveOf({ ...chartFiles, ...change })), { name: "PackageError", message: reason }));
}

test("a package without Chart.yaml is no chart, a chart is no devkit package", async () => {
  await assert.rejects(async () => readAny(await archiveOf(devkitFiles), "helm"), {
    name: "PackageError",
    file: "Chart.yaml",
    message: /no Chart.yaml/,
  });
  await assert.rejects(async () => readAny(await archiveOf(chartFiles), "vmbased"), {
    name: "PackageError",
    file: "package.json",
    message: /no package.json/,
  });
});

test("either kind of package is read by its name", async () => {
  const [machines, chart] = await Promise.all([
    readAny(await archiveOf(devkitFiles), "vmbased"),
    readAny(await archiveOf(chartFiles), "helm"),
  ]);
  assert.deepEqual(
    [machines.type, machines.metadata.versionName, chart.type, chart.metadata.versionName],
    ["vmbased", "1.0.0 [2.1]", "helm", "1.10 [2.0]"],
  );
});

test("limits reach the archive", () =>
  assert.rejects(async () => readAny(await archiveOf(chartFiles), "helm", { entries: 1 }), {
    name: "PackageError",
    message: /more than 1 entries/,
  }));
